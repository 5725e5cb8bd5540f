//! The mails that did not arrive, as administrators see them. Their content stays in the outbox.

use chrono::{DateTime, Utc};
use studio_users_contract::MailDelivery;
use studio_users_domain::Scope;
use uuid::Uuid;

use super::columns::account_columns;
use super::outcome::delivery_of;
use super::value::parse_uuid;
use super::{Account, Error, Organisation, Store, Tx, UserKey, directory, time_from_millis};
use crate::sql::QueryBuilder;

/// A mail that did not arrive, or that is tried again.
#[derive(Debug, Clone)]
pub(crate) struct UndeliveredMailRecord {
    /// The id of its job.
    pub(crate) id: Uuid,
    /// The name of its kind.
    pub(crate) kind: String,
    /// The recipient. The name is that by which the managers of the scope may know them.
    pub(crate) to: Account,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) attempts: u32,
    pub(crate) delivery: MailDelivery,
}

impl Store {
    /// Returns the newest mails to users in the scope that did not arrive, or whose last attempt has failed.
    pub(crate) async fn undelivered_mails(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        scope: &Scope,
        limit: usize,
    ) -> Result<Vec<UndeliveredMailRecord>, Error> {
        let parts = organisation.part_keys(scope)?;
        let mut sql = QueryBuilder::new(
            tx.dialect(),
            concat!(
                "SELECT j.id AS job, o.kind, o.created_at AS queued_at, j.attempts, o.outcome, o.reply, \
             coalesce(o.ended_at, o.created_at) AS at, ",
                account_columns!(u),
                " FROM outbox o JOIN jobs j ON j.pk = o.pk JOIN users u ON u.pk = o.user_pk WHERE u.removed_at IS NULL \
             AND (o.outcome <> 'sent' \
             OR o.outcome IS NULL AND j.attempts > 0 AND j.lease_owner IS NULL) \
             AND EXISTS (SELECT 1 FROM directory d WHERE d.user_pk = o.user_pk AND d.part"
            ),
        );
        sql.push_in_integers(parts.iter().copied());
        sql.push(") ORDER BY o.pk DESC LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = sql.build().fetch_all(tx).await?;
        let users: Vec<UserKey> =
            rows.iter().map(|row| Ok(UserKey(row.try_get("pk")?))).collect::<Result<_, Error>>()?;
        let visible = directory::visible(tx, &parts, &users).await?;
        let mut mails = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut to = Account::of(row)?;
            if !visible.get(&to.key()).copied().unwrap_or_default() {
                to.name = None;
            }
            mails.push(UndeliveredMailRecord {
                id: parse_uuid(row.try_get("job")?)?,
                kind: row.try_get("kind")?,
                created_at: time_from_millis(row.try_get("queued_at")?)?,
                attempts: row.try_get("attempts")?,
                delivery: delivery_of(row)?,
                to,
            });
        }
        Ok(mails)
    }
}
