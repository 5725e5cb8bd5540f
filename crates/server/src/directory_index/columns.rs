//! Values of users, by user number, in pages of 2048 numbers. A change of a user copies one page.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub(super) const PAGE_SIZE: u32 = if cfg!(test) { 64 } else { 2048 };
const ABSENT: i64 = i64::MIN;

type Pages<T> = Arc<Vec<Option<Arc<T>>>>;

/// One time per user, in milliseconds. May be absent.
#[derive(Debug, Clone, Default)]
pub(super) struct Times(Pages<Vec<i64>>);

impl Times {
    pub(super) fn get(&self, user: u32) -> Option<i64> {
        let (page, slot) = locate(user);
        let time = self.0.get(page)?.as_ref()?[slot];
        (time != ABSENT).then_some(time)
    }

    pub(super) fn set(&mut self, user: u32, time: Option<i64>) {
        if self.get(user) != time {
            let (page, slot) = locate(user);
            page_mut(&mut self.0, page, || vec![ABSENT; PAGE_SIZE as usize])[slot] = time.unwrap_or(ABSENT);
        }
    }
}

/// One slice per user.
#[derive(Debug)]
pub(super) struct Slices<T>(Pages<SlicePage<T>>);

/// The slices of the users of a page, one after the other.
#[derive(Debug)]
pub(super) struct SlicePage<T> {
    values: Vec<T>,
    /// The end of the slice of each user, up to the last one with a slice.
    ends: Vec<u32>,
    /// What a search has derived from the slices. A change empties it.
    derived: OnceLock<Box<[u64]>>,
}

/// Copies nothing derived: a page is copied to change it.
impl<T: Clone> Clone for SlicePage<T> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), ends: self.ends.clone(), derived: OnceLock::new() }
    }
}

impl<T> Default for SlicePage<T> {
    fn default() -> Self {
        Self { values: Vec::new(), ends: Vec::new(), derived: OnceLock::new() }
    }
}

impl<T> Clone for Slices<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Slices<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Copy + PartialEq> Slices<T> {
    /// Returns the slice of a user. It is empty if none was set.
    pub(super) fn get(&self, user: u32) -> &[T] {
        let (page, slot) = locate(user);
        self.page(page).map(|page| page.slice(slot)).unwrap_or_default()
    }

    pub(super) fn set(&mut self, user: u32, values: &[T]) {
        if self.get(user) == values {
            return;
        }
        let (number, slot) = locate(user);
        let page = page_mut(&mut self.0, number, SlicePage::default);
        page.set(slot, values);
        if page.values.is_empty() {
            Arc::make_mut(&mut self.0)[number] = None;
        }
    }

    /// Releases the memory that was reserved for more values.
    pub(super) fn shrink(&mut self) {
        for page in Arc::make_mut(&mut self.0).iter_mut().flatten() {
            let page = Arc::make_mut(page);
            page.values.shrink_to_fit();
            page.ends.shrink_to_fit();
        }
    }

    pub(super) fn page_count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn page(&self, number: usize) -> Option<&SlicePage<T>> {
        self.0.get(number)?.as_deref()
    }
}

impl<T: Copy> SlicePage<T> {
    /// Returns all slices as one.
    pub(super) fn values(&self) -> &[T] {
        &self.values
    }

    /// The number of slices. The slices of other users of the page are empty.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn slice(&self, slot: usize) -> &[T] {
        if slot < self.ends.len() { &self.values[self.start(slot)..self.end(slot)] } else { &[] }
    }

    /// Returns where the slices of a range of slots are in [`Self::values`].
    pub(super) fn range(&self, slots: Range<usize>) -> Range<usize> {
        let last = slots.end.min(self.ends.len());
        if slots.start < last { self.start(slots.start)..self.end(last - 1) } else { 0..0 }
    }

    /// Returns what `compute` derives from the slices. Computes it once, until the page changes.
    pub(super) fn derived(&self, compute: impl FnOnce(&Self) -> Box<[u64]>) -> &[u64] {
        self.derived.get_or_init(|| compute(self))
    }

    /// Returns the end of a slice in [`Self::values`].
    #[inline]
    pub(super) fn end(&self, slot: usize) -> usize {
        self.ends[slot] as usize
    }

    fn start(&self, slot: usize) -> usize {
        if slot == 0 { 0 } else { self.end(slot - 1) }
    }

    fn set(&mut self, slot: usize, values: &[T]) {
        self.derived.take();
        let length = |values: &[T]| u32::try_from(values.len()).expect("a page has less than 4 GB");
        if slot >= self.ends.len() {
            self.ends.resize(slot, length(&self.values));
            self.values.extend_from_slice(values);
            self.ends.push(length(&self.values));
            return;
        }
        let range = self.start(slot)..self.end(slot);
        let (before, after) = (length(&self.values[range.clone()]), length(values));
        self.values.splice(range, values.iter().copied());
        for end in &mut self.ends[slot..] {
            *end = *end - before + after;
        }
        if self.values.capacity() - self.values.len() > self.values.len() / 8 {
            self.values.shrink_to_fit();
        }
    }
}

fn locate(user: u32) -> (usize, usize) {
    ((user / PAGE_SIZE) as usize, (user % PAGE_SIZE) as usize)
}

fn page_mut<T: Clone>(pages: &mut Pages<T>, number: usize, new: impl FnOnce() -> T) -> &mut T {
    let pages = Arc::make_mut(pages);
    if number >= pages.len() {
        pages.resize(number + 1, None);
    }
    Arc::make_mut(pages[number].get_or_insert_with(|| Arc::new(new())))
}
