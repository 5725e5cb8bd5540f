//! The outcome of each mail: sent, refused by the mail server, given up, or cancelled.
//!
//! The consequences of an outcome are written in the same transaction: the audit log entry of a sent invitation, the notice to
//! the user who caused a mail that did not arrive, and the state of the invited user in the directory.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson, MailDelivery};
use studio_users_domain::{NodeId, NodeSet, RoleSet, UserId};

use super::directory::{self, DirectoryChange};
use super::jobs::{JobKey, finish_job};
use super::outcome::{Outcome, delivery_of};
use super::{Account, Error, NodeKey, Organisation, Store, Tx, UserKey, Write, millis};
use crate::audit::Entry;
use crate::mail::{AccessNotice, Digest, DigestUser, Mail};
use crate::sql::{self, Row};

/// The time for which sent mails are kept. Until then, digests and sign-in links count for their limits.
const SENT_RETENTION: TimeDelta = TimeDelta::days(1);

/// A grant whose mail did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UndeliveredGrant {
    pub(crate) node: NodeId,
    pub(crate) granted_by: UserKey,
    /// The answer of the mail server.
    pub(crate) reply: Option<String>,
}

impl Store {
    /// Marks a mail as sent, and deletes mails that were sent more than 24 hours ago.
    pub(crate) async fn mark_mail_sent(&self, number: i64) -> Result<(), Error> {
        let mut tx = self.write().await?;
        self.end_mail(&mut tx, number, Outcome::Sent, None).await?;
        self.delete_sent_mails(&mut tx).await?;
        self.commit_in_series(tx).await
    }

    /// Marks the mail with a link as sent. The use of the link shows that the mail has arrived, even if its lane does not
    /// know it yet.
    pub(crate) async fn confirm_delivery(&self, tx: &mut Write, link: &[u8]) -> Result<(), Error> {
        let number = sql::query_scalar("SELECT pk FROM outbox WHERE link = ? AND outcome IS NULL")
            .bind(link)
            .fetch_optional(tx)
            .await?;
        match number {
            Some(number) => self.end_mail(tx, number, Outcome::Sent, None).await,
            None => Ok(()),
        }
    }

    /// Ends the delivery of a mail. Does nothing if it has ended already.
    pub(super) async fn end_mail(
        &self,
        tx: &mut Write,
        number: i64,
        outcome: Outcome,
        reply: Option<&str>,
    ) -> Result<(), Error> {
        let now = tx.now();
        let ended = sql::query(
            "UPDATE outbox SET outcome = ?, reply = ?, ended_at = ? WHERE pk = ? AND outcome IS NULL \
             RETURNING user_pk, sender, kind, mail",
        )
        .bind(outcome.name())
        .bind(reply)
        .bind(millis(now))
        .bind(number)
        .fetch_optional(tx)
        .await?;
        let Some(row) = ended else { return Ok(()) };
        finish_job(tx, JobKey(number)).await?;
        if outcome != Outcome::Cancelled {
            self.replace_failed(tx, number, &row).await?;
        }
        let kind: &str = row.try_get("kind")?;
        if ![Mail::INVITATION, Mail::REMINDER, Mail::ACCESS].contains(&kind) {
            return Ok(());
        }
        let Some(organisation) = self.organisation(tx).await? else { return Ok(()) };
        let Some(to) = self.account(tx, UserKey(row.try_get("user_pk")?)).await? else { return Ok(()) };
        let sender = match row.try_get::<Option<i64>, _>("sender")? {
            Some(sender) => self.account(tx, UserKey(sender)).await?,
            None => None,
        };
        let mail: Mail = serde_json::from_str(row.try_get("mail")?)
            .map_err(|error| Error::InvalidData(format!("the mail {number}: {error}")))?;
        match (mail, outcome, sender) {
            (Mail::Invitation { places, .. }, Outcome::Sent, Some(sender)) => {
                record_sent(tx, &organisation, &to, &sender, &places).await?;
            }
            (Mail::Invitation { places, .. }, Outcome::Refused | Outcome::GivenUp, Some(sender)) => {
                let nodes = places.iter().map(|&(node, _)| node).collect();
                report_undelivered(tx, &to, &sender, nodes).await?;
            }
            (Mail::Reminder(_), Outcome::Refused | Outcome::GivenUp, Some(sender)) => {
                let nodes = mark_undelivered(tx, &organisation, &to, &sender, number).await?;
                report_undelivered(tx, &to, &sender, nodes).await?;
            }
            (Mail::Access(notice), Outcome::Refused | Outcome::GivenUp, _) => {
                self.report_unnotified(tx, &to, &notice).await?;
            }
            _ => {}
        }
        directory::refresh(tx, &organisation, to.id, DirectoryChange::Access).await
    }

    /// Adds a user who was not notified about given access to the digests of those who gave it.
    async fn report_unnotified(
        &self,
        tx: &mut Write,
        to: &Account,
        notice: &AccessNotice,
    ) -> Result<(), Error> {
        let mut nodes: BTreeMap<UserId, Vec<NodeId>> = BTreeMap::new();
        for given in &notice.given {
            nodes.entry(given.giver).or_default().push(given.node);
        }
        for (giver, nodes) in nodes {
            let Some(giver) = self.user_key(tx, giver).await? else { continue };
            let unnotified = vec![DigestUser::new(to.id, nodes)];
            tx.queue_digest(giver, Digest { unnotified, ..Digest::default() }).await?;
        }
        Ok(())
    }

    /// Deletes the mails of the same kind from the same sender to the same user that had failed. The later mail replaces
    /// them. An invitation also replaces the reminders that had failed.
    async fn replace_failed(&self, tx: &mut Write, number: i64, row: &Row) -> Result<(), Error> {
        let failed: Vec<i64> = sql::query_scalar(
            "SELECT pk FROM outbox WHERE user_pk = ?1 AND (kind = ?2 OR kind = 'reminder' AND ?2 = 'invitation') \
             AND sender IS NOT DISTINCT FROM ?3 AND pk <> ?4 AND outcome <> 'sent'",
        )
        .bind(row.try_get::<i64, _>("user_pk")?)
        .bind(row.try_get::<&str, _>("kind")?)
        .bind(row.try_get::<Option<i64>, _>("sender")?)
        .bind(number)
        .fetch_all(tx)
        .await?;
        for failed in failed {
            // The link of the later mail covers these grants, too.
            sql::query("UPDATE pending_grants SET mail = ? WHERE mail = ?")
                .bind(number)
                .bind(failed)
                .execute(tx)
                .await?;
            sql::query("DELETE FROM jobs WHERE pk = ?").bind(failed).execute(tx).await?;
        }
        Ok(())
    }

    /// Deletes mails that were sent more than 24 hours ago, and those that no longer count for the limits.
    pub(super) async fn delete_sent_mails(&self, tx: &mut Write) -> Result<(), Error> {
        let now = tx.now();
        sql::query(
            "DELETE FROM jobs WHERE pk IN (SELECT pk FROM outbox WHERE outcome = 'sent' AND ended_at <= ?)",
        )
        .bind(millis(now - SENT_RETENTION))
        .execute(tx)
        .await?;
        tx.delete_counted_mails().await
    }

    /// Deletes mails that failed long ago. Those of invitations are kept as long as the invitation.
    pub(super) async fn delete_failed_mails(&self, tx: &mut Write) -> Result<(), Error> {
        let before = millis(tx.now() - self.limits.links);
        sql::query(
            "DELETE FROM jobs WHERE pk IN (SELECT pk FROM outbox WHERE outcome <> 'sent' \
             AND ended_at <= ? AND NOT EXISTS (SELECT 1 FROM pending_grants g WHERE g.mail = outbox.pk))",
        )
        .bind(before)
        .execute(tx)
        .await?;
        Ok(())
    }

    /// Returns the delivery of the mails for a user's pending grants at these nodes: that of a mail that did not arrive, or
    /// else of the latest mail.
    pub(crate) async fn invitation_delivery(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        within: &NodeSet,
        user: UserId,
    ) -> Result<Option<MailDelivery>, Error> {
        let rows = sql::query(
            "SELECT g.node, o.outcome, o.reply, coalesce(o.ended_at, o.created_at) AS at \
             FROM pending_grants g JOIN outbox o ON o.pk = g.mail WHERE g.user_pk = (SELECT pk FROM users WHERE id = ?) \
             ORDER BY o.outcome <> 'sent' NULLS FIRST, o.pk",
        )
        .bind(user.0.as_bytes().to_vec())
        .fetch_all(tx)
        .await?;
        let mut last = None;
        for row in &rows {
            let node = organisation.id(NodeKey(row.try_get("node")?))?;
            if organisation.tree.position(node).is_some_and(|position| within.contains(position)) {
                last = Some(row);
            }
        }
        last.map(delivery_of).transpose()
    }

    /// Returns the pending grants of a user whose mails did not arrive.
    pub(crate) async fn undelivered_grants(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        user: UserKey,
    ) -> Result<Vec<UndeliveredGrant>, Error> {
        let rows = sql::query(
            "SELECT g.node, g.granted_by, o.reply FROM pending_grants g JOIN outbox o ON o.pk = g.mail \
             WHERE g.user_pk = ? AND o.outcome <> 'sent' ORDER BY g.node, g.granted_by",
        )
        .bind(user.0)
        .fetch_all(tx)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(UndeliveredGrant {
                    node: organisation.id(NodeKey(row.try_get("node")?))?,
                    granted_by: UserKey(row.try_get("granted_by")?),
                    reply: row.try_get("reply")?,
                })
            })
            .collect()
    }
}

/// Deletes the failed mails about an invitation that has ended.
pub(crate) async fn delete_failed_invitations(tx: &mut Write, user: UserKey) -> Result<(), Error> {
    sql::query(
        "DELETE FROM jobs WHERE pk IN (SELECT pk FROM outbox WHERE user_pk = ? AND kind IN ('invitation', 'reminder') \
         AND outcome <> 'sent')",
    )
    .bind(user.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Adds an invited user whose mail did not arrive to the digest of the inviter.
async fn report_undelivered(
    tx: &mut Write,
    to: &Account,
    inviter: &Account,
    nodes: Vec<NodeId>,
) -> Result<(), Error> {
    let undelivered = vec![DigestUser::new(to.id, nodes)];
    tx.queue_digest(inviter.key(), Digest { undelivered, ..Digest::default() }).await?;
    Ok(())
}

/// Marks the invitations that a reminder was about as undelivered. Returns their nodes.
async fn mark_undelivered(
    tx: &mut Write,
    organisation: &Organisation,
    to: &Account,
    inviter: &Account,
    reminder: i64,
) -> Result<Vec<NodeId>, Error> {
    let now = tx.now();
    let nodes: Vec<i64> = sql::query_scalar(
        "UPDATE pending_grants SET mail = ? WHERE user_pk = ? AND granted_by = ? AND expires_at > ? \
         AND (mail IS NULL OR mail IN (SELECT pk FROM outbox WHERE outcome = 'sent')) RETURNING node",
    )
    .bind(reminder)
    .bind(to.key().0)
    .bind(inviter.key().0)
    .bind(millis(now))
    .fetch_all(tx)
    .await?;
    nodes.into_iter().map(|node| organisation.id(NodeKey(node))).collect()
}

async fn record_sent(
    tx: &mut Write,
    organisation: &Organisation,
    to: &Account,
    sender: &Account,
    places: &[(NodeId, RoleSet)],
) -> Result<(), Error> {
    let now: DateTime<Utc> = tx.now();
    let mut entries = Vec::with_capacity(places.len());
    for &(node, roles) in places {
        let Some(node) = organisation.key(node) else { continue };
        let target = AuditPerson { id: to.id, name: to.email.clone() };
        let details = AuditDetails { after: Some(roles), ..AuditDetails::default() };
        let entry = Entry::of(Action::InvitationSent, now).by(sender.into()).to(target).with(details);
        entries.push(Entry { node: Some(node), ..entry });
    }
    tx.record_all(&entries).await
}
