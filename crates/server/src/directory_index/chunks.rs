use std::sync::Arc;

/// The maximum length of a chunk. A change copies one chunk and the list of all chunks.
const MAX_CHUNK: usize = if cfg!(test) { 8 } else { 2048 };
/// The length of the chunks of a new list, which leaves space for some insertions.
const FIRST_CHUNK: usize = MAX_CHUNK / 4 * 3;

/// A sorted list in chunks. A copy shares its chunks with the original until one of them changes.
#[derive(Debug)]
pub(super) struct Chunks<T>(Arc<Vec<Arc<Vec<T>>>>);

/// A place between two elements, or at an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    chunk: usize,
    index: usize,
}

impl<T> Clone for Chunks<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Clone> Chunks<T> {
    pub(super) fn from_sorted(values: &[T]) -> Self {
        Self(Arc::new(values.chunks(FIRST_CHUNK).map(|chunk| Arc::new(chunk.to_vec())).collect()))
    }

    pub(super) fn slices(&self) -> impl DoubleEndedIterator<Item = &[T]> + ExactSizeIterator {
        self.0.iter().map(|chunk| &chunk[..])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slices().flatten()
    }

    /// Returns the length. It takes time for each chunk.
    pub(super) fn len(&self) -> usize {
        self.slices().map(<[T]>::len).sum()
    }

    /// Returns the place after the elements that precede it. They must be at the start of the list.
    pub(super) fn partition_point(&self, mut precedes: impl FnMut(&T) -> bool) -> Position {
        let chunk = self.0.partition_point(|chunk| precedes(&chunk[0])).saturating_sub(1);
        let index = self.0.get(chunk).map_or(0, |chunk| chunk.partition_point(precedes));
        Position { chunk, index }
    }

    /// Returns the element after a place.
    pub(super) fn get(&self, at: Position) -> Option<&T> {
        let at = self.normalize(at);
        self.0.get(at.chunk)?.get(at.index)
    }

    pub(super) fn iter_from(&self, at: Position) -> impl Iterator<Item = &T> {
        self.0.iter().skip(at.chunk).flat_map(|chunk| chunk.iter()).skip(at.index)
    }

    /// Counts the elements between two places that meet a condition.
    pub(super) fn count_between(
        &self,
        start: Position,
        end: Position,
        accepts: impl Fn(&T) -> bool,
    ) -> usize {
        let chunks = self.0.iter().enumerate().take(end.chunk + 1).skip(start.chunk);
        let ranges = chunks.map(|(number, chunk)| {
            let first = if number == start.chunk { start.index } else { 0 };
            let last = if number == end.chunk { end.index } else { chunk.len() };
            chunk.get(first..last).unwrap_or_default()
        });
        ranges.map(|range| range.iter().filter(|element| accepts(element)).count()).sum()
    }

    pub(super) fn start() -> Position {
        Position { chunk: 0, index: 0 }
    }

    pub(super) fn insert(&mut self, at: Position, value: T) {
        let chunks = Arc::make_mut(&mut self.0);
        let Some(chunk) = chunks.get_mut(at.chunk) else {
            chunks.push(Arc::new(vec![value]));
            return;
        };
        let chunk = Arc::make_mut(chunk);
        if chunk.len() == chunk.capacity() {
            chunk.reserve_exact(chunk.len() / 8 + 1);
        }
        chunk.insert(at.index, value);
        if chunk.len() > MAX_CHUNK {
            let second = chunk.split_off(MAX_CHUNK / 2);
            chunks.insert(at.chunk + 1, Arc::new(second));
        }
    }

    /// Removes the element after a place.
    pub(super) fn remove(&mut self, at: Position) {
        let Position { chunk: number, index } = self.normalize(at);
        let chunks = Arc::make_mut(&mut self.0);
        let chunk = Arc::make_mut(&mut chunks[number]);
        chunk.remove(index);
        let length = chunk.len();
        if length == 0 {
            chunks.remove(number);
        } else if length < MAX_CHUNK / 8
            && let Some(next) = chunks.get(number + 1)
            && length + next.len() < FIRST_CHUNK
        {
            let next = chunks.remove(number + 1);
            Arc::make_mut(&mut chunks[number]).extend_from_slice(&next);
        }
    }

    /// Returns the element after a place, to change it.
    pub(super) fn get_mut(&mut self, at: Position) -> Option<&mut T> {
        let at = self.normalize(at);
        let chunk = Arc::make_mut(&mut self.0).get_mut(at.chunk)?;
        Arc::make_mut(chunk).get_mut(at.index)
    }

    /// Turns the end of a chunk into the start of the next one.
    fn normalize(&self, at: Position) -> Position {
        match self.0.get(at.chunk) {
            Some(chunk) if at.index >= chunk.len() => Position { chunk: at.chunk + 1, index: 0 },
            _ => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn is_a_sorted_list(steps in prop::collection::vec((any::<bool>(), 0_u8..60), 0..300)) {
            let mut expected: Vec<u8> = Vec::new();
            let mut chunks = Chunks::default();
            for (is_insertion, value) in steps {
                let before = chunks.clone();
                let unchanged: Vec<u8> = before.iter().copied().collect();
                let at = chunks.partition_point(|other| *other < value);
                let index = expected.partition_point(|other| *other < value);
                prop_assert_eq!(chunks.get(at), expected.get(index));
                prop_assert_eq!(chunks.count_between(Chunks::<u8>::start(), at, |_| true), index);
                if is_insertion {
                    chunks.insert(at, value);
                    expected.insert(index, value);
                } else if expected.get(index) == Some(&value) {
                    chunks.remove(at);
                    expected.remove(index);
                }
                prop_assert_eq!(chunks.iter().copied().collect::<Vec<_>>(), expected.clone());
                prop_assert_eq!(chunks.len(), expected.len());
                prop_assert_eq!(before.iter().copied().collect::<Vec<_>>(), unchanged, "a copy does not change");
            }
        }
    }
}
