//! Removals of users and their undo. Also removes and restores whole accounts.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use studio_users_contract::RESTORABLE_HOURS;
use studio_users_domain::{AssignmentDiff, NodeId, PendingGrant, RoleSet, UserId};
use uuid::Uuid;

use super::jobs::JobKey;
use super::value::parse_uuid;
use super::{
    Error, GrantRecord, InvitationContent, Mailing, Store, Tx, UserKey, Write, millis, next_sequence,
    time_from_millis,
};
use crate::sql;
use crate::token::random_id;

/// A removal that can still be undone.
#[derive(Debug, Clone)]
pub(crate) struct RemovalRecord {
    /// The id of the removal.
    pub(crate) id: Uuid,
    /// The removed user.
    pub(crate) user: UserKey,
    /// The name of the user, if the managers of the removed access knew it.
    pub(crate) name: Option<String>,
    /// The manager who removed the user.
    pub(crate) removed_by: UserKey,
    /// The time of the removal.
    pub(crate) removed_at: DateTime<Utc>,
    /// The access that the removal took away.
    pub(crate) access: RemovedAccess,
    /// The job that removed the user.
    pub(crate) job: Option<JobKey>,
}

/// The access that a removal took away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RemovedAccess {
    /// The changed assignments, with their values before and after.
    pub(crate) diff: AssignmentDiff,
    /// The deleted pending grants.
    pub(crate) grants: Vec<GrantRecord>,
}

#[derive(Serialize, Deserialize)]
struct StoredAccess {
    assignments: Vec<(NodeId, Option<RoleSet>, Option<RoleSet>)>,
    grants: Vec<StoredGrant>,
}

#[derive(Serialize, Deserialize)]
struct StoredGrant {
    node: NodeId,
    roles: RoleSet,
    granted_by: UserId,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// The JSON in the database has the older name.
    #[serde(rename = "letter")]
    content: InvitationContent,
}

impl RemovedAccess {
    /// Returns every node at which access was removed.
    pub(crate) fn nodes(&self) -> BTreeSet<NodeId> {
        self.diff.0.keys().copied().chain(self.grants.iter().map(|pending| pending.grant.node)).collect()
    }
}

/// A removal to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewRemoval<'a> {
    pub(crate) user: UserKey,
    pub(crate) removed_by: UserKey,
    /// The name of the user, where the managers of the removed access know it.
    pub(crate) name: Option<&'a str>,
    pub(crate) access: &'a RemovedAccess,
    /// The job that removes the user.
    pub(crate) job: Option<JobKey>,
}

impl Store {
    /// Stores a removal, so that it can be undone.
    pub(crate) async fn insert_removal(
        &self,
        write: &mut Write,
        NewRemoval { user, removed_by, name, access, job }: NewRemoval<'_>,
    ) -> Result<(), Error> {
        let now = write.now();
        let json = serde_json::to_string(&StoredAccess::from(access))
            .map_err(|error| Error::InvalidData(error.to_string()))?;
        sql::query(
            "INSERT INTO removals (id, user_pk, name, removed_by, removed_at, taken, seq, job) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(random_id()?.as_bytes().as_slice())
        .bind(user.0)
        .bind(name)
        .bind(removed_by.0)
        .bind(millis(now))
        .bind(json)
        .bind(next_sequence(write).await?)
        .bind(job.map(|job| job.0))
        .execute(write)
        .await?;
        Ok(())
    }

    /// Returns the removals of the last [`RESTORABLE_HOURS`] that were not undone, the latest first. `None` returns
    /// those of all users.
    pub(crate) async fn restorable_removals(
        &self,
        tx: &mut Tx,
        user: Option<UserKey>,
        now: DateTime<Utc>,
    ) -> Result<Vec<RemovalRecord>, Error> {
        let rows = sql::query(
            "SELECT id, user_pk, name, removed_by, removed_at, taken, job FROM removals WHERE removed_at > ? AND restored_at IS NULL AND user_pk = coalesce(?, user_pk) \
             ORDER BY seq DESC",
        )
        .bind(millis(now - TimeDelta::hours(RESTORABLE_HOURS)))
        .bind(user.map(|user| user.0))
        .fetch_all(tx)
        .await?;
        rows.iter()
            .map(|row| {
                let stored: StoredAccess = serde_json::from_str(row.try_get("taken")?)
                    .map_err(|error| Error::InvalidData(format!("a removal: {error}")))?;
                Ok(RemovalRecord {
                    id: parse_uuid(row.try_get("id")?)?,
                    user: UserKey(row.try_get("user_pk")?),
                    name: row.try_get("name")?,
                    removed_by: UserKey(row.try_get("removed_by")?),
                    removed_at: time_from_millis(row.try_get("removed_at")?)?.min(now),
                    access: stored.into(),
                    job: row.try_get::<Option<i64>, _>("job")?.map(JobKey),
                })
            })
            .collect()
    }

    /// Deletes removals that can no longer be undone.
    pub(super) async fn delete_old_removals(&self, write: &mut Write) -> Result<(), Error> {
        let before = write.now() - TimeDelta::hours(RESTORABLE_HOURS);
        sql::query("DELETE FROM removals WHERE removed_at <= ?").bind(millis(before)).execute(write).await?;
        Ok(())
    }

    /// Marks a removal as undone.
    pub(crate) async fn mark_restored(&self, write: &mut Write, removal: Uuid) -> Result<(), Error> {
        let now = write.now();
        sql::query("UPDATE removals SET restored_at = ? WHERE id = ?")
            .bind(millis(now))
            .bind(removal.as_bytes().to_vec())
            .execute(write)
            .await?;
        Ok(())
    }

    /// Marks an account as removed, and deletes its sessions, sign-in links and all mails that were not sent. Call this when the user has no access
    /// left.
    pub(crate) async fn remove_account(&self, write: &mut Write, user: UserKey) -> Result<(), Error> {
        let now = write.now();
        sql::query("UPDATE users SET removed_at = ? WHERE pk = ?")
            .bind(millis(now))
            .bind(user.0)
            .execute(write)
            .await?;
        sql::query("DELETE FROM sessions WHERE user_pk = ?").bind(user.0).execute(write).await?;
        write.mark_session_ended(user);
        sql::query("DELETE FROM sign_in_links WHERE user_pk = ?").bind(user.0).execute(write).await?;
        sql::query(
            "DELETE FROM jobs WHERE pk IN (SELECT pk FROM outbox WHERE user_pk = ? AND outcome IS DISTINCT FROM 'sent')",
        )
        .bind(user.0)
        .execute(write)
        .await?;
        Ok(())
    }

    /// Restores an account that was removed. Returns false if another account has its email address now.
    pub(crate) async fn restore_account(&self, write: &mut Write, user: UserKey) -> Result<bool, Error> {
        let conflict: Option<i64> = sql::query_scalar(
            "SELECT CAST(1 AS BIGINT) FROM users u JOIN users o ON o.email_norm = u.email_norm AND o.pk <> u.pk AND o.removed_at IS NULL \
             WHERE u.pk = ?",
        )
        .bind(user.0)
        .fetch_optional(write)
        .await?;
        if conflict.is_none() {
            sql::query("UPDATE users SET removed_at = NULL WHERE pk = ?").bind(user.0).execute(write).await?;
        }
        Ok(conflict.is_none())
    }
}

impl From<&RemovedAccess> for StoredAccess {
    fn from(access: &RemovedAccess) -> Self {
        let assignments = access.diff.0.iter().map(|(&node, &(before, after))| (node, before, after));
        let grants =
            access.grants.iter().cloned().map(|GrantRecord { grant, created_at, content, .. }| StoredGrant {
                node: grant.node,
                roles: grant.roles,
                granted_by: grant.granted_by,
                created_at,
                expires_at: grant.expires_at,
                content,
            });
        Self { assignments: assignments.collect(), grants: grants.collect() }
    }
}

impl From<StoredAccess> for RemovedAccess {
    fn from(stored: StoredAccess) -> Self {
        let diff = stored.assignments.into_iter().map(|(node, before, after)| (node, (before, after)));
        let grants = stored.grants.into_iter().map(|stored| GrantRecord {
            grant: PendingGrant {
                node: stored.node,
                roles: stored.roles,
                granted_by: stored.granted_by,
                expires_at: stored.expires_at,
                until: None,
            },
            created_at: stored.created_at,
            origin: None,
            content: stored.content,
            mailing: Mailing::default(),
        });
        Self { diff: AssignmentDiff(diff.collect()), grants: grants.collect() }
    }
}
