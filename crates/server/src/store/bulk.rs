use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Sqlite};
use studio_users_domain::{Language, NodeId, RoleSet};
use uuid::Uuid;

use super::{
    Account, Error, Fact, NodeKey, Organisation, Store, Tx, UserKey, Write, directory, millis, organisation,
    roles_to_bits, set_fact,
};
use crate::audit::Entry;
use crate::text;

/// Many accounts at once: what is derived from them is made when all are there.
pub(crate) struct Bulk {
    tx: Write,
    organisation: Organisation,
}

/// A pending grant to be written: whose, where, what, by whom, since when, until when.
pub(crate) type BulkGrant = (UserKey, NodeId, RoleSet, UserKey, DateTime<Utc>, DateTime<Utc>);

impl Bulk {
    /// Begins, where there is an organisation.
    pub(crate) async fn begin(store: &Store) -> Result<Self, Error> {
        let mut tx = store.write().await?;
        let organisation =
            organisation::load(&mut tx, 0).await?.ok_or_else(|| Error::Foreign("no organisation".into()))?;
        Ok(Self { tx, organisation })
    }

    /// Writes some accounts, and what is given to them.
    pub(crate) async fn write(
        &mut self,
        accounts: &[Account],
        assignments: &[(UserKey, NodeId, RoleSet)],
        grants: &[BulkGrant],
    ) -> Result<(), Error> {
        insert_accounts(&mut self.tx, accounts).await?;
        let at = |node: NodeId| -> Result<NodeKey, Error> {
            self.organisation.key(node).ok_or_else(|| Error::Foreign(format!("no node {node}")))
        };
        let assignments: Vec<_> = assignments
            .iter()
            .map(|&(user, node, roles)| Ok((user, at(node)?, roles)))
            .collect::<Result<_, Error>>()?;
        let grants: Vec<_> = grants
            .iter()
            .map(|&(user, node, roles, by, from, to)| Ok((user, at(node)?, roles, by, from, to)))
            .collect::<Result<_, Error>>()?;
        insert_assignments(&mut self.tx, &assignments).await?;
        insert_grants(&mut self.tx, &grants).await
    }

    /// Writes what happened into the audit log, in this order: its id, where, and what.
    pub(crate) async fn record(
        &mut self,
        mut events: Vec<(Uuid, Option<NodeId>, Entry)>,
    ) -> Result<(), Error> {
        for (_, node, entry) in &mut events {
            entry.node = node.and_then(|node| self.organisation.key(node));
        }
        self.tx.record_named(events.iter().map(|(id, _, entry)| (*id, entry))).await
    }

    /// Makes the directory and the search's index, and marks the store as a demo of so many users.
    pub(crate) async fn finish(
        mut self,
        users: i64,
        generator: i64,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        directory::rebuild(&mut self.tx, &self.organisation, now).await?;
        sqlx::raw_sql(
            "INSERT INTO search_trigrams (rowid, text) SELECT user, name || char(10) || email FROM search_texts",
        )
        .execute(&mut **self.tx)
        .await?;
        set_fact(&mut self.tx, Fact::DemoUsers, Some(users)).await?;
        set_fact(&mut self.tx, Fact::DemoGenerator, Some(generator)).await?;
        self.tx.commit().await?;
        Ok(())
    }
}

/// Writes accounts, without the directory and the search's index.
pub(super) async fn insert_accounts(tx: &mut Tx, accounts: &[Account]) -> Result<(), Error> {
    // SQLite takes 32,766 values in one statement.
    for some in accounts.chunks(1_000) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO users (pk, id, name, name_key, email, email_norm, locale, created_at, joined_at, last_active_at) ",
        );
        query.push_values(some, |mut row, account| {
            row.push_bind(account.key().0)
                .push_bind(account.id.0.as_bytes().to_vec())
                .push_bind(account.name.clone())
                .push_bind(account.name.as_deref().map(text::sort_key))
                .push_bind(account.email.clone())
                .push_bind(text::email_norm(&account.email))
                .push_bind(account.locale.map(Language::tag))
                .push_bind(millis(account.created_at))
                .push_bind(account.joined_at.map(millis))
                .push_bind(account.last_active_at.map(millis));
        });
        query.build().execute(&mut **tx).await?;
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO search_texts (user, name, email) ");
        query.push_values(some, |mut row, account| {
            row.push_bind(account.key().0)
                .push_bind(account.name.as_deref().map(text::fold).unwrap_or_default())
                .push_bind(text::fold(&account.email));
        });
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

/// Writes assignments, without the directory.
pub(super) async fn insert_assignments(
    tx: &mut Tx,
    assignments: &[(UserKey, NodeKey, RoleSet)],
) -> Result<(), Error> {
    for some in assignments.chunks(5_000) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO assignments (user, node, roles) ");
        query.push_values(some, |mut row, &(user, node, roles)| {
            row.push_bind(user.0).push_bind(node.0).push_bind(roles_to_bits(roles));
        });
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

/// A pending grant to be written: whose, where, what, by whom, since when, until when.
pub(super) type NewGrant = (UserKey, NodeKey, RoleSet, UserKey, DateTime<Utc>, DateTime<Utc>);

/// Writes pending grants, without the directory.
pub(super) async fn insert_grants(tx: &mut Tx, grants: &[NewGrant]) -> Result<(), Error> {
    for some in grants.chunks(3_000) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO pending_grants (user, node, roles, granted_by, created_at, expires_at) ",
        );
        query.push_values(some, |mut row, &(user, node, roles, by, created_at, expires_at)| {
            row.push_bind(user.0).push_bind(node.0).push_bind(roles_to_bits(roles)).push_bind(by.0);
            row.push_bind(millis(created_at)).push_bind(millis(expires_at));
        });
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}
