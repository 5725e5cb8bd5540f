//! How many users there are.

use std::collections::HashMap;
use std::sync::PoisonError;

use sqlx::QueryBuilder;
use studio_users_contract::Total;
use studio_users_domain::{RoleSet, Status};

use super::question::{Grouped, Question};
use super::{Error, Fact, Store, Tx, fact};

/// Totals that were counted, and of which state of the directory.
pub(super) type Totals = HashMap<Counted, (i64, u32)>;

/// What was counted: parts, roles, whether assigned there, statuses.
pub(super) type Counted = (Vec<i64>, RoleSet, bool, Vec<Status>);

const MOST_TOTALS: usize = 10_000;

impl Store {
    /// How many users there are. Counting a million takes a while, so it is done once for each state of the
    /// directory; activity is no change of it.
    pub(super) async fn count(&self, tx: &mut Tx, question: &Question<'_>) -> Result<Total, Error> {
        let selection = question.selection;
        let version = fact(tx, Fact::DirectoryVersion).await?.unwrap_or(0);
        let counted =
            (question.parts.clone(), selection.roles, selection.is_assigned, selection.statuses.clone());
        let is_kept = selection.active_since.is_none();
        if is_kept {
            let totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(&(_, value)) = totals.get(&counted).filter(|(at, _)| *at == version) {
                return Ok(Total { value, exact: true });
            }
        }
        let mut query = QueryBuilder::new("SELECT count(*) FROM ");
        if let [part] = question.parts[..] {
            query.push("directory d INDEXED BY directory_status WHERE d.part = ").push_bind(part);
        } else {
            question.push_grouped(&mut query, &Grouped::Counted);
            query.push(" d WHERE 1 = 1");
        }
        question.push_filters(&mut query);
        let value: i64 = query.build_query_scalar().fetch_one(&mut **tx).await?;
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        if is_kept {
            let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
            if totals.len() >= MOST_TOTALS {
                totals.clear();
            }
            totals.insert(counted, (version, value));
        }
        Ok(Total { value, exact: true })
    }
}
