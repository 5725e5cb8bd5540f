use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};
use studio_users_domain::{Assignments, Language, NodeId, PendingGrant, RoleSet, Subject, UserId};

use super::bulk::{insert_accounts, insert_assignments};
use super::directory::{self, Aspect};
use super::value::{roles_of, uuid_of};
use super::{Error, NodeKey, Organisation, Store, Tx, UserKey, Write, time_of};
use crate::text;
use crate::token::random_id;

/// A user's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// Their id.
    pub(crate) id: UserId,
    /// Their name.
    pub(crate) name: Option<String>,
    /// Their address.
    pub(crate) email: String,
    /// The language they chose.
    pub(crate) locale: Option<Language>,
    /// Since when there is the account.
    pub(crate) created_at: DateTime<Utc>,
    /// When they joined; none while they are only invited.
    pub(crate) joined_at: Option<DateTime<Utc>>,
    /// When they last did something.
    pub(crate) last_active_at: Option<DateTime<Utc>>,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewAccount {
    /// What is written of it.
    pub(crate) account: Account,
    /// Its assignments.
    pub(crate) assignments: Vec<(NodeId, RoleSet)>,
}

/// What one person has been given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Personal {
    /// What is assigned to them.
    pub(crate) assignments: Assignments,
    /// What waits for them to accept, and since when.
    pub(crate) pending: Vec<(PendingGrant, DateTime<Utc>)>,
}

impl Account {
    /// The key under which the account is kept.
    pub(crate) fn key(&self) -> UserKey {
        self.id.into()
    }

    /// Reads the columns of `users`.
    pub(super) fn of(row: &SqliteRow) -> Result<Self, Error> {
        let time = |column: &str| -> Result<Option<DateTime<Utc>>, Error> {
            row.try_get::<Option<i64>, _>(column)?.map(time_of).transpose()
        };
        let locale: Option<&str> = row.try_get("locale")?;
        Ok(Self {
            id: UserId(uuid_of(row.try_get("id")?)?),
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            locale: locale.and_then(Language::from_tag),
            created_at: time_of(row.try_get("created_at")?)?,
            joined_at: time("joined_at")?,
            last_active_at: time("last_active_at")?,
        })
    }
}

impl Store {
    /// The account with this address, if there is one.
    pub(crate) async fn account_by_email(&self, tx: &mut Tx, email: &str) -> Result<Option<Account>, Error> {
        let row = sqlx::query("SELECT * FROM users WHERE email_norm = ? AND removed_at IS NULL")
            .bind(text::email_norm(email))
            .fetch_optional(&mut **tx)
            .await?;
        row.as_ref().map(Account::of).transpose()
    }

    /// The account of this key, if there is one and it is not removed.
    pub(crate) async fn live_account(&self, tx: &mut Tx, user: UserKey) -> Result<Option<Account>, Error> {
        Ok(live_accounts(tx, &[user]).await?.remove(&user))
    }

    /// The account of this key, if there ever was one.
    pub(crate) async fn account(&self, tx: &mut Tx, user: UserKey) -> Result<Option<Account>, Error> {
        Ok(accounts(tx, &[user]).await?.remove(&user))
    }

    /// What is assigned to a user.
    pub(crate) async fn assignments(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        user: UserKey,
    ) -> Result<Assignments, Error> {
        let given = personal(tx, organisation, &[user]).await?.remove(&user);
        Ok(given.map(|given| given.assignments).unwrap_or_default())
    }

    /// Everything that a user has been given: what they hold, and what waits for them.
    pub(crate) async fn subject(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        user: UserKey,
    ) -> Result<Subject, Error> {
        let given = personal(tx, organisation, &[user]).await?.remove(&user).unwrap_or_default();
        let pending = given.pending.into_iter().map(|(grant, _)| grant).collect();
        Ok(Subject { held: given.assignments, pending })
    }

    /// How many joined managers are assigned at each node itself.
    pub(crate) async fn managers(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
    ) -> Result<HashMap<NodeId, u32>, Error> {
        let rows = sqlx::query(
            "SELECT a.node, count(*) FROM assignments a INDEXED BY assignments_managers \
             JOIN users u ON u.pk = a.user \
             WHERE a.roles & 288 <> 0 AND u.joined_at IS NOT NULL GROUP BY a.node",
        )
        .fetch_all(&mut **tx)
        .await?;
        rows.iter()
            .map(|row| Ok((organisation.id(NodeKey(row.try_get(0)?))?, row.try_get::<u32, _>(1)?)))
            .collect()
    }

    /// Whether there is any account.
    pub(crate) async fn has_accounts(&self, tx: &mut Tx) -> Result<bool, Error> {
        let one: Option<i64> =
            sqlx::query_scalar("SELECT pk FROM users LIMIT 1").fetch_optional(&mut **tx).await?;
        Ok(one.is_some())
    }

    /// Draws an id for a new account: one whose key is free.
    pub(crate) async fn new_user_id(&self, tx: &mut Tx) -> Result<UserId, Error> {
        loop {
            let id = UserId(random_id()?);
            let taken: Option<i64> = sqlx::query_scalar("SELECT pk FROM users WHERE pk = ?")
                .bind(UserKey::from(id).0)
                .fetch_optional(&mut **tx)
                .await?;
            if taken.is_none() {
                return Ok(id);
            }
        }
    }

    /// Makes an account, with its place in the directory and the search.
    pub(crate) async fn create_account(
        &self,
        tx: &mut Write,
        organisation: &Organisation,
        new: &NewAccount,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let user = new.account.key();
        insert_accounts(tx, std::slice::from_ref(&new.account)).await?;
        let assignments: Vec<_> = new
            .assignments
            .iter()
            .filter_map(|&(node, roles)| organisation.key(node).map(|node| (user, node, roles)))
            .collect();
        insert_assignments(tx, &assignments).await?;
        index_texts(tx, user).await?;
        directory::refresh(tx, organisation, new.account.id, Aspect::Given, now).await
    }
}

/// Makes a user found by what their texts say now.
pub(super) async fn index_texts(tx: &mut Tx, user: UserKey) -> Result<(), Error> {
    sqlx::query("DELETE FROM search_trigrams WHERE rowid = ?").bind(user.0).execute(&mut **tx).await?;
    sqlx::query(
        "INSERT INTO search_trigrams (rowid, text) SELECT user, name || char(10) || email FROM search_texts WHERE user = ?",
    )
    .bind(user.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The accounts of these users, removed ones among them.
pub(super) async fn accounts(tx: &mut Tx, users: &[UserKey]) -> Result<HashMap<UserKey, Account>, Error> {
    read_accounts(tx, QueryBuilder::new("SELECT * FROM users WHERE pk IN "), users).await
}

/// Those of these accounts that are not removed: nobody sees another in the list, whatever is left of it.
pub(super) async fn live_accounts(
    tx: &mut Tx,
    users: &[UserKey],
) -> Result<HashMap<UserKey, Account>, Error> {
    let query = QueryBuilder::new("SELECT * FROM users WHERE removed_at IS NULL AND pk IN ");
    read_accounts(tx, query, users).await
}

async fn read_accounts(
    tx: &mut Tx,
    mut query: QueryBuilder<Sqlite>,
    users: &[UserKey],
) -> Result<HashMap<UserKey, Account>, Error> {
    let rows = push_keys(&mut query, users).build().fetch_all(&mut **tx).await?;
    rows.iter().map(|row| Account::of(row).map(|account| (account.key(), account))).collect()
}

/// What these users have been given.
pub(super) async fn personal(
    tx: &mut Tx,
    organisation: &Organisation,
    users: &[UserKey],
) -> Result<HashMap<UserKey, Personal>, Error> {
    let mut all: HashMap<UserKey, Personal> = users.iter().map(|&user| (user, Personal::default())).collect();
    let mut query = QueryBuilder::<Sqlite>::new("SELECT user, node, roles FROM assignments WHERE user IN ");
    for row in push_keys(&mut query, users).build().fetch_all(&mut **tx).await? {
        let node = organisation.id(NodeKey(row.try_get(1)?))?;
        let personal = all.entry(UserKey(row.try_get(0)?)).or_default();
        personal.assignments.insert(node, roles_of(row.try_get(2)?)?);
    }
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT g.user, g.node, g.roles, u.id, g.created_at, g.expires_at \
         FROM pending_grants g JOIN users u ON u.pk = g.granted_by WHERE g.user IN ",
    );
    for row in push_keys(&mut query, users).build().fetch_all(&mut **tx).await? {
        let grant = PendingGrant {
            node: organisation.id(NodeKey(row.try_get(1)?))?,
            roles: roles_of(row.try_get(2)?)?,
            granted_by: UserId(uuid_of(row.try_get(3)?)?),
            expires_at: time_of(row.try_get(5)?)?,
        };
        let personal = all.entry(UserKey(row.try_get(0)?)).or_default();
        personal.pending.push((grant, time_of(row.try_get(4)?)?));
    }
    Ok(all)
}

pub(super) fn push_keys<'q>(
    query: &'q mut QueryBuilder<Sqlite>,
    users: &[UserKey],
) -> &'q mut QueryBuilder<Sqlite> {
    query.push("(");
    let mut keys = query.separated(", ");
    for user in users {
        keys.push_bind(user.0);
    }
    keys.push_unseparated(")");
    query
}
