//! Reads and writes the assignments and pending grants of one user.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{AssignmentDiff, Language, NodeId, PendingGrant, RoleSet, UserId};

use super::directory::{self, DirectoryChange};
use super::invitation_dates::schedule_invitations;
use super::value::{parse_uuid, roles_from_bits};
use super::{
    Error, NodeKey, Organisation, Store, Tx, UserKey, Write, millis, next_sequence, roles_to_bits,
    time_from_millis,
};
use crate::sql;

/// A pending grant with all stored columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GrantRecord {
    /// The node, the roles, the user who granted them, and the expiry.
    pub(crate) grant: PendingGrant,
    /// The creation time.
    pub(crate) created_at: DateTime<Utc>,
    /// When the grant was created, regardless of the clock. `None` for a grant that is not stored yet.
    pub(crate) origin: Option<GrantOrigin>,
    /// The message and language of the invitation mail.
    pub(crate) content: InvitationContent,
    /// The mail of the invitation, and its reminder.
    pub(crate) mailing: Mailing,
}

/// The mail with which a grant was offered last, and the reminder that follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mailing {
    /// The number of the mail. `None` if none was queued, or if it was sent more than a day ago.
    pub(crate) number: Option<i64>,
    /// The time of the reminder, until it is queued. `None` for a short invitation.
    pub(crate) remind_at: Option<DateTime<Utc>>,
}

/// When a grant was created, regardless of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GrantOrigin {
    /// The sequence number. An invitation link accepts only grants with a lower number than its own: those that existed
    /// when it was created.
    pub(crate) seq: i64,
    /// The lowest number that an audit log entry of this invitation can have.
    pub(crate) first_entry: i64,
}

/// The message and language of an invitation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InvitationContent {
    /// The personal message of the user who sent the invitation.
    pub(crate) message: Option<String>,
    /// The language of the invitation mail.
    pub(crate) locale: Option<Language>,
}

impl Store {
    /// Returns the pending grants of a user, the oldest first.
    pub(crate) async fn pending_grants(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        user: UserKey,
    ) -> Result<Vec<GrantRecord>, Error> {
        let rows = sql::query(
            "SELECT g.node, g.roles, u.id, g.created_at, g.expires_at, g.message, g.locale, g.seq, g.first_entry, \
             g.mail, g.remind_at \
             FROM pending_grants g JOIN users u ON u.pk = g.granted_by WHERE g.user_pk = ? \
             ORDER BY g.seq, g.node, g.granted_by",
        )
        .bind(user.0)
        .fetch_all(tx)
        .await?;
        rows.iter()
            .map(|row| {
                let locale: Option<&str> = row.try_get(6)?;
                Ok(GrantRecord {
                    grant: PendingGrant {
                        node: organisation.id(NodeKey(row.try_get(0)?))?,
                        roles: roles_from_bits(row.try_get(1)?)?,
                        granted_by: UserId(parse_uuid(row.try_get(2)?)?),
                        expires_at: time_from_millis(row.try_get(4)?)?,
                        until: None,
                    },
                    created_at: time_from_millis(row.try_get(3)?)?,
                    origin: Some(GrantOrigin { seq: row.try_get(7)?, first_entry: row.try_get(8)? }),
                    content: InvitationContent {
                        message: row.try_get(5)?,
                        locale: locale.and_then(Language::from_tag),
                    },
                    mailing: Mailing {
                        number: row.try_get(9)?,
                        remind_at: row.try_get::<Option<i64>, _>(10)?.map(time_from_millis).transpose()?,
                    },
                })
            })
            .collect()
    }

    /// Updates the directory rows of a user. Call this after the user's assignments or pending grants changed.
    pub(crate) async fn refresh(
        &self,
        write: &mut Write,
        organisation: &Organisation,
        user: UserId,
    ) -> Result<(), Error> {
        directory::refresh(write, organisation, user, DirectoryChange::Access).await
    }

    /// Writes the changed assignments of a user. The caller updates the directory.
    pub(crate) async fn apply_assignment_diff(
        &self,
        write: &mut Write,
        organisation: &Organisation,
        user: UserKey,
        diff: &AssignmentDiff,
    ) -> Result<(), Error> {
        for (&node, &(_, after)) in &diff.0 {
            let node = key_of(organisation, node)?;
            match after {
                Some(roles) => put_assignment(write, user, node, roles).await?,
                None => {
                    sql::query("DELETE FROM assignments WHERE user_pk = ? AND node = ?")
                        .bind(user.0)
                        .bind(node.0)
                        .execute(write)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Inserts a pending grant, or replaces the one that the same user granted at the same node.
    pub(crate) async fn put_pending_grant(
        &self,
        write: &mut Write,
        organisation: &Organisation,
        user: UserKey,
        pending: &GrantRecord,
    ) -> Result<(), Error> {
        let now = write.now();
        let GrantRecord { grant, created_at, origin, content, mailing } = pending;
        let GrantOrigin { seq, first_entry } = match *origin {
            Some(origin) => origin,
            None => next_origin(write).await?,
        };
        sql::query(
            "INSERT INTO pending_grants \
             (user_pk, node, roles, granted_by, created_at, expires_at, message, locale, seq, first_entry, mail, \
             remind_at, reports_expiry) VALUES (?, ?, ?, (SELECT pk FROM users WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (user_pk, node, granted_by) DO UPDATE SET \
             roles = excluded.roles, created_at = excluded.created_at, expires_at = excluded.expires_at, \
             message = excluded.message, locale = excluded.locale, seq = excluded.seq, \
             first_entry = excluded.first_entry, mail = excluded.mail, remind_at = excluded.remind_at, \
             reports_expiry = excluded.reports_expiry",
        )
        .bind(user.0)
        .bind(key_of(organisation, grant.node)?.0)
        .bind(roles_to_bits(grant.roles))
        .bind(grant.granted_by.0.as_bytes().to_vec())
        .bind(millis(*created_at))
        .bind(millis(grant.expires_at))
        .bind(content.message.as_deref())
        .bind(content.locale.map(Language::tag))
        .bind(seq)
        .bind(first_entry)
        .bind(mailing.number)
        .bind(mailing.remind_at.map(millis))
        .bind(grant.expires_at > now)
        .execute(write)
        .await?;
        let next = mailing.remind_at.map_or(grant.expires_at, |at| at.min(grant.expires_at));
        schedule_invitations(write, next).await
    }

    /// Deletes a pending grant.
    pub(crate) async fn delete_pending_grant(
        &self,
        write: &mut Write,
        organisation: &Organisation,
        user: UserKey,
        grant: &PendingGrant,
    ) -> Result<(), Error> {
        sql::query(
            "DELETE FROM pending_grants \
             WHERE user_pk = ? AND node = ? AND granted_by = (SELECT pk FROM users WHERE id = ?)",
        )
        .bind(user.0)
        .bind(key_of(organisation, grant.node)?.0)
        .bind(grant.granted_by.0.as_bytes().to_vec())
        .execute(write)
        .await?;
        Ok(())
    }
}

/// Returns the origin of a grant that is created now.
async fn next_origin(write: &mut Write) -> Result<GrantOrigin, Error> {
    let seq = next_sequence(write).await?;
    let first_entry =
        sql::query_scalar("SELECT coalesce(max(seq), 0) + 1 FROM audit").fetch_one(write).await?;
    Ok(GrantOrigin { seq, first_entry })
}

async fn put_assignment(
    write: &mut Write,
    user: UserKey,
    node: NodeKey,
    roles: RoleSet,
) -> Result<(), Error> {
    sql::query(
        "INSERT INTO assignments (user_pk, node, roles) VALUES (?, ?, ?) \
         ON CONFLICT (user_pk, node) DO UPDATE SET roles = excluded.roles",
    )
    .bind(user.0)
    .bind(node.0)
    .bind(roles_to_bits(roles))
    .execute(write)
    .await?;
    Ok(())
}

fn key_of(organisation: &Organisation, node: NodeId) -> Result<NodeKey, Error> {
    organisation.key(node).ok_or_else(|| Error::InvalidData(format!("no node {node}")))
}
