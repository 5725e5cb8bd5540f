//! The load of the whole directory.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use super::bitmap::Bitmap;
use super::chunks::Chunks;
use super::numbers::Numbers;
use super::orders::{TextEntry, TimeEntry, sort_times};
use super::parts::{Part, Parts, RowBits};
use super::update::{CreatedRow, UserEntry, distinct_times};
use super::{IndexError, Snapshot, part_number};

/// Collects the users with their rows.
#[derive(Debug, Default)]
pub(crate) struct Loader {
    snapshot: Snapshot,
    numbers: Numbers,
    rows: HashMap<u32, Vec<LoadedRow>>,
    /// The users with several creation times.
    several: Bitmap,
}

#[derive(Debug, Clone, Copy)]
struct LoadedRow {
    user: u32,
    bits: RowBits,
    created_at: i64,
}

impl Loader {
    /// Adds a user. Call it once for each user, in the order of their row ids.
    pub(crate) fn add(&mut self, user: i64, entry: &UserEntry) -> Result<(), IndexError> {
        if entry.rows.is_empty() {
            return Ok(());
        }
        let user = self.numbers.push(user)?;
        let Snapshot { emails, names, named, last_active, with_activity, .. } = &mut self.snapshot;
        emails.set(user, Some(entry.email()));
        names.set(user, entry.name());
        Arc::make_mut(named).set(user, entry.name.is_some());
        last_active.set(user, entry.last_active_at);
        Arc::make_mut(with_activity).set(user, entry.last_active_at.is_some());
        for row in &entry.rows {
            let part = part_number(row.part)?;
            match self.snapshot.created.get(user) {
                None => self.snapshot.created.set(user, Some(row.created_at)),
                Some(other) if other != row.created_at => self.several.insert(user),
                Some(_) => {}
            }
            let row = LoadedRow { user, bits: RowBits::new(row), created_at: row.created_at };
            self.rows.entry(part).or_default().push(row);
        }
        Ok(())
    }

    /// Sorts everything. The snapshot has no version: the next update sets it.
    pub(crate) fn finish(self) -> Snapshot {
        let Self { mut snapshot, mut numbers, rows, several } = self;
        numbers.shrink();
        snapshot.numbers = Arc::new(RwLock::new(numbers));
        snapshot.emails.finish();
        snapshot.names.finish();
        let mut created_by_row: HashMap<u32, Vec<CreatedRow>> = HashMap::new();
        let mut parts = Vec::with_capacity(rows.len());
        let mut by_part: Vec<_> = rows.into_iter().collect();
        by_part.sort_unstable_by_key(|&(part, _)| part);
        for (part, rows) in by_part {
            for row in rows.iter().filter(|row| several.contains(row.user)) {
                let rows = created_by_row.entry(row.user).or_default();
                rows.push(CreatedRow::new(part, row.bits, row.created_at));
            }
            let rows: Vec<(u32, RowBits)> = rows.into_iter().map(|row| (row.user, row.bits)).collect();
            parts.push((part, Arc::new(Part::from_sorted(&rows))));
        }
        snapshot.parts = Parts(Chunks::from_sorted(&parts));
        snapshot.list_parts_of_users();
        snapshot.sort(created_by_row);
        snapshot
    }
}

impl Snapshot {
    /// Sets the parts of each user from the rows of each part.
    fn list_parts_of_users(&mut self) {
        let parts: Vec<(u32, Arc<Part>)> = self.parts.0.iter().cloned().collect();
        // A counting sort: the end of the list of each user, and then the lists one after the other.
        let mut ends: Vec<u32> = Vec::new();
        for (_, part) in &parts {
            for &(user, _) in part.rows.iter() {
                let user = user as usize;
                if user >= ends.len() {
                    ends.resize(user + 1, 0);
                }
                ends[user] += 1;
            }
        }
        let mut count = 0;
        for end in &mut ends {
            count += *end;
            *end = count;
        }
        let mut starts = ends.clone();
        let mut lists = vec![0; count as usize];
        for (key, part) in parts.iter().rev() {
            for &(user, _) in part.rows.iter() {
                let start = &mut starts[user as usize];
                *start -= 1;
                lists[*start as usize] = *key;
            }
        }
        for ((user, &start), &end) in (0..).zip(&starts).zip(&ends) {
            if start < end {
                self.parts_of_users.set(user, &lists[start as usize..end as usize]);
            }
        }
        self.parts_of_users.shrink();
    }

    fn sort(&mut self, created_by_row: HashMap<u32, Vec<CreatedRow>>) {
        let mut users = Bitmap::default();
        for (_, part) in self.parts.0.iter() {
            part.rows.iter().for_each(|&(user, _)| users.insert(user));
        }
        let emails = users.iter().filter(|&user| self.emails.contains(user)).map(TextEntry::email);
        let names = self.named.iter().map(TextEntry::name);
        self.by_text = Chunks::from_sorted(&self.sort_texts().sort(emails.chain(names)));
        let mut times = Vec::new();
        for user in users.iter() {
            let several = created_by_row.get(&user).and_then(|rows| distinct_times(rows));
            if let Some(several) = several {
                times.extend(several.into_iter().map(|time| TimeEntry::new(time, user).one_of_several()));
                self.created.set(user, None);
            } else if let Some(time) = self.created.get(user) {
                times.push(TimeEntry::new(time, user));
            }
        }
        sort_times(&mut times);
        self.by_creation = Chunks::from_sorted(&times);
        let active = self.with_activity.iter();
        let mut times: Vec<_> =
            active.filter_map(|user| Some(TimeEntry::new(self.last_active.get(user)?, user))).collect();
        sort_times(&mut times);
        self.by_activity = Chunks::from_sorted(&times);
        for (user, rows) in created_by_row {
            self.created_by_row.set(user, &rows);
        }
        self.created_by_row.shrink();
    }
}
