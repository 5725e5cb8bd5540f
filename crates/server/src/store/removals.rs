//! Removals, so that they can be undone; and the accounts that are left with nothing.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use studio_users_contract::RESTORABLE_HOURS;
use studio_users_domain::{NodeId, PendingGrant, RoleSet, Taken, UserId};
use uuid::{Builder, Uuid};

use super::value::uuid_of;
use super::{Error, Letter, Pending, Store, Tx, UserKey, Write, millis, time_of};

/// A removal that can still be undone.
#[derive(Debug, Clone)]
pub(crate) struct Removed {
    /// Its id.
    pub(crate) id: Uuid,
    /// Who was removed.
    pub(crate) user: UserKey,
    /// What they were called there.
    pub(crate) name: Option<String>,
    /// By whom.
    pub(crate) by: UserKey,
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// What was taken.
    pub(crate) loot: Loot,
}

/// What a removal took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Loot {
    /// What it did to assignments.
    pub(crate) taken: Taken,
    /// The pending grants that it ended.
    pub(crate) grants: Vec<Pending>,
}

#[derive(Serialize, Deserialize)]
struct KeptLoot {
    assignments: Vec<(NodeId, Option<RoleSet>, Option<RoleSet>)>,
    grants: Vec<KeptGrant>,
}

#[derive(Serialize, Deserialize)]
struct KeptGrant {
    node: NodeId,
    roles: RoleSet,
    granted_by: UserId,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    letter: Letter,
}

impl Loot {
    /// Every node at which something was taken.
    pub(crate) fn nodes(&self) -> BTreeSet<NodeId> {
        self.taken.0.keys().copied().chain(self.grants.iter().map(|pending| pending.grant.node)).collect()
    }
}

impl Store {
    /// Keeps what a removal took.
    pub(crate) async fn keep_removal(
        &self,
        write: &mut Write,
        (user, by): (UserKey, UserKey),
        name: Option<&str>,
        loot: &Loot,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut id = [0; 16];
        getrandom::fill(&mut id)?;
        let taken = serde_json::to_string(&KeptLoot::from(loot))
            .map_err(|error| Error::Foreign(error.to_string()))?;
        sqlx::query(
            "INSERT INTO removals (id, user, name, removed_by, removed_at, taken) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(Builder::from_random_bytes(id).into_uuid().as_bytes().to_vec())
        .bind(user.0)
        .bind(name)
        .bind(by.0)
        .bind(millis(now))
        .bind(taken)
        .execute(&mut ***write)
        .await?;
        Ok(())
    }

    /// The removals that can still be undone, the latest first: of one user, or all.
    pub(crate) async fn removals(
        &self,
        tx: &mut Tx,
        user: Option<UserKey>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Removed>, Error> {
        let rows = sqlx::query(
            "SELECT * FROM removals WHERE removed_at > ? AND restored_at IS NULL AND user = coalesce(?, user) \
             ORDER BY removed_at DESC, user",
        )
        .bind(millis(now - TimeDelta::hours(RESTORABLE_HOURS)))
        .bind(user.map(|user| user.0))
        .fetch_all(&mut **tx)
        .await?;
        rows.iter()
            .map(|row| {
                let kept: KeptLoot = serde_json::from_str(row.try_get("taken")?)
                    .map_err(|error| Error::Foreign(format!("a removal: {error}")))?;
                Ok(Removed {
                    id: uuid_of(row.try_get("id")?)?,
                    user: UserKey(row.try_get("user")?),
                    name: row.try_get("name")?,
                    by: UserKey(row.try_get("removed_by")?),
                    at: time_of(row.try_get("removed_at")?)?,
                    loot: kept.into(),
                })
            })
            .collect()
    }

    /// Marks a removal as undone.
    pub(crate) async fn end_removal(
        &self,
        write: &mut Write,
        removal: Uuid,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE removals SET restored_at = ? WHERE id = ?")
            .bind(millis(now))
            .bind(removal.as_bytes().to_vec())
            .execute(&mut ***write)
            .await?;
        Ok(())
    }

    /// Removes an account that has nothing left anywhere: its sessions and links end with it.
    pub(crate) async fn remove_account(
        &self,
        write: &mut Write,
        user: UserKey,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE users SET removed_at = ? WHERE pk = ?")
            .bind(millis(now))
            .bind(user.0)
            .execute(&mut ***write)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE user = ?").bind(user.0).execute(&mut ***write).await?;
        write.note_session_end(user);
        sqlx::query("DELETE FROM sign_in_links WHERE user = ?").bind(user.0).execute(&mut ***write).await?;
        Ok(())
    }

    /// Brings an account back, if it was removed. False where its address has another account by now.
    pub(crate) async fn restore_account(&self, write: &mut Write, user: UserKey) -> Result<bool, Error> {
        let taken: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM users u JOIN users o ON o.email_norm = u.email_norm AND o.pk <> u.pk AND o.removed_at IS NULL \
             WHERE u.pk = ?",
        )
        .bind(user.0)
        .fetch_optional(&mut ***write)
        .await?;
        if taken.is_none() {
            sqlx::query("UPDATE users SET removed_at = NULL WHERE pk = ?")
                .bind(user.0)
                .execute(&mut ***write)
                .await?;
        }
        Ok(taken.is_none())
    }
}

impl From<&Loot> for KeptLoot {
    fn from(loot: &Loot) -> Self {
        let assignments = loot.taken.0.iter().map(|(&node, &(before, after))| (node, before, after));
        let grants = loot.grants.iter().cloned().map(|Pending { grant, created_at, letter }| KeptGrant {
            node: grant.node,
            roles: grant.roles,
            granted_by: grant.granted_by,
            created_at,
            expires_at: grant.expires_at,
            letter,
        });
        Self { assignments: assignments.collect(), grants: grants.collect() }
    }
}

impl From<KeptLoot> for Loot {
    fn from(kept: KeptLoot) -> Self {
        let taken = kept.assignments.into_iter().map(|(node, before, after)| (node, (before, after)));
        let grants = kept.grants.into_iter().map(|kept| Pending {
            grant: PendingGrant {
                node: kept.node,
                roles: kept.roles,
                granted_by: kept.granted_by,
                expires_at: kept.expires_at,
            },
            created_at: kept.created_at,
            letter: kept.letter,
        });
        Self { taken: Taken(taken.collect()), grants: grants.collect() }
    }
}
