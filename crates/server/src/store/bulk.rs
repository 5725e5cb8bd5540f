use chrono::{DateTime, Utc};
use studio_users_domain::{NodeId, RoleSet};
use uuid::Uuid;

use super::accounts::{Account, insert_accounts, insert_assignments, insert_grants};
use super::{Error, Fact, NodeKey, Organisation, Store, UserKey, Write, directory, organisation, set_fact};
use crate::audit::Entry;

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
