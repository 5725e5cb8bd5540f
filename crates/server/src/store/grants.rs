//! What is given to a user, written one by one: assignments and pending grants.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use studio_users_domain::{Language, NodeId, PendingGrant, RoleSet, Taken, UserId};

use super::directory::{self, Aspect};
use super::value::{roles_of, uuid_of};
use super::{Error, NodeKey, Organisation, Store, Tx, UserKey, Write, millis, roles_to_bits, time_of};

/// A pending grant, with all that is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    /// The grant.
    pub(crate) grant: PendingGrant,
    /// Since when there is this grant. A link covers no grant that is younger than itself.
    pub(crate) created_at: DateTime<Utc>,
    /// What else came with the invitation.
    pub(crate) letter: Letter,
}

/// What comes with an invitation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Letter {
    /// A few words of the inviter's own.
    pub(crate) message: Option<String>,
    /// Its language.
    pub(crate) locale: Option<Language>,
}

impl Store {
    /// What waits for a user to accept it, the oldest first.
    pub(crate) async fn pending(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        user: UserKey,
    ) -> Result<Vec<Pending>, Error> {
        let rows = sqlx::query(
            "SELECT g.node, g.roles, u.id, g.created_at, g.expires_at, g.message, g.locale FROM pending_grants g \
             JOIN users u ON u.pk = g.granted_by WHERE g.user = ? ORDER BY g.created_at, g.node, g.granted_by",
        )
        .bind(user.0)
        .fetch_all(&mut **tx)
        .await?;
        rows.iter()
            .map(|row| {
                let locale: Option<&str> = row.try_get(6)?;
                Ok(Pending {
                    grant: PendingGrant {
                        node: organisation.id(NodeKey(row.try_get(0)?))?,
                        roles: roles_of(row.try_get(1)?)?,
                        granted_by: UserId(uuid_of(row.try_get(2)?)?),
                        expires_at: time_of(row.try_get(4)?)?,
                    },
                    created_at: time_of(row.try_get(3)?)?,
                    letter: Letter { message: row.try_get(5)?, locale: locale.and_then(Language::from_tag) },
                })
            })
            .collect()
    }

    /// Writes anew what is seen of a user, after anything was given to them or taken away.
    pub(crate) async fn refresh(
        &self,
        write: &mut Write,
        organisation: &Organisation,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        directory::refresh(write, organisation, user, Aspect::Given, now).await
    }

    /// Writes what a change did to single assignments.
    pub(crate) async fn assign(
        &self,
        write: &mut Write,
        organisation: &Organisation,
        user: UserKey,
        taken: &Taken,
    ) -> Result<(), Error> {
        for (&node, &(_, after)) in &taken.0 {
            let node = key_of(organisation, node)?;
            match after {
                Some(roles) => put_assignment(write, user, node, roles).await?,
                None => {
                    sqlx::query("DELETE FROM assignments WHERE user = ? AND node = ?")
                        .bind(user.0)
                        .bind(node.0)
                        .execute(&mut ***write)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Writes a pending grant, in place of the one by the same giver at the same node.
    pub(crate) async fn promise(
        &self,
        write: &mut Write,
        organisation: &Organisation,
        user: UserKey,
        pending: &Pending,
    ) -> Result<(), Error> {
        let Pending { grant, created_at, letter } = pending;
        sqlx::query(
            "INSERT INTO pending_grants (user, node, roles, granted_by, created_at, expires_at, message, locale) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user, node, granted_by) DO UPDATE SET \
             roles = excluded.roles, created_at = excluded.created_at, expires_at = excluded.expires_at, \
             message = excluded.message, locale = excluded.locale",
        )
        .bind(user.0)
        .bind(key_of(organisation, grant.node)?.0)
        .bind(roles_to_bits(grant.roles))
        .bind(UserKey::from(grant.granted_by).0)
        .bind(millis(*created_at))
        .bind(millis(grant.expires_at))
        .bind(letter.message.as_deref())
        .bind(letter.locale.map(Language::tag))
        .execute(&mut ***write)
        .await?;
        Ok(())
    }

    /// Ends a pending grant.
    pub(crate) async fn end_grant(
        &self,
        write: &mut Write,
        organisation: &Organisation,
        user: UserKey,
        grant: &PendingGrant,
    ) -> Result<(), Error> {
        sqlx::query("DELETE FROM pending_grants WHERE user = ? AND node = ? AND granted_by = ?")
            .bind(user.0)
            .bind(key_of(organisation, grant.node)?.0)
            .bind(UserKey::from(grant.granted_by).0)
            .execute(&mut ***write)
            .await?;
        Ok(())
    }
}

async fn put_assignment(
    write: &mut Write,
    user: UserKey,
    node: NodeKey,
    roles: RoleSet,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO assignments (user, node, roles) VALUES (?, ?, ?) \
         ON CONFLICT (user, node) DO UPDATE SET roles = excluded.roles",
    )
    .bind(user.0)
    .bind(node.0)
    .bind(roles_to_bits(roles))
    .execute(&mut ***write)
    .await?;
    Ok(())
}

fn key_of(organisation: &Organisation, node: NodeId) -> Result<NodeKey, Error> {
    organisation.key(node).ok_or_else(|| Error::Foreign(format!("no node {node}")))
}
