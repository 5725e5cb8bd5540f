//! The directory: for each part of a scope, whom a reader who has it sees, and by what they are ordered.
//!
//! It holds what `Overview::of` says, so that a list is a walk along an index however many users there
//! are. It is derived: [`refresh`] follows a change of one user, [`rebuild`] one of the organisation.

mod entry;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Row, Sqlite};
use studio_users_domain::{Assignments, Status, UserId};

use super::accounts::{Personal, live_accounts, personal};
use super::value::{roles_of, status_code, uuid_of};
use super::{
    Account, Error, Fact, NodeKey, Organisation, Store, Tx, UserKey, Write, count_up, millis, roles_to_bits,
};
use crate::text;
pub(super) use entry::invited_at;
use entry::{Entry, entries};

const ROWS: &str = include_str!("directory_rows.sql");
const INDEXES: &str = include_str!("directory_indexes.sql");

/// What of a user is written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aspect {
    /// What is given to them: seen by those in whose part of the organisation it is.
    Given,
    /// Their name too: seen wherever they have joined.
    Name,
}

impl Store {
    /// Makes the directory where there is none yet, and anew where another version of the program made it.
    pub(super) async fn ensure_directory(&self) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let made: Option<String> =
            sqlx::query_scalar("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'directory'")
                .fetch_optional(&mut **tx)
                .await?;
        if made.is_some_and(|made| ROWS.contains(&made)) {
            return Ok(());
        }
        if let Some(organisation) = super::organisation::load(&mut tx, 0).await? {
            rebuild(&mut tx, &organisation, Utc::now()).await?;
        } else {
            sqlx::raw_sql(ROWS).execute(&mut **tx).await?;
            sqlx::raw_sql(INDEXES).execute(&mut **tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Makes sure that what is read is as the clock has it: a transaction in which no invitation is due. Whoever
    /// only reads is served also while somebody else writes for long.
    pub(crate) async fn settle(&self, mut tx: Tx, now: DateTime<Utc>) -> Result<Tx, Error> {
        if !self.has_due_invitations(&mut tx, now).await? {
            return Ok(tx);
        }
        // What is written now lies after the moment that this transaction sees. It is given back first: whoever
        // waited for another connection while holding one could wait for each other.
        drop(tx);
        if let Err(error) = self.expire_invitations(now).await {
            tracing::warn!(%error, "invitations were not marked as expired");
        }
        self.read().await
    }

    /// Whether the clock has ended invitations since somebody last looked: nearly never.
    pub(crate) async fn has_due_invitations(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<bool, Error> {
        let due: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM directory WHERE status = 1 AND expires_at <= ? LIMIT 1")
                .bind(millis(now))
                .fetch_optional(&mut **tx)
                .await?;
        Ok(due.is_some())
    }

    /// Marks the invitations that the clock has ended.
    pub(crate) async fn expire_invitations(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let expired = sqlx::query(
            "UPDATE directory SET status = 2 WHERE status = 1 AND expires_at <= ? \
             RETURNING (SELECT id FROM users WHERE pk = directory.user), part",
        )
        .bind(millis(now))
        .fetch_all(&mut **tx)
        .await?;
        for row in expired {
            tx.note_user(UserId(uuid_of(row.try_get(0)?)?), [row.try_get(1)?]);
        }
        count_up(&mut tx, Fact::DirectoryVersion).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Writes anew what is seen of a user, after this changed about them or their account was removed. Who sees the
/// change is told of it once it is committed, and nobody else.
pub(super) async fn refresh(
    tx: &mut Write,
    organisation: &Organisation,
    user: UserId,
    aspect: Aspect,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let key = UserKey::from(user);
    let before = sightings(tx, key).await?;
    sqlx::query("DELETE FROM directory WHERE user = ?").bind(key.0).execute(&mut ***tx).await?;
    insert(tx, organisation, &[key], now).await?;
    let after = sightings(tx, key).await?;
    let is_named = |(status, _): &(i64, i64)| *status == status_code(Status::Active);
    let is_told = |part: &i64| {
        let seen = after.get(part);
        before.get(part) != seen || (aspect == Aspect::Name && seen.is_some_and(is_named))
    };
    let parts: BTreeSet<i64> = before.keys().chain(after.keys()).copied().filter(is_told).collect();
    tx.note_user(user, parts);
    count_up(tx, Fact::DirectoryVersion).await
}

/// The parts in which a user is seen, and by what it is told whether they are seen differently.
async fn sightings(tx: &mut Tx, user: UserKey) -> Result<HashMap<i64, (i64, i64)>, Error> {
    let rows = sqlx::query("SELECT part, status, digest FROM directory WHERE user = ?")
        .bind(user.0)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?)))).collect()
}

/// Writes the whole directory anew.
///
/// Most users share what they have with many others: a handful of different sets of assignments stands for
/// all who have joined and are not invited anywhere. The domain judges each set once; the database multiplies.
pub(crate) async fn rebuild(
    tx: &mut Tx,
    organisation: &Organisation,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::raw_sql(ROWS).execute(&mut **tx).await?;
    sqlx::raw_sql(
        "DROP TABLE IF EXISTS temp.holding; DROP TABLE IF EXISTS temp.seen;
         CREATE TEMP TABLE holding AS
           SELECT user, group_concat(node || ':' || roles, ' ' ORDER BY node) AS held FROM assignments
           WHERE user NOT IN (SELECT user FROM pending_grants)
             AND user NOT IN (SELECT pk FROM users WHERE removed_at IS NOT NULL) GROUP BY user;
         CREATE TEMP TABLE seen (held TEXT, part INTEGER, roles INTEGER, is_assigned INTEGER, digest INTEGER, PRIMARY KEY (held, part))
           WITHOUT ROWID",
    )
    .execute(&mut **tx)
    .await?;
    let sets: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT held FROM holding").fetch_all(&mut **tx).await?;
    for held in sets {
        let given = Personal { assignments: parse_held(organisation, &held)?, pending: Vec::new() };
        let entries = entries(organisation, &given, now)?;
        for some in entries.chunks(5_000) {
            let mut query =
                QueryBuilder::<Sqlite>::new("INSERT INTO seen (held, part, roles, is_assigned, digest) ");
            query.push_values(some, |mut row, entry| {
                row.push_bind(held.clone()).push_bind(entry.part).push_bind(roles_to_bits(entry.roles));
                row.push_bind(entry.is_assigned).push_bind(entry.digest);
            });
            query.build().execute(&mut **tx).await?;
        }
    }
    sqlx::raw_sql(
        "INSERT INTO directory
           SELECT u.pk, s.part, 0, s.roles, s.is_assigned, NULL, coalesce(u.name_key, u.email_norm), u.email_norm,
                  u.last_active_at, u.created_at, s.digest
           FROM holding h CROSS JOIN users u ON u.pk = h.user CROSS JOIN seen s ON s.held = h.held;
         DROP TABLE holding; DROP TABLE seen",
    )
    .execute(&mut **tx)
    .await?;
    let invited: Vec<i64> =
        sqlx::query_scalar("SELECT DISTINCT user FROM pending_grants").fetch_all(&mut **tx).await?;
    let invited: Vec<UserKey> = invited.into_iter().map(UserKey).collect();
    for some in invited.chunks(500) {
        insert(tx, organisation, some, now).await?;
    }
    sqlx::raw_sql(INDEXES).execute(&mut **tx).await?;
    count_up(tx, Fact::DirectoryVersion).await
}

/// Writes what is seen of users of whom nothing is written yet.
async fn insert(
    tx: &mut Tx,
    organisation: &Organisation,
    users: &[UserKey],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let accounts = live_accounts(tx, users).await?;
    let given = personal(tx, organisation, users).await?;
    let mut rows: Vec<(&Account, Entry)> = Vec::new();
    for user in users {
        if let (Some(account), Some(given)) = (accounts.get(user), given.get(user)) {
            rows.extend(entries(organisation, given, now)?.into_iter().map(|entry| (account, entry)));
        }
    }
    for some in rows.chunks(3_000) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO directory ");
        query.push_values(some, |mut row, (account, entry)| {
            let email_key = text::email_norm(&account.email);
            let is_active = entry.status == Status::Active;
            // Who has not joined here is an address and an invitation; their name stays theirs.
            let name = account.name.as_deref().filter(|_| is_active).map(text::sort_key);
            let active_at = account.last_active_at.filter(|_| is_active);
            row.push_bind(account.key().0)
                .push_bind(entry.part)
                .push_bind(status_code(entry.status))
                .push_bind(roles_to_bits(entry.roles))
                .push_bind(entry.is_assigned)
                .push_bind(entry.expires_at.map(millis))
                .push_bind(name.unwrap_or_else(|| email_key.clone()))
                .push_bind(email_key)
                .push_bind(active_at.map(millis))
                .push_bind(millis(entry.created_at.unwrap_or(account.created_at)))
                .push_bind(entry.digest);
        });
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

fn parse_held(organisation: &Organisation, held: &str) -> Result<Assignments, Error> {
    let foreign = || Error::Foreign(format!("the assignments {held}"));
    let mut assignments = HashMap::new();
    for pair in held.split(' ') {
        let (node, roles) = pair.split_once(':').ok_or_else(foreign)?;
        let node = organisation.id(NodeKey(node.parse().map_err(|_| foreign())?))?;
        assignments.insert(node, roles_of(roles.parse().map_err(|_| foreign())?)?);
    }
    Ok(assignments.into_iter().collect())
}

/// Whether a user is visible to readers of any of these parts, and whether they have joined there.
pub(super) async fn visible(
    tx: &mut Tx,
    parts: &[i64],
    users: &[UserKey],
) -> Result<HashMap<UserKey, bool>, Error> {
    if parts.is_empty() || users.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = QueryBuilder::<Sqlite>::new("SELECT user, min(status) FROM directory WHERE user IN ");
    super::accounts::push_keys(&mut query, users).push(" AND part IN (");
    let mut keys = query.separated(", ");
    for part in parts {
        keys.push_bind(*part);
    }
    keys.push_unseparated(") GROUP BY user");
    let rows = query.build().fetch_all(&mut **tx).await?;
    rows.iter().map(|row| Ok((UserKey(row.try_get(0)?), row.try_get::<i64, _>(1)? == 0))).collect()
}
