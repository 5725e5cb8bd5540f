//! Looks up single users by id or email address, as the managers of a scope see them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use studio_users_domain::{Language, PendingGrant, Scope, UserId};

use super::list::{Scopes, user_records};
use super::{Error, MetaKey, Organisation, Store, Tx, UserKey, UserRecord, time_from_millis};
use crate::sql::{self, QueryBuilder};
use crate::text;

/// The contents of an invitation and the mails and links sent for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InvitationTimeline {
    /// The personal message of the user who sent the invitation.
    pub(crate) message: Option<String>,
    /// The language of the invitation mail.
    pub(crate) locale: Option<Language>,
    /// The time at which the invitation mail was last sent.
    pub(crate) sent_at: Option<DateTime<Utc>>,
    /// The number of links that were created for the invitation, mailed or copied.
    pub(crate) links: u32,
}

impl Store {
    /// Finds a user by id. Returns `None` if no such user is visible in this scope.
    pub(crate) async fn user(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        scope: &Scope,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<UserRecord>, Error> {
        let Some(user) = self.user_key(tx, user).await? else { return Ok(None) };
        Ok(user_records(tx, organisation, Scopes::all(scope), &[user], now).await?.pop())
    }

    /// Finds the users with these normalized email addresses. Returns those that are visible in this scope, by
    /// normalized address.
    pub(crate) async fn users_by_address(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        scope: &Scope,
        addresses: &[String],
        now: DateTime<Utc>,
    ) -> Result<HashMap<String, UserRecord>, Error> {
        let select = "SELECT pk FROM users WHERE removed_at IS NULL AND email_norm";
        let mut sql = QueryBuilder::new(tx.dialect(), select);
        sql.push_in_texts(addresses);
        let found: Vec<i64> = sql.build_query_scalar().fetch_all(tx).await?;
        let keys: Vec<UserKey> = found.into_iter().map(UserKey).collect();
        let found = user_records(tx, organisation, Scopes::all(scope), &keys, now).await?;
        Ok(found.into_iter().map(|row| (text::email_norm(&row.account.email), row)).collect())
    }

    /// Returns the timeline of an invitation, which a pending grant identifies.
    ///
    /// Earlier versions recorded no sent mail after a resend. It counts links in the audit log of the grant's node only, so links for other nodes do not count.
    pub(crate) async fn invitation_timeline(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        user: UserId,
        grant: &PendingGrant,
    ) -> Result<InvitationTimeline, Error> {
        let node = organisation.key(grant.node).map(|key| key.0);
        let row = sql::query(
            "SELECT message, locale, first_entry FROM pending_grants \
             WHERE user_pk = (SELECT pk FROM users WHERE id = ?) AND node = ? \
             AND granted_by = (SELECT pk FROM users WHERE id = ?)",
        )
        .bind(user.0.as_bytes().to_vec())
        .bind(node)
        .bind(grant.granted_by.0.as_bytes().to_vec())
        .fetch_optional(tx)
        .await?;
        let Some(row) = row else { return Ok(InvitationTimeline::default()) };
        let (links, sent_at): (u32, Option<i64>) = sql::query_as(
            "SELECT links, (SELECT at FROM audit WHERE seq = last_sent) FROM \
             (SELECT count(*) AS links, max(CASE action WHEN 'invitation.link_copied' THEN NULL ELSE seq END) AS last_sent \
             FROM audit WHERE target = ? AND node = ? AND seq >= ? \
             AND (action IN ('invitation.sent', 'invitation.link_copied') OR action = 'invitation.resent' \
             AND seq <= (SELECT coalesce(max(value), 0) FROM meta WHERE key = ?))) AS entries",
        )
        .bind(user.0.as_bytes().to_vec())
        .bind(node)
        .bind(row.try_get::<i64, _>("first_entry")?)
        .bind(MetaKey::SentWhenQueued.key())
        .fetch_one(tx)
        .await?;
        let locale: Option<&str> = row.try_get("locale")?;
        Ok(InvitationTimeline {
            message: row.try_get("message")?,
            locale: locale.and_then(Language::from_tag),
            sent_at: sent_at.map(time_from_millis).transpose()?,
            links,
        })
    }
}
