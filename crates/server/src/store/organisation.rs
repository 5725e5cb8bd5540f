use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError};

use studio_users_domain::{Node, NodeId, Scope, ScopePart, Tree};

use super::value::{parse_kind, parse_uuid, roles_from_bits};
use super::{Error, MetaKey, NodeKey, Store, Tx, Write, meta};
use crate::events::Change;
use crate::sql;
use crate::token::random_id;

/// The organisation tree, with the row ids of its nodes.
#[derive(Debug)]
pub(crate) struct Organisation {
    /// The tree of nodes.
    pub(crate) tree: Tree,
    keys: HashMap<NodeId, NodeKey>,
    ids: HashMap<NodeKey, NodeId>,
    version: i64,
}

impl Organisation {
    /// Returns the row id of a node.
    pub(crate) fn key(&self, node: NodeId) -> Option<NodeKey> {
        self.keys.get(&node).copied()
    }

    /// Returns the id of the node with this row id.
    pub(crate) fn id(&self, key: NodeKey) -> Result<NodeId, Error> {
        self.ids.get(&key).copied().ok_or_else(|| Error::InvalidData(format!("the node {}", key.0)))
    }

    /// Returns the keys of a scope's parts in the directory.
    pub(crate) fn part_keys(&self, scope: &Scope) -> Result<Vec<i64>, Error> {
        scope.parts().iter().map(|&part| self.part_key(part)).collect()
    }

    /// Returns the key of a scope part in the directory: the node's row id times two, plus one for a node without its
    /// descendants.
    pub(super) fn part_key(&self, part: ScopePart) -> Result<i64, Error> {
        let key =
            self.key(part.node()).ok_or_else(|| Error::InvalidData(format!("no node {}", part.node())))?.0;
        Ok(key * 2 + i64::from(matches!(part, ScopePart::Node(_))))
    }
}

impl Store {
    /// Returns the current organisation from the cache, and reloads it if its version changed. Returns `None` before
    /// one is imported.
    pub(crate) async fn organisation(&self, tx: &mut Tx) -> Result<Option<Arc<Organisation>>, Error> {
        let version = meta(tx, MetaKey::TreeVersion).await?.unwrap_or(0);
        let cached = self.organisation.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(cached) = cached.filter(|cached| cached.version == version) {
            return Ok(Some(cached));
        }
        let Some(organisation) = load(tx, version).await?.map(Arc::new) else { return Ok(None) };
        let cached = self.organisation.read().unwrap_or_else(PoisonError::into_inner).clone();
        if !self.is_shared()
            && let Some(cached) = cached
        {
            // Another process changes users without changing a node when it erases a person.
            let nodes = changed_nodes(&cached.tree, &organisation.tree);
            self.events.publish_tree(version, nodes, random_id()?);
        }
        *self.organisation.write().unwrap_or_else(PoisonError::into_inner) = Some(organisation.clone());
        Ok(Some(organisation))
    }

    /// Registers an event: nodes have changed, or many users if there are none. Call this after the version of the tree was
    /// incremented.
    ///
    /// If several servers share the database, the event is in their common log. A server on a file detects the new version,
    /// because commands have no connection to its log.
    pub(super) async fn mark_tree_changed(
        &self,
        tx: &mut Write,
        nodes: BTreeSet<NodeId>,
    ) -> Result<(), Error> {
        if self.is_shared() {
            let version = meta(tx, MetaKey::TreeVersion).await?.unwrap_or(0);
            tx.changes.push(Change::Tree { version, nodes });
        }
        Ok(())
    }
}

/// Returns the nodes that differ between two trees, and the former parents of nodes that were moved or removed.
pub(super) fn changed_nodes(before: &Tree, after: &Tree) -> BTreeSet<NodeId> {
    let differs = |node: &&Node, other: &Tree| other.node(node.id) != Some(*node);
    let removed = before.nodes().iter().filter(|node| differs(node, after));
    let added = after.nodes().iter().filter(|node| differs(node, before));
    let moved_or_removed =
        removed.clone().filter(|node| after.node(node.id).is_none_or(|now| now.parent != node.parent));
    removed
        .map(|node| node.id)
        .chain(added.map(|node| node.id))
        .chain(moved_or_removed.filter_map(|node| node.parent))
        .collect()
}

/// Reads the organisation from the database. Returns `None` if there is none.
pub(super) async fn load(tx: &mut Tx, version: i64) -> Result<Option<Organisation>, Error> {
    let rows = sql::query(
        "SELECT n.pk, n.id, p.id AS parent, n.kind, n.name, n.disabled_roles \
         FROM nodes n LEFT JOIN nodes p ON p.pk = n.parent ORDER BY n.pk",
    )
    .fetch_all(tx)
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut keys = HashMap::with_capacity(rows.len());
    let mut nodes = Vec::with_capacity(rows.len());
    for row in rows {
        let id = NodeId(parse_uuid(row.try_get("id")?)?);
        let parent: Option<&[u8]> = row.try_get("parent")?;
        let disabled: Option<i64> = row.try_get("disabled_roles")?;
        keys.insert(id, NodeKey(row.try_get("pk")?));
        nodes.push(Node {
            id,
            parent: parent.map(parse_uuid).transpose()?.map(NodeId),
            kind: parse_kind(row.try_get("kind")?)?,
            name: row.try_get("name")?,
            disabled_roles: disabled.map(roles_from_bits).transpose()?,
        });
    }
    let ids = keys.iter().map(|(&id, &key)| (key, id)).collect();
    Ok(Some(Organisation { tree: Tree::new(nodes)?, keys, ids, version }))
}
