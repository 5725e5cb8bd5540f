use std::collections::HashMap;

use chrono::{DateTime, Utc};
use studio_users_contract::{AuditPerson, DeliveryState};
use studio_users_domain::{Assignments, Language, PendingGrant, TargetUser, UserId};

use super::columns::account_columns;
use super::outcome::state_of;
use super::value::{parse_uuid, roles_from_bits};
use super::{Error, NodeKey, Organisation, Store, Tx, UserKey, time_from_millis};
use crate::sql::{self, QueryBuilder, Row};
use crate::text;

/// The number of users whose access one query reads.
const READ_TOGETHER: usize = 500;

/// A user's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// The id of the user.
    pub(crate) id: UserId,
    /// The full name. `None` until the user joins.
    pub(crate) name: Option<String>,
    /// The email address, as entered.
    pub(crate) email: String,
    /// The language that the user chose.
    pub(crate) locale: Option<Language>,
    /// The creation time of the account.
    pub(crate) created_at: DateTime<Utc>,
    /// The time at which the user joined. `None` while they are only invited.
    pub(crate) joined_at: Option<DateTime<Utc>>,
    /// The time of the last activity.
    pub(crate) last_active_at: Option<DateTime<Utc>>,
}

/// The stored access of one user.
#[derive(Debug, Clone, Default)]
pub(crate) struct AccessRecord {
    /// The assignments, by node.
    pub(crate) assignments: Assignments,
    /// The pending grants.
    pub(crate) pending: Vec<PendingRecord>,
}

/// A pending grant, as far as the directory depends on it.
#[derive(Debug, Clone)]
pub(crate) struct PendingRecord {
    pub(crate) grant: PendingGrant,
    pub(crate) created_at: DateTime<Utc>,
    /// The delivery of the mail. `None` if there is none, or if it was sent more than a day ago.
    pub(crate) delivery: Option<DeliveryState>,
}

impl PendingRecord {
    /// Whether the mail did not arrive.
    pub(crate) fn is_undelivered(&self) -> bool {
        self.delivery.is_some_and(DeliveryState::has_failed)
    }
}

impl From<&Account> for AuditPerson {
    /// Returns the name that the audit log stores: the user's name, or the email address while there is no name.
    fn from(account: &Account) -> Self {
        Self { id: account.id, name: account.name.clone().unwrap_or_else(|| account.email.clone()) }
    }
}

impl Account {
    /// Returns the row id of the account.
    pub(crate) fn key(&self) -> UserKey {
        UserKey::of_account(self.id)
    }

    /// Parses a row of the `users` table.
    pub(super) fn of(row: &Row) -> Result<Self, Error> {
        let time = |column: &str| -> Result<Option<DateTime<Utc>>, Error> {
            row.try_get::<Option<i64>, _>(column)?.map(time_from_millis).transpose()
        };
        let locale: Option<&str> = row.try_get("locale")?;
        Ok(Self {
            id: UserId(parse_uuid(row.try_get("id")?)?),
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            locale: locale.and_then(Language::from_tag),
            created_at: time_from_millis(row.try_get("created_at")?)?,
            joined_at: time("joined_at")?,
            last_active_at: time("last_active_at")?,
        })
    }
}

impl Store {
    /// Finds the account with this email address. Ignores removed accounts.
    pub(crate) async fn account_by_email(&self, tx: &mut Tx, email: &str) -> Result<Option<Account>, Error> {
        let row = sql::query(concat!(
            "SELECT ",
            account_columns!(),
            " FROM users WHERE email_norm = ? AND removed_at IS NULL"
        ))
        .bind(text::email_norm(email))
        .fetch_optional(tx)
        .await?;
        row.as_ref().map(Account::of).transpose()
    }

    /// Finds the row id of a user. Call this for every UUID from a request: a row id is only a part of the UUID, and
    /// this compares the whole UUID.
    pub(crate) async fn user_key(&self, tx: &mut Tx, user: UserId) -> Result<Option<UserKey>, Error> {
        Ok(user_keys(tx, &[user]).await?.remove(&user))
    }

    /// Returns the account with this row id, unless it was removed.
    pub(crate) async fn live_account(&self, tx: &mut Tx, user: UserKey) -> Result<Option<Account>, Error> {
        Ok(live_accounts(tx, &[user]).await?.remove(&user))
    }

    /// Returns the account with this row id, even if it was removed.
    pub(crate) async fn account(&self, tx: &mut Tx, user: UserKey) -> Result<Option<Account>, Error> {
        Ok(accounts(tx, &[user]).await?.remove(&user))
    }

    /// Returns the assignments of a user.
    pub(crate) async fn assignments(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        user: UserKey,
    ) -> Result<Assignments, Error> {
        let record = access_records(tx, organisation, &[user]).await?.remove(&user);
        Ok(record.map(|record| record.assignments).unwrap_or_default())
    }

    /// Returns the accounts of these users that were not removed, each with its access. Reads many users with few queries.
    pub(crate) async fn accounts_with_access(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        users: &[UserId],
    ) -> Result<HashMap<UserId, (Account, AccessRecord)>, Error> {
        let mut found = HashMap::with_capacity(users.len());
        for users in users.chunks(READ_TOGETHER) {
            let keys: Vec<UserKey> = user_keys(tx, users).await?.into_values().collect();
            let mut records = access_records(tx, organisation, &keys).await?;
            for (key, account) in live_accounts(tx, &keys).await? {
                let record = records.remove(&key).unwrap_or_default();
                found.insert(account.id, (account, record));
            }
        }
        Ok(found)
    }

    /// Returns the assignments and pending grants of a user, as the domain checks them.
    pub(crate) async fn target_user(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        user: UserKey,
    ) -> Result<TargetUser, Error> {
        let record = access_records(tx, organisation, &[user]).await?.remove(&user).unwrap_or_default();
        let pending = record.pending.into_iter().map(|pending| pending.grant).collect();
        let mut target = TargetUser { held: record.assignments.into(), pending, ..TargetUser::default() };
        self.complete_target(tx, organisation, user, &mut target).await?;
        Ok(target)
    }

    /// Returns whether the database has any account.
    pub(crate) async fn has_accounts(&self, tx: &mut Tx) -> Result<bool, Error> {
        let one: Option<i64> = sql::query_scalar("SELECT pk FROM users LIMIT 1").fetch_optional(tx).await?;
        Ok(one.is_some())
    }
}

/// Looks up the row ids of users. Ids without an account are left out.
///
/// This is the only way from an id to a row: a row id is a part of an id, so two ids may share one.
pub(crate) async fn user_keys(tx: &mut Tx, ids: &[UserId]) -> Result<HashMap<UserId, UserKey>, Error> {
    let mut sql = QueryBuilder::new(tx.dialect(), "SELECT id, pk FROM users WHERE id");
    push_ids(&mut sql, ids);
    let rows = sql.build().fetch_all(tx).await?;
    rows.iter().map(|row| Ok((UserId(parse_uuid(row.try_get(0)?)?), UserKey(row.try_get(1)?)))).collect()
}

/// Returns the accounts of these users, including removed ones.
pub(super) async fn accounts(tx: &mut Tx, users: &[UserKey]) -> Result<HashMap<UserKey, Account>, Error> {
    read_accounts(tx, concat!("SELECT ", account_columns!(), " FROM users WHERE pk"), users).await
}

/// Returns the accounts of these users that were not removed. Lists use it, because a removed account may still have
/// rows in other tables.
pub(super) async fn live_accounts(
    tx: &mut Tx,
    users: &[UserKey],
) -> Result<HashMap<UserKey, Account>, Error> {
    read_accounts(
        tx,
        concat!("SELECT ", account_columns!(), " FROM users WHERE removed_at IS NULL AND pk"),
        users,
    )
    .await
}

async fn read_accounts(
    tx: &mut Tx,
    select: &'static str,
    users: &[UserKey],
) -> Result<HashMap<UserKey, Account>, Error> {
    let mut accounts = HashMap::with_capacity(users.len());
    let mut sql = QueryBuilder::new(tx.dialect(), select);
    for row in push_keys(&mut sql, users).build().fetch_all(tx).await? {
        let account = Account::of(&row)?;
        accounts.insert(account.key(), account);
    }
    Ok(accounts)
}

/// Returns the assignments and pending grants of these users.
pub(super) async fn access_records(
    tx: &mut Tx,
    organisation: &Organisation,
    users: &[UserKey],
) -> Result<HashMap<UserKey, AccessRecord>, Error> {
    let mut all: HashMap<UserKey, AccessRecord> =
        users.iter().map(|&user| (user, AccessRecord::default())).collect();
    let mut sql =
        QueryBuilder::new(tx.dialect(), "SELECT user_pk, node, roles FROM assignments WHERE user_pk");
    for row in push_keys(&mut sql, users).build().fetch_all(tx).await? {
        let node = organisation.id(NodeKey(row.try_get(1)?))?;
        let record = all.entry(UserKey(row.try_get(0)?)).or_default();
        record.assignments.insert(node, roles_from_bits(row.try_get(2)?)?);
    }
    let mut sql = QueryBuilder::new(
        tx.dialect(),
        "SELECT g.user_pk, g.node, g.roles, u.id, g.created_at, g.expires_at, g.mail, o.outcome \
         FROM pending_grants g JOIN users u ON u.pk = g.granted_by LEFT JOIN outbox o ON o.pk = g.mail WHERE g.user_pk",
    );
    push_keys(&mut sql, users).push(" ORDER BY g.user_pk, g.node, g.granted_by");
    for row in sql.build().fetch_all(tx).await? {
        let grant = PendingGrant {
            node: organisation.id(NodeKey(row.try_get(1)?))?,
            roles: roles_from_bits(row.try_get(2)?)?,
            granted_by: UserId(parse_uuid(row.try_get(3)?)?),
            expires_at: time_from_millis(row.try_get(5)?)?,
            until: None,
        };
        let record = all.entry(UserKey(row.try_get(0)?)).or_default();
        let is_mailed = row.try_get::<Option<i64>, _>(6)?.is_some();
        record.pending.push(PendingRecord {
            grant,
            created_at: time_from_millis(row.try_get(4)?)?,
            delivery: is_mailed.then(|| row.try_get(7).map(state_of)).transpose()?,
        });
    }
    Ok(all)
}

/// Pushes a list of users, for `IN`.
pub(super) fn push_keys<'q>(sql: &'q mut QueryBuilder, users: &[UserKey]) -> &'q mut QueryBuilder {
    sql.push_in_integers(users.iter().map(|user| user.0));
    sql
}

/// Pushes a list of user ids, for `IN`.
pub(super) fn push_ids(sql: &mut QueryBuilder, users: &[UserId]) {
    sql.push_in_ids(users.iter().map(|user| user.0));
}
