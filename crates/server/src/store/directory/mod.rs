//! The directory: a table with one row per user and scope part in which the user is visible, with the sort keys. A
//! second table has the number of rows for each combination of the filters.
//!
//! It stores results of `Overview::of`, so that a list is an index scan, however many users there are. It is derived
//! data: [`refresh`] updates it after a change of one user, [`rebuild`] after a change of the organisation.

mod entry;
pub(super) mod query;
pub(super) mod search;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use studio_users_domain::{Assignments, Status, UserId};

use super::accounts::{AccessRecord, access_records, live_accounts, push_keys, user_keys};
use super::directory_changes::mark_all_changed;
use super::value::{parse_uuid, roles_from_bits, status_code};
use super::{
    Account, Error, MetaKey, NodeKey, Organisation, Store, Tx, UserKey, Write, count_up, derived_version,
    millis, roles_to_bits, set_meta,
};
use crate::sql::{self, Dialect, QueryBuilder, Text, either};
use crate::{batch, text};
pub(super) use entry::invited_at;
use entry::{Entry, entries};

const ROWS: Text = either(include_str!("rows.sql"), include_str!("postgres/rows.sql"));
const INDEXES: Text = either(include_str!("indexes.sql"), include_str!("postgres/indexes.sql"));
const COUNTS: Text = either(include_str!("counts.sql"), include_str!("postgres/counts.sql"));
/// The index of PostgreSQL for searches. A migration has created that of SQLite.
const POSTGRES_SEARCH: &str = include_str!("postgres/search.sql");
/// The number of rows from which an insert does not wait for the next user.
const MAX_ROWS_IN_MEMORY: usize = 20_000;

/// The data of a user that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DirectoryChange {
    /// Assignments or pending grants. Managers of the affected nodes see the change.
    Access,
    /// The name as well. Managers see it wherever the user has joined.
    Name,
}

impl Store {
    /// Creates the directory if it is missing, and rebuilds it if another version of the program created it.
    pub(super) async fn ensure_directory(&self) -> Result<(), Error> {
        if is_current(&mut self.read_pool.begin_read().await?).await? {
            return Ok(());
        }
        let mut tx = self.write().await?;
        // Another server may have done it meanwhile.
        if is_current(&mut tx).await? {
            return Ok(());
        }
        let now = tx.now();
        create(&mut tx, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Marks due invitations as expired, and reopens those that are not due yet because the clock was set back. Emits the
    /// events.
    pub(crate) async fn expire_due_invitations(&self) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let now = millis(tx.now());
        let mut changed = Vec::new();
        for sql in [
            "UPDATE directory SET status = 2 WHERE status = 1 AND expires_at <= ? \
             RETURNING (SELECT id FROM users WHERE pk = directory.user_pk), part, user_pk",
            "UPDATE directory SET status = 1 WHERE status = 2 AND expires_at > ? \
             RETURNING (SELECT id FROM users WHERE pk = directory.user_pk), part, user_pk",
        ] {
            changed.extend(sql::query(sql).bind(now).fetch_all(&mut tx).await?);
        }
        if changed.is_empty() {
            return Ok(());
        }
        for row in changed {
            tx.mark_user_changed(UserId(parse_uuid(row.try_get(0)?)?), [row.try_get(1)?]);
            tx.mark_listed_user_changed(UserKey(row.try_get(2)?));
        }
        tx.count_directory_change().await?;
        count_up(&mut tx, MetaKey::StatusVersion).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Builds the directory. Replaces an existing one.
pub(super) async fn create(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
    if let Some(organisation) = super::organisation::load(tx, 0).await? {
        return rebuild(tx, &organisation, now).await;
    }
    sql::raw_sql(ROWS).execute(tx).await?;
    mark_all_changed(tx).await?;
    complete(tx).await
}

/// Whether the database has the tables, the indexes and the triggers of this version.
///
/// SQLite stores their texts, which show any difference. On PostgreSQL, a number names the version of the program that
/// created them.
pub(super) async fn is_current(tx: &mut Tx) -> Result<bool, Error> {
    if tx.dialect() == Dialect::Postgres {
        return Ok(derived_version(tx, MetaKey::DirectorySchema).await? == Some(postgres_version()));
    }
    // The index of the primary key has no text.
    let created: Vec<String> = sql::query_scalar(
        "SELECT sql FROM sqlite_master WHERE tbl_name IN ('directory', 'directory_counts') AND sql IS NOT NULL",
    )
    .fetch_all(tx)
    .await?;
    Ok(created.into_iter().collect::<BTreeSet<_>>() == sqlite_definitions())
}

/// Makes [`Store::ensure_directory`] rebuild the directory. Other servers on PostgreSQL read the table until then.
pub(super) async fn discard(tx: &mut Tx) -> Result<(), Error> {
    if tx.dialect() == Dialect::Sqlite {
        sql::query("DROP TABLE IF EXISTS directory").execute(tx).await?;
    }
    mark_all_changed(tx).await?;
    set_meta(tx, MetaKey::DirectorySchema, None).await
}

/// Returns the texts of the tables, indexes and triggers as SQLite
/// [stores them](https://www.sqlite.org/schematab.html#interpretation_of_the_schema_table).
fn sqlite_definitions() -> BTreeSet<String> {
    let without_comments = |text: Text| -> String {
        let lines = text.of(Dialect::Sqlite).lines().filter(|line| !line.starts_with("--"));
        lines.flat_map(|line| [line, "\n"]).collect()
    };
    let [rows, indexes, counts] = [ROWS, INDEXES, COUNTS].map(without_comments);
    let statements = rows.split(';').chain(indexes.split(';')).chain(counts.split("\n\n"));
    let statements = statements.map(|statement| statement.trim().trim_end_matches(';'));
    statements.filter(|statement| statement.starts_with("CREATE")).map(str::to_owned).collect()
}

/// Returns the version of the tables, the indexes and the triggers on PostgreSQL: a part of the hash of their texts.
pub(super) fn postgres_version() -> i64 {
    let mut hash = Sha256::new();
    for text in [ROWS, INDEXES, COUNTS] {
        hash.update(text.of(Dialect::Postgres));
    }
    hash.update(POSTGRES_SEARCH);
    let first = hash.finalize().first_chunk().copied();
    i64::from_be_bytes(first.unwrap_or_default())
}

/// Creates the indexes and the triggers of a filled directory. The triggers would slow down the insertion of all rows.
async fn complete(tx: &mut Tx) -> Result<(), Error> {
    sql::raw_sql(INDEXES).execute(tx).await?;
    sql::raw_sql(COUNTS).execute(tx).await?;
    if tx.dialect() == Dialect::Postgres {
        sql::raw_sql(POSTGRES_SEARCH).execute(tx).await?;
    }
    set_meta(tx, MetaKey::DirectorySchema, Some(postgres_version())).await
}

/// Updates the directory rows of a user after a change, or after their account was removed.
///
/// The commit then emits an event for the parts in which something visible changed, and for no others.
pub(super) async fn refresh(
    tx: &mut Write,
    organisation: &Organisation,
    user: UserId,
    change: DirectoryChange,
) -> Result<(), Error> {
    let key = user_keys(tx, &[user]).await?.remove(&user).ok_or(sqlx::Error::RowNotFound)?;
    let now = tx.now();
    let before = states_by_part(tx, key).await?;
    sql::query("DELETE FROM directory WHERE user_pk = ?").bind(key.0).execute(tx).await?;
    insert(tx, organisation, &[key], now).await?;
    let after = states_by_part(tx, key).await?;
    let is_active = |(status, _): &(i64, i64)| *status == status_code(Status::Active);
    let is_changed = |part: &i64| {
        let state = after.get(part);
        before.get(part) != state || (change == DirectoryChange::Name && state.is_some_and(is_active))
    };
    let parts: BTreeSet<i64> = before.keys().chain(after.keys()).copied().filter(is_changed).collect();
    tx.mark_user_changed(user, parts);
    tx.mark_listed_user_changed(key);
    tx.count_directory_change().await?;
    let status_in =
        |states: &HashMap<i64, (i64, i64)>, part: &i64| states.get(part).map(|(status, _)| *status);
    if before.keys().chain(after.keys()).any(|part| status_in(&before, part) != status_in(&after, part)) {
        count_up(tx, MetaKey::StatusVersion).await?;
    }
    Ok(())
}

/// Returns the parts in which a user is visible, each with the status and the digest to compare.
async fn states_by_part(tx: &mut Tx, user: UserKey) -> Result<HashMap<i64, (i64, i64)>, Error> {
    let rows = sql::query("SELECT part, status, digest FROM directory WHERE user_pk = ?")
        .bind(user.0)
        .fetch_all(tx)
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?)))).collect()
}

/// Rebuilds the whole directory. On PostgreSQL, it waits for the reading transactions, and later ones wait for its commit
/// ([`begin_directory_read`](crate::sql::Pool::begin_directory_read)).
///
/// Most users have the same assignments as many others. So the domain computes each distinct set of assignments once,
/// and a join copies the result to all users with that set. Users with pending grants are computed one by one.
pub(crate) async fn rebuild(
    tx: &mut Tx,
    organisation: &Organisation,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sql::raw_sql(ROWS).execute(tx).await?;
    sql::raw_sql(either(
        "DROP TABLE IF EXISTS temp.holding; DROP TABLE IF EXISTS temp.seen;
         CREATE TEMP TABLE holding AS
           SELECT user_pk, group_concat(node || ':' || roles, ' ' ORDER BY node) AS held FROM assignments
           WHERE user_pk NOT IN (SELECT user_pk FROM pending_grants)
             AND user_pk NOT IN (SELECT pk FROM users WHERE removed_at IS NOT NULL) GROUP BY user_pk;
         CREATE TEMP TABLE seen (held TEXT, part INTEGER, roles INTEGER, is_assigned INTEGER, digest INTEGER, PRIMARY KEY (held, part))
           WITHOUT ROWID",
        "DROP TABLE IF EXISTS pg_temp.holding; DROP TABLE IF EXISTS pg_temp.seen;
         CREATE TEMP TABLE holding ON COMMIT DROP AS
           SELECT user_pk, string_agg(node || ':' || roles, ' ' ORDER BY node) AS held FROM assignments
           WHERE user_pk NOT IN (SELECT user_pk FROM pending_grants)
             AND user_pk NOT IN (SELECT pk FROM users WHERE removed_at IS NOT NULL) GROUP BY user_pk;
         CREATE TEMP TABLE seen (held TEXT, part BIGINT, roles BIGINT, is_assigned BOOLEAN, digest BIGINT,
           PRIMARY KEY (held, part)) ON COMMIT DROP",
    ))
    .execute(tx)
    .await?;
    let sets: Vec<String> = sql::query_scalar("SELECT DISTINCT held FROM holding").fetch_all(tx).await?;
    for held in sets {
        let record =
            AccessRecord { assignments: parse_assignments(organisation, &held)?, pending: Vec::new() };
        let entries = entries(organisation, &record, now)?;
        let columns = ["held", "part", "roles", "is_assigned", "digest"];
        batch::insert(tx, "seen", columns, &entries, |row, entry| {
            row.push_bind(held.clone()).push_bind(entry.part).push_bind(roles_to_bits(entry.roles));
            row.push_bind(entry.is_assigned).push_bind(entry.digest);
        })
        .await?;
    }
    sql::raw_sql(either(
        // `email_key` is `text::email_sort_key`.
        "INSERT INTO directory
           SELECT pk, part, 0, roles, is_assigned, 0, NULL, coalesce(name_key, email_key), email_key, last_active_at,
                  created_at, digest
           FROM (
             SELECT u.*, s.*,
                    CASE t.email WHEN u.email_norm THEN t.email ELSE t.email || char(1) || u.email_norm END AS email_key
             FROM holding h CROSS JOIN users u ON u.pk = h.user_pk CROSS JOIN search_texts t ON t.user_pk = u.pk
               CROSS JOIN seen s ON s.held = h.held
           );
         DROP TABLE holding; DROP TABLE seen",
        "ANALYZE holding;
         INSERT INTO directory
           SELECT pk, part, 0, roles, is_assigned, FALSE, NULL, coalesce(name_key, email_key), email_key, last_active_at,
                  created_at, digest
           FROM (
             SELECT u.pk, u.name_key, u.last_active_at, u.created_at, s.part, s.roles, s.is_assigned, s.digest,
                    CASE t.email WHEN u.email_norm THEN t.email ELSE t.email || chr(1) || u.email_norm END AS email_key
             FROM holding h JOIN users u ON u.pk = h.user_pk JOIN search_texts t ON t.user_pk = u.pk
               JOIN seen s ON s.held = h.held
           ) AS rows;
         DROP TABLE holding; DROP TABLE seen",
    ))
    .execute(tx)
    .await?;
    let invited: Vec<i64> =
        sql::query_scalar("SELECT DISTINCT user_pk FROM pending_grants").fetch_all(tx).await?;
    let invited: Vec<UserKey> = invited.into_iter().map(UserKey).collect();
    for chunk in invited.chunks(500) {
        insert(tx, organisation, chunk, now).await?;
    }
    complete(tx).await?;
    mark_all_changed(tx).await?;
    count_up(tx, MetaKey::DirectoryVersion).await?;
    count_up(tx, MetaKey::StatusVersion).await?;
    Ok(())
}

/// Inserts the directory rows of users who have none yet.
async fn insert(
    tx: &mut Tx,
    organisation: &Organisation,
    users: &[UserKey],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let accounts = live_accounts(tx, users).await?;
    let records = access_records(tx, organisation, users).await?;
    let mut rows: Vec<(&Account, Entry)> = Vec::new();
    for user in users {
        if let (Some(account), Some(record)) = (accounts.get(user), records.get(user)) {
            rows.extend(entries(organisation, record, now)?.into_iter().map(|entry| (account, entry)));
        }
        // A user with access at the root has a row for each node, so the rows of all users may not fit in memory.
        if rows.len() >= MAX_ROWS_IN_MEMORY {
            insert_rows(tx, &rows).await?;
            rows.clear();
        }
    }
    insert_rows(tx, &rows).await
}

async fn insert_rows(tx: &mut Tx, rows: &[(&Account, Entry)]) -> Result<(), Error> {
    let columns = [
        "user_pk",
        "part",
        "status",
        "roles",
        "is_assigned",
        "is_undelivered",
        "expires_at",
        "name_key",
        "email_key",
        "last_active_at",
        "created_at",
        "digest",
    ];
    batch::insert(tx, "directory", columns, rows, |row, (account, entry)| {
        let email_key = text::email_sort_key(&account.email);
        let is_active = entry.status == Status::Active;
        // Hides the name and activity of users who have not joined in this part.
        let name = account.name.as_deref().filter(|_| is_active).map(text::sort_key);
        let active_at = account.last_active_at.filter(|_| is_active);
        row.push_bind(account.key().0)
            .push_bind(entry.part)
            .push_bind(status_code(entry.status))
            .push_bind(roles_to_bits(entry.roles))
            .push_bind(entry.is_assigned)
            .push_bind(entry.is_undelivered)
            .push_bind(entry.expires_at.map(millis))
            .push_bind(name.unwrap_or_else(|| email_key.clone()))
            .push_bind(email_key)
            .push_bind(active_at.map(millis))
            .push_bind(millis(entry.created_at.unwrap_or(account.created_at)))
            .push_bind(entry.digest);
    })
    .await?;
    Ok(())
}

fn parse_assignments(organisation: &Organisation, held: &str) -> Result<Assignments, Error> {
    let invalid = || Error::InvalidData(format!("the assignments {held}"));
    let mut assignments = HashMap::new();
    for pair in held.split(' ') {
        let (node, roles) = pair.split_once(':').ok_or_else(invalid)?;
        let node = organisation.id(NodeKey(node.parse().map_err(|_| invalid())?))?;
        assignments.insert(node, roles_from_bits(roles.parse().map_err(|_| invalid())?)?);
    }
    Ok(assignments.into_iter().collect())
}

/// Returns the users that are visible in any of these parts, each with whether they have joined there.
pub(super) async fn visible(
    tx: &mut Tx,
    parts: &[i64],
    users: &[UserKey],
) -> Result<HashMap<UserKey, bool>, Error> {
    if parts.is_empty() || users.is_empty() {
        return Ok(HashMap::new());
    }
    let mut visible = HashMap::new();
    let mut sql = QueryBuilder::new(tx.dialect(), "SELECT user_pk, min(status) FROM directory WHERE user_pk");
    push_keys(&mut sql, users).push(" AND part");
    sql.push_in_integers(parts.iter().copied());
    for row in sql.push(" GROUP BY user_pk").build().fetch_all(tx).await? {
        visible.insert(UserKey(row.try_get(0)?), row.try_get::<i64, _>(1)? == 0);
    }
    Ok(visible)
}
