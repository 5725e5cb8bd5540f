//! Counts users, with a cache.

use std::collections::HashMap;
use std::sync::PoisonError;

use sqlx::QueryBuilder;
use studio_users_contract::Total;
use studio_users_domain::{RoleSet, Status};

use super::directory::query::{DirectoryQuery, Grouped};
use super::{Error, MetaKey, Store, Tx, meta};

/// Cached totals, each with the directory version that it was counted in.
pub(super) type Totals = HashMap<TotalKey, (i64, u32)>;

/// The filters of a total: parts, roles, whether only users assigned there count, statuses.
pub(super) type TotalKey = (Vec<i64>, RoleSet, bool, Vec<Status>);

const MAX_CACHED_TOTALS: usize = 10_000;

impl Store {
    /// Counts the users that match the filters. Ignores the search text.
    ///
    /// Counting a million users is slow, so the result is cached until the directory version changes. Activity does not
    /// change the version; so a total with the filter `active_since` is not cached.
    pub(super) async fn count(&self, tx: &mut Tx, query: &DirectoryQuery<'_>) -> Result<Total, Error> {
        let filters = query.filters;
        let version = meta(tx, MetaKey::DirectoryVersion).await?.unwrap_or(0);
        let key = (query.parts.clone(), filters.roles, filters.assigned, filters.statuses.clone());
        let is_cacheable = filters.active_since.is_none();
        if is_cacheable {
            let totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(&(_, value)) = totals.get(&key).filter(|(at, _)| *at == version) {
                return Ok(Total { value, exact: true });
            }
        }
        let mut sql = QueryBuilder::new("SELECT count(*) FROM ");
        if let [part] = query.parts[..] {
            sql.push("directory d INDEXED BY directory_status WHERE d.part = ").push_bind(part);
        } else {
            query.push_grouped(&mut sql, &Grouped::Counted);
            sql.push(" d WHERE 1 = 1");
        }
        query.push_filters(&mut sql);
        let value: i64 = sql.build_query_scalar().fetch_one(&mut **tx).await?;
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        if is_cacheable {
            let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
            if totals.len() >= MAX_CACHED_TOTALS {
                totals.clear();
            }
            totals.insert(key, (version, value));
        }
        Ok(Total { value, exact: true })
    }
}
