//! Changes of users.

use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

use super::orders::{TextEntry, TimeEntry};
use super::parts::{IndexRow, RowBits};
use super::texts::IndexText;
use super::{IdOutOfRange, Snapshot, part_number, user_number};

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

impl UserEntry {
    fn email(&self) -> IndexText<'_> {
        IndexText { folded: &self.email.0, key: &self.email.1 }
    }

    fn name(&self) -> Option<IndexText<'_>> {
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
    ) -> Result<(), IdOutOfRange> {
        // A user without rows is in no list.
        let is_listed = |entry: &&UserEntry| !entry.rows.is_empty();
        let mut checked = Vec::with_capacity(changes.len());
        for (user, entry) in changes {
            let entry = entry.as_ref().filter(is_listed);
            checked.push((user_number(*user)?, entry, numbered_rows(entry)?));
        }
        let users: Vec<u32> = checked.iter().map(|&(user, ..)| user).collect();
        for (user, entry, rows) in checked {
            self.set_texts(user, entry.map(UserEntry::email), entry.and_then(UserEntry::name));
            self.set_activity(user, entry.and_then(|entry| entry.last_active_at));
            self.set_created(user, &rows);
            self.set_rows(user, &rows);
        }
        self.changes.push(&users);
        self.version = Some(version);
        Ok(())
    }

    pub(super) fn record_activity(&mut self, activity: &[(i64, i64)]) -> Result<(), IdOutOfRange> {
        let mut users = Vec::with_capacity(activity.len());
        for &(user, time) in activity {
            users.push((user_number(user)?, time));
        }
        // The account of a user who is in no list can be active, too.
        users.retain(|&(user, _)| self.emails.contains(user));
        for (user, time) in users {
            self.set_activity(user, Some(time));
        }
        Ok(())
    }

    fn set_texts(&mut self, user: u32, email: Option<IndexText<'_>>, name: Option<IndexText<'_>>) {
        for (is_name, text) in [(false, email), (true, name)] {
            let entry = if is_name { TextEntry::name(user) } else { TextEntry::email(user) };
            let texts = if is_name { &self.names } else { &self.emails };
            if texts.is(user, text) {
                continue;
            }
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

    fn set_created(&mut self, user: u32, rows: &[(CreatedRow, RowBits)]) {
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

    fn set_rows(&mut self, user: u32, rows: &[(CreatedRow, RowBits)]) {
        let parts: Vec<u32> = rows.iter().map(|(row, _)| row.part).collect();
        for part in self.parts_of_users.get(user).to_vec() {
            if parts.binary_search(&part).is_err() {
                self.parts.set(part, user, None);
            }
        }
        for &(row, bits) in rows {
            self.parts.set(row.part, user, Some(bits));
        }
        self.parts_of_users.set(user, &parts);
    }
}

/// Checks the parts of a user, and sorts the rows by part.
fn numbered_rows(entry: Option<&UserEntry>) -> Result<Vec<(CreatedRow, RowBits)>, IdOutOfRange> {
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
