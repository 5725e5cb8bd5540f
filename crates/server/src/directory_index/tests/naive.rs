use std::cmp::Ordering;
use std::collections::BTreeMap;

use studio_users_contract::SortKey;
use studio_users_domain::Status;

use super::super::{IndexRow, UserEntry};
use super::worlds::Query;

/// All users, by row id.
#[derive(Debug, Clone)]
pub(super) struct Users(pub(super) BTreeMap<i64, UserEntry>);

/// A user as the managers of a scope see them.
struct Grouped<'a> {
    user: i64,
    status: Status,
    text: &'a str,
    email: &'a str,
    last_active_at: Option<i64>,
    created_at: i64,
}

impl Users {
    pub(super) fn update(&mut self, changes: &[(i64, Option<UserEntry>)]) {
        for (user, entry) in changes {
            match entry {
                Some(entry) => self.0.insert(*user, entry.clone()),
                None => self.0.remove(user),
            };
        }
    }

    /// Returns the changes of these users.
    pub(super) fn record_activity(&mut self, activity: &[(i64, i64)]) -> Vec<(i64, Option<UserEntry>)> {
        for (user, time) in activity {
            if let Some(entry) = self.0.get_mut(user) {
                entry.last_active_at = Some(*time);
            }
        }
        activity.iter().map(|(user, _)| (*user, self.0.get(user).cloned())).collect()
    }

    /// Returns the users that match, in order.
    pub(super) fn list(&self, query: &Query) -> Vec<i64> {
        let grouped = self.0.iter().filter_map(|(user, entry)| grouped(*user, entry, query));
        let mut found: Vec<Grouped> = grouped.collect();
        found.sort_by(|left, right| compare(left, right, query).then(left.user.cmp(&right.user)));
        found.into_iter().map(|grouped| grouped.user).collect()
    }
}

fn grouped<'a>(user: i64, entry: &'a UserEntry, query: &Query) -> Option<Grouped<'a>> {
    let rows: Vec<&IndexRow> = entry.rows.iter().filter(|row| query.parts.contains(&row.part)).collect();
    let status = rows.iter().map(|row| row.status).min()?;
    let filters = &query.filters;
    if !filters.statuses.is_empty() && !filters.statuses.contains(&status) {
        return None;
    }
    let is_joined = status == Status::Active;
    let meets_filter = |row: &&IndexRow| {
        (filters.roles.is_empty() || !(row.roles & filters.roles).is_empty())
            && (!filters.assigned || row.is_assigned)
            && (!filters.undelivered || row.is_undelivered)
    };
    let mut deciding = rows.iter().copied().filter(|row| !is_joined || row.status == Status::Active);
    if !deciding.any(|row| meets_filter(&row)) {
        return None;
    }
    let last_active_at = entry.last_active_at.filter(|_| is_joined);
    if let Some(since) = filters.active_since
        && last_active_at.is_none_or(|at| at < since.timestamp_millis())
    {
        return None;
    }
    let name = entry.name.as_ref().filter(|_| is_joined);
    let contains = |word: &String| {
        entry.email.0.contains(word.as_str())
            || name.is_some_and(|(folded, _)| folded.contains(word.as_str()))
    };
    if !query.words.iter().all(contains) {
        return None;
    }
    let joined = rows.iter().filter(|row| row.status == Status::Active).map(|row| row.created_at).max();
    let created_at = joined.or_else(|| rows.iter().map(|row| row.created_at).min())?;
    let text = &name.unwrap_or(&entry.email).1;
    Some(Grouped { user, status, text, email: &entry.email.1, last_active_at, created_at })
}

fn compare(left: &Grouped, right: &Grouped, query: &Query) -> Ordering {
    let directed = |order: Ordering| if query.sort.descending { order.reverse() } else { order };
    match query.sort.key {
        SortKey::Name => directed(left.text.cmp(right.text)),
        SortKey::Email => directed(left.email.cmp(right.email)),
        SortKey::Status => directed(left.status.cmp(&right.status)),
        SortKey::CreatedAt => directed(left.created_at.cmp(&right.created_at)),
        SortKey::LastActiveAt => match (left.last_active_at, right.last_active_at) {
            (Some(left), Some(right)) => directed(left.cmp(&right)),
            (left, right) => left.is_none().cmp(&right.is_none()),
        },
    }
}
