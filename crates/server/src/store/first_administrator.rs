//! The first account of a new database.

use studio_users_domain::{NodeId, NodeKind, Role};

use super::organisation::load;
use super::{Account, Error, ImportedNode, MetaKey, NewAccount, Store, UserKey, meta, set_meta};
use crate::token::random_id;

impl Store {
    /// Creates the first administrator if there are no accounts. Without an organisation, it also creates a placeholder
    /// root, which the first import of nodes replaces.
    ///
    /// One transaction does both. So of several servers that start at the same time, one creates the account.
    pub(crate) async fn create_first_administrator(&self, email: &str) -> Result<Option<UserKey>, Error> {
        if self.has_accounts(&mut self.read().await?).await? {
            return Ok(None);
        }
        let mut tx = self.write().await?;
        if self.has_accounts(&mut tx).await? {
            return Ok(None);
        }
        if load(&mut tx, 0).await?.is_none() {
            let root = ImportedNode {
                id: NodeId(random_id()?),
                parent_id: None,
                kind: NodeKind::Provider,
                name: "My organisation".into(),
                disabled_roles: None,
            };
            self.import_nodes_in(&mut tx, &[root]).await?;
            set_meta(&mut tx, MetaKey::PlaceholderRoot, Some(1)).await?;
        }
        let version = meta(&mut tx, MetaKey::TreeVersion).await?.unwrap_or(0);
        // Not from the cache, which must not have an organisation that is not committed.
        let organisation = load(&mut tx, version)
            .await?
            .ok_or_else(|| Error::InvalidData("there is no organisation".into()))?;
        let now = tx.now();
        let account = Account {
            id: self.new_user_id(&mut tx).await?,
            name: None,
            email: email.into(),
            locale: None,
            created_at: now,
            joined_at: Some(now),
            last_active_at: None,
        };
        let root = organisation.tree.nodes()[0].id;
        let user = account.key();
        let new = NewAccount { account, assignments: vec![(root, Role::Administrator.into())] };
        self.create_account(&mut tx, &organisation, &new).await?;
        tx.commit().await?;
        Ok(Some(user))
    }
}
