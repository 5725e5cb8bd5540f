//! Changes of users.

use std::collections::BTreeSet;
use std::mem;
use std::sync::{Arc, PoisonError};

use super::orders::{TextEntry, TimeEntry};
use super::parts::{IndexRow, RowBits};
use super::texts::IndexText;
use super::{IndexError, Snapshot, part_number};

/// The texts and rows of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserEntry {
    /// The folded address and its sort key.
    pub(crate) email: (String, String),
    /// The folded name and its sort key. `None` if the user has no name.
    pub(crate) name: Option<(String, String)>,
    /// The last activity of the account, in milliseconds. It only counts where the user has joined.
    pub(crate) last_active_at: Option<i64>,
    /// The rows of the directory, at most one for each part.
    pub(crate) rows: Vec<IndexRow>,
}

/// The creation time of a user in a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CreatedRow {
    pub(super) part: u32,
    pub(super) is_joined: bool,
    pub(super) created_at: i64,
}

/// A row with the number of its part.
type NumberedRow = (CreatedRow, RowBits);

/// A change of the user with this number.
type CheckedChange<'a> = (u32, Option<&'a UserEntry>, Vec<NumberedRow>);

impl UserEntry {
    pub(super) fn email(&self) -> IndexText<'_> {
        IndexText { folded: &self.email.0, key: &self.email.1 }
    }

    pub(super) fn name(&self) -> Option<IndexText<'_>> {
        self.name.as_ref().map(|(folded, key)| IndexText { folded, key })
    }
}

impl CreatedRow {
    pub(super) fn new(part: u32, row: RowBits, created_at: i64) -> Self {
        Self { part, is_joined: row.status() == 0, created_at }
    }
}

/// Returns the distinct creation times of several rows. `None` if all have the same one.
pub(super) fn distinct_times(rows: &[CreatedRow]) -> Option<BTreeSet<i64>> {
    let times: BTreeSet<i64> = rows.iter().map(|row| row.created_at).collect();
    (times.len() > 1).then_some(times)
}

impl Snapshot {
    pub(super) fn apply(
        &mut self,
        version: i64,
        changes: &[(i64, Option<UserEntry>)],
    ) -> Result<(), IndexError> {
        let checked = self.check(changes)?;
        let mut users = Vec::new();
        for (user, entry, rows) in checked {
            let has_texts =
                self.set_texts(user, entry.map(UserEntry::email), entry.and_then(UserEntry::name));
            self.set_activity(user, entry.and_then(|entry| entry.last_active_at));
            self.set_created(user, &rows);
            let has_rows = self.set_rows(user, &rows);
            // No cached result depends on the activity.
            if has_texts || has_rows {
                users.push(user);
            }
        }
        if !users.is_empty() {
            self.changes.push(&users);
        }
        self.version = Some(version);
        Ok(())
    }

    /// Numbers the users and the parts. New users get free numbers, which stay unused if another user does not fit.
    fn check<'a>(
        &self,
        changes: &'a [(i64, Option<UserEntry>)],
    ) -> Result<Vec<CheckedChange<'a>>, IndexError> {
        let mut numbers = self.numbers.write().unwrap_or_else(PoisonError::into_inner);
        let mut checked = Vec::with_capacity(changes.len());
        for (user, entry) in changes {
            // A user without rows is in no list.
            let entry = entry.as_ref().filter(|entry| !entry.rows.is_empty());
            let rows = numbered_rows(entry)?;
            let number =
                if entry.is_some() { Some(numbers.get_or_insert(*user)?) } else { numbers.get(*user) };
            checked.extend(number.map(|number| (number, entry, rows)));
        }
        Ok(checked)
    }

    /// Returns whether a text has changed.
    fn set_texts(&mut self, user: u32, email: Option<IndexText<'_>>, name: Option<IndexText<'_>>) -> bool {
        let mut is_changed = false;
        for (is_name, text) in [(false, email), (true, name)] {
            let entry = if is_name { TextEntry::name(user) } else { TextEntry::email(user) };
            let texts = if is_name { &self.names } else { &self.emails };
            if texts.is(user, text) {
                continue;
            }
            is_changed = true;
            let mut list = mem::take(&mut self.by_text);
            if texts.contains(user) {
                self.sort_texts().take(&mut list, entry);
            }
            if is_name {
                self.names.set(user, text);
                Arc::make_mut(&mut self.named).set(user, text.is_some());
            } else {
                self.emails.set(user, text);
            }
            if text.is_some() {
                self.sort_texts().add(&mut list, entry);
            }
            self.by_text = list;
        }
        is_changed
    }

    fn set_activity(&mut self, user: u32, time: Option<i64>) {
        let before = self.last_active.get(user);
        if before == time {
            return;
        }
        if let Some(before) = before {
            self.by_activity.take(before, user);
        }
        if let Some(time) = time {
            self.by_activity.add(TimeEntry::new(time, user));
        }
        if before.is_some() != time.is_some() {
            Arc::make_mut(&mut self.with_activity).set(user, time.is_some());
        }
        self.last_active.set(user, time);
    }

    fn set_created(&mut self, user: u32, rows: &[NumberedRow]) {
        let rows: Vec<CreatedRow> = rows.iter().map(|&(row, _)| row).collect();
        let several = distinct_times(&rows);
        let single = rows.first().map(|row| row.created_at).filter(|_| several.is_none());
        if single.is_some() && self.created.get(user) == single {
            return;
        }
        let times = distinct_times(self.created_by_row.get(user)).unwrap_or_default();
        for time in times.into_iter().chain(self.created.get(user)) {
            self.by_creation.take(time, user);
        }
        self.created.set(user, single);
        if let Some(time) = single {
            self.by_creation.add(TimeEntry::new(time, user));
        }
        self.created_by_row.set(user, if several.is_some() { &rows } else { &[] });
        for time in several.unwrap_or_default() {
            self.by_creation.add(TimeEntry::new(time, user).one_of_several());
        }
    }

    /// Returns whether a row has changed.
    fn set_rows(&mut self, user: u32, rows: &[NumberedRow]) -> bool {
        let parts: Vec<u32> = rows.iter().map(|(row, _)| row.part).collect();
        let removed: Vec<u32> = self.parts_of_users.get(user).to_vec();
        let removed = removed.into_iter().filter(|part| parts.binary_search(part).is_err());
        let mut is_changed = false;
        for part in removed {
            is_changed |= self.parts.set(part, user, None);
        }
        for &(row, bits) in rows {
            is_changed |= self.parts.set(row.part, user, Some(bits));
        }
        self.parts_of_users.set(user, &parts);
        is_changed
    }
}

/// Checks the parts of a user, and sorts the rows by part.
fn numbered_rows(entry: Option<&UserEntry>) -> Result<Vec<NumberedRow>, IndexError> {
    let mut rows = Vec::new();
    for row in entry.into_iter().flat_map(|entry| &entry.rows) {
        let bits = RowBits::new(row);
        rows.push((CreatedRow::new(part_number(row.part)?, bits, row.created_at), bits));
    }
    rows.sort_unstable_by_key(|(row, _)| row.part);
    rows.dedup_by_key(|(row, _)| row.part);
    debug_assert_eq!(rows.len(), entry.map_or(0, |entry| entry.rows.len()), "one row for each part");
    Ok(rows)
}
