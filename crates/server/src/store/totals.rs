//! Counts users: by the kept counts of one part, or by a scan of several parts, with a cache.

use std::collections::HashMap;
use std::sync::PoisonError;

use studio_users_contract::Total;
use studio_users_domain::{RoleSet, Status};

use super::directory::query::{DirectoryQuery, Grouped};
use super::{Error, MetaKey, Store, Tx, meta};
use crate::sql::QueryBuilder;

/// Cached totals, each with the version that it was counted in: of the statuses, or of the directory for a filter by roles.
#[derive(Debug, Default)]
pub(super) struct Totals {
    values: HashMap<TotalKey, (i64, u32)>,
    /// The number of parts in all keys.
    parts: usize,
}

/// The filters of a total: parts, roles, whether only users assigned there count and only those whose mail did not
/// arrive, statuses.
type TotalKey = (Vec<i64>, RoleSet, (bool, bool), Vec<Status>);

/// The maximum number of totals in memory.
const MAX_CACHED_TOTALS: usize = 10_000;
/// The maximum number of parts in the keys of all totals, at 8 bytes each. Callers choose the parts by their filters.
const MAX_CACHED_PARTS: usize = 500_000;

impl Totals {
    /// Returns a total of this version of the directory.
    fn get(&self, key: &TotalKey, version: i64) -> Option<u32> {
        self.values.get(key).filter(|(at, _)| *at == version).map(|&(_, value)| value)
    }

    /// Adds a total. If there is no space, first drops all others.
    fn insert(&mut self, key: TotalKey, version: i64, value: u32) {
        let added = key.0.len();
        if self.values.len() >= MAX_CACHED_TOTALS || self.parts + added > MAX_CACHED_PARTS {
            self.values = HashMap::new();
            self.parts = 0;
        }
        if self.values.insert(key, (version, value)).is_none() {
            self.parts += added;
        }
    }
}

impl Store {
    /// Counts the users that match the filters. Ignores the search text.
    ///
    /// The counts of a single part are kept up to date. A user with rows in several parts counts once, so the rows of
    /// several parts are scanned. That is slow for a million users, so the result is cached until the version that it
    /// depends on changes. Activity changes neither the kept counts nor the version; so a total with the filter
    /// `active_since` is counted each time.
    pub(super) async fn count(&self, tx: &mut Tx, query: &DirectoryQuery<'_>) -> Result<Total, Error> {
        let filters = query.filters;
        let is_cacheable = filters.active_since.is_none();
        if let ([part], true) = (&query.parts[..], is_cacheable) {
            let mut sql = QueryBuilder::new(
                tx.dialect(),
                "SELECT CAST(coalesce(sum(d.users), 0) AS BIGINT) FROM directory_counts d WHERE d.part = ",
            );
            sql.push_bind(*part);
            query.push_filters(&mut sql);
            let value: i64 = sql.build_query_scalar().fetch_one(tx).await?;
            return Ok(Total { value: u32::try_from(value).unwrap_or(u32::MAX), exact: true });
        }
        // Without a filter by roles, only statuses count. So a bulk job that adds a role to thousands of users does not
        // make each list count a million users after each of its pieces.
        let depends_on_roles = !filters.roles.is_empty() || filters.assigned || filters.undelivered;
        let relevant = if depends_on_roles { MetaKey::DirectoryVersion } else { MetaKey::StatusVersion };
        let version = meta(tx, relevant).await?.unwrap_or(0);
        let statuses = Status::ALL.into_iter().filter(|status| filters.statuses.contains(status)).collect();
        let key = (query.parts.clone(), filters.roles, (filters.assigned, filters.undelivered), statuses);
        if is_cacheable {
            let totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(value) = totals.get(&key, version) {
                return Ok(Total { value, exact: true });
            }
        }
        let mut sql = QueryBuilder::new(tx.dialect(), "SELECT count(*) FROM ");
        if let [part] = query.parts[..] {
            sql.push("directory d")
                .push_indexed_by("directory_status")
                .push(" WHERE d.part = ")
                .push_bind(part);
        } else {
            query.push_grouped(&mut sql, &Grouped::Counted);
            sql.push(" d WHERE 1 = 1");
        }
        query.push_filters(&mut sql);
        let value: i64 = sql.build_query_scalar().fetch_one(tx).await?;
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        if is_cacheable {
            let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
            totals.insert(key, version, value);
        }
        Ok(Total { value, exact: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_the_memory_of_the_keys() {
        let mut totals = Totals::default();
        for number in 0..2_000 {
            let key = || ((number..number + 2_000).collect(), RoleSet::empty(), (false, false), Vec::new());
            for _ in 0..2 {
                totals.insert(key(), 1, 7);
            }
            assert_eq!(totals.get(&key(), 1), Some(7));
            assert_eq!(totals.get(&key(), 2), None);
        }
        let parts: usize = totals.values.keys().map(|key| key.0.len()).sum();
        assert_eq!(parts, totals.parts);
        assert!(parts <= MAX_CACHED_PARTS);
    }
}
