use chrono::{DateTime, Utc};
use studio_users_domain::{NodeId, RoleSet};
use uuid::Uuid;

use super::insert::{NewGrant, insert_accounts, insert_assignments, insert_grants};
use super::search_index::index_all_texts;
use super::{
    Account, Error, MetaKey, NodeKey, Organisation, Store, UserKey, Write, directory, folded_texts,
    organisation, set_meta,
};
use crate::audit::Entry;

/// Loads many accounts. Builds the directory and the search index once, after the last account.
pub(crate) struct BulkLoader {
    tx: Write,
    organisation: Organisation,
}

impl BulkLoader {
    /// Begins the load. Fails if the database has no organisation.
    pub(crate) async fn begin(store: &Store) -> Result<Self, Error> {
        let mut tx = store.write().await?;
        let organisation = organisation::load(&mut tx, 0)
            .await?
            .ok_or_else(|| Error::InvalidData("no organisation".into()))?;
        Ok(Self { tx, organisation })
    }

    /// Inserts accounts with their assignments and pending grants.
    pub(crate) async fn write(
        &mut self,
        accounts: &[Account],
        assignments: &[(UserKey, NodeId, RoleSet)],
        grants: &[NewGrant<NodeId>],
    ) -> Result<(), Error> {
        insert_accounts(&mut self.tx, accounts).await?;
        let key_of = |node: NodeId| -> Result<NodeKey, Error> {
            self.organisation.key(node).ok_or_else(|| Error::InvalidData(format!("no node {node}")))
        };
        let assignments: Vec<_> = assignments
            .iter()
            .map(|&(user, node, roles)| Ok((user, key_of(node)?, roles)))
            .collect::<Result<_, Error>>()?;
        let grants: Vec<_> =
            grants.iter().map(|grant| Ok(grant.at(key_of(grant.node)?))).collect::<Result<_, Error>>()?;
        insert_assignments(&mut self.tx, &assignments).await?;
        insert_grants(&mut self.tx, &grants).await
    }

    /// Appends entries to the audit log, in this order. Each comes as its id, its node and the entry.
    pub(crate) async fn record(
        &mut self,
        mut events: Vec<(Uuid, Option<NodeId>, Entry)>,
    ) -> Result<(), Error> {
        for (_, node, entry) in &mut events {
            entry.node = node.and_then(|node| self.organisation.key(node));
        }
        self.tx.record_with_ids(events.iter().map(|(id, _, entry)| (*id, entry))).await
    }

    /// Builds the directory and the search index, and commits. Marks the database as a demo with this number of users and
    /// this version of the generator.
    pub(crate) async fn finish(
        mut self,
        users: i64,
        generator: i64,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        directory::rebuild(&mut self.tx, &self.organisation, now).await?;
        index_all_texts(&mut self.tx).await?;
        folded_texts::mark_current(&mut self.tx).await?;
        set_meta(&mut self.tx, MetaKey::DemoUsers, Some(users)).await?;
        set_meta(&mut self.tx, MetaKey::DemoGenerator, Some(generator)).await?;
        self.tx.commit().await?;
        Ok(())
    }
}
