//! The dates of invitations: the reminder, the expiry, and the notice to the inviter.
//!
//! One job does all of it (`services::invitation_worker`). Each step verifies the lease of the job in its transaction, so
//! that two processes never send the same reminder.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_domain::{Language, NodeId, UserId};

use super::jobs::{Lease, hold_lease};
use super::value::parse_uuid;
use super::{Error, JobKind, NewMail, NodeKey, Sender, Store, Tx, UserKey, Write, millis, time_from_millis};
use crate::mail::{Digest, DigestUser, Mail, Reminder};
use crate::sql;

/// The pause while there is no invitation. A new one ends it.
const IDLE_PAUSE: TimeDelta = TimeDelta::days(1);
/// The number of reminders or expired invitations in one transaction.
const BATCH_SIZE: i64 = if cfg!(test) { 3 } else { 100 };

impl Store {
    /// Queues the reminders that are due, a batch at a time. Returns whether there may be more.
    ///
    /// Whether an invitation can still be accepted is decided when its reminder leaves. A mail that has not arrived has no
    /// reminder.
    pub(crate) async fn queue_due_reminders(&self, lease: Lease) -> Result<bool, Error> {
        let mut tx = self.write().await?;
        if !hold_lease(&mut tx, lease).await? {
            return Ok(false);
        }
        let now = millis(tx.now());
        let rows = sql::query(
            "SELECT g.user_pk, g.granted_by, max(g.locale) AS locale, \
             max(CASE WHEN g.expires_at > ?1 AND coalesce(o.outcome = 'sent', g.mail IS NULL) THEN 1 ELSE 0 END) > 0 \
             AS is_reminded \
             FROM pending_grants g LEFT JOIN outbox o ON o.pk = g.mail WHERE g.remind_at <= ?1 \
             GROUP BY g.user_pk, g.granted_by LIMIT ?2",
        )
        .bind(now)
        .bind(BATCH_SIZE)
        .fetch_all(&mut tx)
        .await?;
        for row in &rows {
            let (user, inviter) = (UserKey(row.try_get("user_pk")?), UserKey(row.try_get("granted_by")?));
            let locale: Option<&str> = row.try_get("locale")?;
            if row.try_get::<bool, _>("is_reminded")? {
                let new = NewMail {
                    to: user,
                    by: Some(Sender { user: inviter, is_administrator: false }),
                    language: locale.and_then(Language::from_tag),
                    mail: Mail::Reminder(Reminder::default()),
                };
                if tx.queue_mail(&new).await?.is_err() {
                    tracing::warn!("an invited user was not reminded: a limit of mails was reached");
                }
            }
            sql::query(
                "UPDATE pending_grants SET remind_at = NULL WHERE user_pk = ? AND granted_by = ? AND remind_at <= ?",
            )
            .bind(user.0)
            .bind(inviter.0)
            .bind(now)
            .execute(&mut tx)
            .await?;
        }
        tx.commit().await?;
        Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX) == BATCH_SIZE)
    }

    /// Adds invitations that have expired to the digests of their inviters, a batch at a time. Returns whether there may be
    /// more.
    pub(crate) async fn report_expired_invitations(&self, lease: Lease) -> Result<bool, Error> {
        let mut tx = self.write().await?;
        if !hold_lease(&mut tx, lease).await? {
            return Ok(false);
        }
        let Some(organisation) = self.organisation(&mut tx).await? else { return Ok(false) };
        let rows = sql::query(
            "SELECT g.user_pk, g.node, g.granted_by, u.id FROM pending_grants g JOIN users u ON u.pk = g.user_pk \
             WHERE g.reports_expiry AND g.expires_at <= ? ORDER BY g.expires_at LIMIT ?",
        )
        .bind(millis(tx.now()))
        .bind(BATCH_SIZE)
        .fetch_all(&mut tx)
        .await?;
        let mut expired: BTreeMap<UserKey, BTreeMap<UserId, Vec<NodeId>>> = BTreeMap::new();
        for row in &rows {
            let node = NodeKey(row.try_get("node")?);
            let (user, inviter): (i64, i64) = (row.try_get("user_pk")?, row.try_get("granted_by")?);
            let id = UserId(parse_uuid(row.try_get("id")?)?);
            let users = expired.entry(UserKey(inviter)).or_default();
            users.entry(id).or_default().push(organisation.id(node)?);
            sql::query(
                "UPDATE pending_grants SET reports_expiry = FALSE WHERE user_pk = ? AND node = ? AND granted_by = ?",
            )
            .bind(user)
            .bind(node.0)
            .bind(inviter)
            .execute(&mut tx)
            .await?;
        }
        for (inviter, users) in expired {
            let expired = users.into_iter().map(|(user, nodes)| DigestUser::new(user, nodes)).collect();
            tx.queue_digest(inviter, Digest { expired, ..Digest::default() }).await?;
        }
        tx.commit().await?;
        Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX) == BATCH_SIZE)
    }

    /// Ends a run of the job. It is due again when the next invitation is.
    ///
    /// Its time of creation is that of this run. So after the clock was set back, it is due at once, and opens invitations
    /// again that expire later.
    pub(crate) async fn finish_invitation_run(&self, lease: Lease) -> Result<(), Error> {
        let mut tx = self.write().await?;
        if hold_lease(&mut tx, lease).await? {
            let now = tx.now();
            let next = next_date(&mut tx).await?.unwrap_or(now + IDLE_PAUSE);
            sql::query(
                "UPDATE jobs SET created_at = ?, due_at = ?, attempts = 0, lease_owner = NULL, lease_until = NULL \
                 WHERE pk = ?",
            )
            .bind(millis(now))
            .bind(millis(next).max(millis(now) + 1))
            .bind(lease.job.0)
            .execute(&mut tx)
            .await?;
        }
        tx.commit().await
    }
}

/// Returns the time at which something happens to an invitation next.
async fn next_date(tx: &mut Tx) -> Result<Option<DateTime<Utc>>, Error> {
    let next: Option<i64> = sql::query_scalar(
        "SELECT min(at) FROM (SELECT min(expires_at) AS at FROM directory WHERE status = 1 \
         UNION ALL SELECT min(remind_at) FROM pending_grants WHERE remind_at IS NOT NULL \
         UNION ALL SELECT min(expires_at) FROM pending_grants WHERE reports_expiry) AS dates",
    )
    .fetch_one(tx)
    .await?;
    next.map(time_from_millis).transpose()
}

/// Makes the job run at a time, unless it runs earlier. Call this when an invitation has got a new date.
pub(super) async fn schedule_invitations(tx: &mut Write, at: DateTime<Utc>) -> Result<(), Error> {
    let changed = sql::query("UPDATE jobs SET due_at = ?1 WHERE kind = ?2 AND due_at > ?1 AND attempts = 0")
        .bind(millis(at))
        .bind(JobKind::Invitations.name())
        .execute(tx)
        .await?;
    if changed > 0 {
        tx.wake_lane(JobKind::Invitations);
    }
    Ok(())
}
