use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError};

use serde::{Deserialize, Serialize};
use sqlx::Row;
use studio_users_domain::{Node, NodeId, NodeKind, RoleSet, Scope, ScopePart, Tree};

use super::value::{kind_name, kind_of, roles_of, uuid_of};
use super::{Error, Fact, Store, Tx, count_up, directory, fact, roles_to_bits, set_fact};
use crate::token::random_id;

/// The key of a node in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeKey(pub(crate) i64);

/// The organisation tree, and the keys of its nodes.
#[derive(Debug)]
pub(crate) struct Organisation {
    /// The tree.
    pub(crate) tree: Tree,
    keys: HashMap<NodeId, NodeKey>,
    ids: HashMap<NodeKey, NodeId>,
    version: i64,
}

/// A node as an organisation is imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportedNode {
    /// Its id.
    pub(crate) id: NodeId,
    /// The node above; none for the root.
    pub(crate) parent_id: Option<NodeId>,
    /// What it is.
    pub(crate) kind: NodeKind,
    /// What it is called.
    pub(crate) name: String,
    /// The roles that its licence disables.
    #[serde(default)]
    pub(crate) disabled_roles: Option<RoleSet>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Imported {
    /// Nodes that were not there.
    pub(crate) added: usize,
    /// Nodes that were there, and differed.
    pub(crate) changed: usize,
    /// Nodes that were there just so.
    pub(crate) unchanged: usize,
}

impl Organisation {
    /// The key of a node.
    pub(crate) fn key(&self, node: NodeId) -> Option<NodeKey> {
        self.keys.get(&node).copied()
    }

    /// The node of a key.
    pub(crate) fn id(&self, key: NodeKey) -> Result<NodeId, Error> {
        self.ids.get(&key).copied().ok_or_else(|| Error::Foreign(format!("the node {}", key.0)))
    }

    /// The keys of the parts of a scope, under which the directory keeps what its readers see.
    pub(crate) fn part_keys(&self, scope: &Scope) -> Result<Vec<i64>, Error> {
        scope.parts().iter().map(|&part| self.part_key(part)).collect()
    }

    /// The key under which the directory keeps what readers of a scope part see.
    pub(super) fn part_key(&self, part: ScopePart) -> Result<i64, Error> {
        let key = self.key(part.node()).ok_or_else(|| Error::Foreign(format!("no node {}", part.node())))?.0;
        Ok(key * 2 + i64::from(matches!(part, ScopePart::Alone(_))))
    }
}

impl Store {
    /// The organisation as it is now; none before there is one. It is read again only where it has changed.
    pub(crate) async fn organisation(&self, tx: &mut Tx) -> Result<Option<Arc<Organisation>>, Error> {
        let version = fact(tx, Fact::TreeVersion).await?.unwrap_or(0);
        let known = self.organisation.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| known.version == version) {
            return Ok(Some(known));
        }
        let Some(organisation) = load(tx, version).await?.map(Arc::new) else { return Ok(None) };
        let known = self.organisation.read().unwrap_or_else(PoisonError::into_inner).clone();
        let nodes = known.map(|known| changed_nodes(&known.tree, &organisation.tree));
        self.events.tell_tree(version, nodes, random_id()?);
        *self.organisation.write().unwrap_or_else(PoisonError::into_inner) = Some(organisation.clone());
        Ok(Some(organisation))
    }

    /// Adds and changes nodes; those that are not among them stay as they are. All or nothing.
    pub(crate) async fn import_nodes(
        &self,
        nodes: &[ImportedNode],
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Imported, Error> {
        let mut tx = self.write().await?;
        let imported = import(&mut tx, nodes).await?;
        if imported.added + imported.changed > 0
            && let Some(organisation) = load(&mut tx, 0).await?
        {
            directory::rebuild(&mut tx, &organisation, now).await?;
        }
        tx.commit().await?;
        Ok(imported)
    }
}

/// The nodes that are not in both trees alike, and those from below which one was moved away.
fn changed_nodes(before: &Tree, after: &Tree) -> BTreeSet<NodeId> {
    let differs = |node: &&Node, other: &Tree| other.node(node.id) != Some(*node);
    let gone = before.nodes().iter().filter(|node| differs(node, after));
    let come = after.nodes().iter().filter(|node| differs(node, before));
    let left = gone.clone().filter(|node| after.node(node.id).is_none_or(|now| now.parent != node.parent));
    gone.map(|node| node.id)
        .chain(come.map(|node| node.id))
        .chain(left.filter_map(|node| node.parent))
        .collect()
}

/// The organisation, if there is one.
pub(super) async fn load(tx: &mut Tx, version: i64) -> Result<Option<Organisation>, Error> {
    let rows = sqlx::query(
        "SELECT n.pk, n.id, p.id AS parent, n.kind, n.name, n.disabled_roles \
         FROM nodes n LEFT JOIN nodes p ON p.pk = n.parent ORDER BY n.pk",
    )
    .fetch_all(&mut **tx)
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut keys = HashMap::with_capacity(rows.len());
    let mut nodes = Vec::with_capacity(rows.len());
    for row in rows {
        let id = NodeId(uuid_of(row.try_get("id")?)?);
        let parent: Option<&[u8]> = row.try_get("parent")?;
        let disabled: Option<i64> = row.try_get("disabled_roles")?;
        keys.insert(id, NodeKey(row.try_get("pk")?));
        nodes.push(Node {
            id,
            parent: parent.map(uuid_of).transpose()?.map(NodeId),
            kind: kind_of(row.try_get("kind")?)?,
            name: row.try_get("name")?,
            disabled_roles: disabled.map(roles_of).transpose()?,
        });
    }
    let ids = keys.iter().map(|(&id, &key)| (key, id)).collect();
    Ok(Some(Organisation { tree: Tree::new(nodes)?, keys, ids, version }))
}

/// Writes nodes, without the directory.
pub(super) async fn import(tx: &mut Tx, nodes: &[ImportedNode]) -> Result<Imported, Error> {
    let mut before: Vec<Node> = load(tx, 0).await?.map_or_else(Vec::new, |known| known.tree.nodes().to_vec());
    let root = nodes.iter().find(|node| node.parent_id.is_none());
    let is_placeholder = before.len() == 1 && fact(tx, Fact::PlaceholderRoot).await?.is_some();
    if let Some(root) = root.filter(|_| is_placeholder) {
        // The placeholder keeps its key, so what is assigned at it moves over by itself.
        sqlx::query("UPDATE nodes SET id = ? WHERE parent IS NULL")
            .bind(root.id.0.as_bytes().as_slice())
            .execute(&mut **tx)
            .await?;
        before.clear();
        set_fact(tx, Fact::PlaceholderRoot, None).await?;
    }

    let mut imported = Imported::default();
    let known: HashMap<NodeId, &Node> = before.iter().map(|node| (node.id, node)).collect();
    let given: Vec<Node> = nodes.iter().map(ImportedNode::to_node).collect();
    for node in &given {
        match known.get(&node.id) {
            None => imported.added += 1,
            Some(&same) if same == node => imported.unchanged += 1,
            Some(_) => imported.changed += 1,
        }
    }
    let replaced: HashMap<NodeId, &Node> = given.iter().map(|node| (node.id, node)).collect();
    let kept = before.iter().filter(|node| !replaced.contains_key(&node.id)).cloned();
    // Only to hear whether the result is a tree.
    Tree::new(kept.chain(given.iter().cloned()).collect())?;

    for node in &given {
        sqlx::query(
            "INSERT INTO nodes (id, kind, name, disabled_roles) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO \
             UPDATE SET kind = excluded.kind, name = excluded.name, disabled_roles = excluded.disabled_roles",
        )
        .bind(node.id.0.as_bytes().as_slice())
        .bind(kind_name(node.kind))
        .bind(&node.name)
        .bind(node.disabled_roles.map(roles_to_bits))
        .execute(&mut **tx)
        .await?;
    }
    for node in &given {
        sqlx::query("UPDATE nodes SET parent = (SELECT pk FROM nodes WHERE id = ?) WHERE id = ?")
            .bind(node.parent.map(|parent| parent.0.as_bytes().to_vec()))
            .bind(node.id.0.as_bytes().as_slice())
            .execute(&mut **tx)
            .await?;
    }
    if imported.added + imported.changed > 0 {
        count_up(tx, Fact::TreeVersion).await?;
    }
    Ok(imported)
}

impl ImportedNode {
    fn to_node(&self) -> Node {
        Node {
            id: self.id,
            parent: self.parent_id,
            kind: self.kind,
            name: self.name.clone(),
            disabled_roles: self.disabled_roles,
        }
    }
}
