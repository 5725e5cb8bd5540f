//! Single users, as the readers of a scope see them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Row as _, Sqlite};
use studio_users_domain::{Language, PendingGrant, Scope, UserId};

use super::list::rows;
use super::{Error, Organisation, Row, Store, Tx, UserKey, time_of};
use crate::text;

/// What became of an invitation since it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InvitationLife {
    /// The inviter's own words.
    pub(crate) message: Option<String>,
    /// The language it was written in.
    pub(crate) locale: Option<Language>,
    /// When it was last mailed.
    pub(crate) sent_at: Option<DateTime<Utc>>,
    /// How many links were made for it.
    pub(crate) links: u32,
}

impl Store {
    /// A user; nothing where there is none whom the readers of this scope see.
    pub(crate) async fn user(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        scope: &Scope,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<Row>, Error> {
        let found = rows(tx, organisation, (scope, scope), &[user.into()], now).await?;
        // A key is only a part of an id.
        Ok(found.into_iter().find(|row| row.account.id == user))
    }

    /// The users of these addresses whom the readers of this scope see, by the form in which addresses are compared.
    pub(crate) async fn users_by_address(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        scope: &Scope,
        addresses: &[String],
        now: DateTime<Utc>,
    ) -> Result<HashMap<String, Row>, Error> {
        if addresses.is_empty() {
            return Ok(HashMap::new());
        }
        let mut query =
            QueryBuilder::<Sqlite>::new("SELECT pk FROM users WHERE removed_at IS NULL AND email_norm IN (");
        let mut list = query.separated(", ");
        for address in addresses {
            list.push_bind(address);
        }
        list.push_unseparated(")");
        let keys: Vec<i64> = query.build_query_scalar().fetch_all(&mut **tx).await?;
        let keys: Vec<UserKey> = keys.into_iter().map(UserKey).collect();
        let found = rows(tx, organisation, (scope, scope), &keys, now).await?;
        Ok(found.into_iter().map(|row| (text::email_norm(&row.account.email), row)).collect())
    }

    /// What became of the invitation that a pending grant of a user stands for. It is read from the audit log of the
    /// grant's node: links that others made for other nodes are not counted.
    pub(crate) async fn invitation_life(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        user: UserId,
        grant: &PendingGrant,
    ) -> Result<InvitationLife, Error> {
        let node = organisation.key(grant.node).map(|key| key.0);
        let row = sqlx::query(
            "SELECT message, locale, created_at FROM pending_grants WHERE user = ? AND node = ? AND granted_by = ?",
        )
        .bind(UserKey::from(user).0)
        .bind(node)
        .bind(UserKey::from(grant.granted_by).0)
        .fetch_optional(&mut **tx)
        .await?;
        let Some(row) = row else { return Ok(InvitationLife::default()) };
        let (links, sent_at): (u32, Option<i64>) = sqlx::query_as(
            "SELECT count(*), max(CASE action WHEN 'invitation.link_copied' THEN NULL ELSE at END) FROM audit \
             WHERE target = ? AND node = ? AND at >= ? \
             AND action IN ('invitation.sent', 'invitation.resent', 'invitation.link_copied')",
        )
        .bind(user.0.as_bytes().to_vec())
        .bind(node)
        .bind(row.try_get::<i64, _>("created_at")?)
        .fetch_one(&mut **tx)
        .await?;
        let locale: Option<&str> = row.try_get("locale")?;
        Ok(InvitationLife {
            message: row.try_get("message")?,
            locale: locale.and_then(Language::from_tag),
            sent_at: sent_at.map(time_of).transpose()?,
            links,
        })
    }
}
