//! Importing the organisation tree.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_contract::{Action, AuditDetails, NodeMove};
use studio_users_domain::{Node, NodeId, NodeKind, RoleSet, Tree, licensed_roles};

use super::organisation::{Organisation, changed_nodes, load};
use super::value::{kind_name, parse_uuid};
use super::{Error, MetaKey, Store, Tx, Write, count_up, directory, meta, roles_to_bits, set_meta};
use crate::audit::Entry;
use crate::batch;
use crate::sql;

/// A node in an import file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportedNode {
    /// The id of the node.
    pub(crate) id: NodeId,
    /// The parent node. `None` for the root.
    pub(crate) parent_id: Option<NodeId>,
    /// The kind of node.
    pub(crate) kind: NodeKind,
    /// The name of the node.
    pub(crate) name: String,
    /// The licence: the roles that cannot be given at this node and below. `None` inherits the licence of the parent.
    #[serde(default)]
    pub(crate) disabled_roles: Option<RoleSet>,
}

/// The number of nodes that an import changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ImportSummary {
    /// The number of new nodes.
    pub(crate) added: usize,
    /// The number of existing nodes that differed.
    pub(crate) changed: usize,
    /// The number of existing nodes that were the same.
    pub(crate) unchanged: usize,
}

impl Store {
    /// Adds and updates nodes in one transaction, and rebuilds the directory if any changed. Keeps nodes that are not
    /// in the import.
    pub(crate) async fn import_nodes(&self, nodes: &[ImportedNode]) -> Result<ImportSummary, Error> {
        let mut tx = self.write().await?;
        let summary = self.import_nodes_in(&mut tx, nodes).await?;
        tx.commit().await?;
        Ok(summary)
    }

    /// Imports nodes as part of a larger transaction.
    pub(super) async fn import_nodes_in(
        &self,
        tx: &mut Write,
        nodes: &[ImportedNode],
    ) -> Result<ImportSummary, Error> {
        let now = tx.now();
        let before = load(tx, 0).await?;
        let summary = import(tx, nodes).await?;
        if summary.added + summary.changed > 0
            && let Some(organisation) = load(tx, 0).await?
        {
            directory::rebuild(tx, &organisation, now).await?;
            if let Some(before) = before {
                tx.record_all(&audit_entries(&before.tree, &organisation, now)).await?;
                let nodes = changed_nodes(&before.tree, &organisation.tree);
                self.mark_tree_changed(tx, nodes).await?;
            }
        }
        Ok(summary)
    }
}

/// Returns an audit log entry for each node that was moved, and for each one whose own licence was changed. In both
/// cases other users have access, or other roles can be given. New nodes that are below each other have one entry, at the
/// topmost.
fn audit_entries(before: &Tree, after: &Organisation, now: DateTime<Utc>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (position, node) in after.tree.nodes().iter().enumerate() {
        let mut record = |action, details| {
            let entry = Entry::of(action, now).by_command_line().with(details);
            entries.push(Entry { node: after.key(node.id), ..entry });
        };
        let Some((former_position, former)) = before.position(node.id).zip(before.node(node.id)) else {
            if node.parent.is_none_or(|parent| before.node(parent).is_some()) {
                let count = Some(count_new(before, &after.tree, position));
                record(Action::NodeAdded, AuditDetails { count, ..AuditDetails::default() });
            }
            continue;
        };
        if former.parent != node.parent {
            let moved = Some(NodeMove { from: former.parent, to: node.parent });
            record(Action::NodeMoved, AuditDetails { moved, ..AuditDetails::default() });
        }
        if former.disabled_roles != node.disabled_roles {
            let details = AuditDetails {
                before: Some(licensed_roles(before, former_position)),
                after: Some(licensed_roles(&after.tree, position)),
                ..AuditDetails::default()
            };
            record(Action::LicenceChanged, details);
        }
    }
    entries
}

/// Counts the new nodes at a position and below.
fn count_new(before: &Tree, after: &Tree, position: usize) -> u32 {
    let is_new = |at: &usize| before.node(after.nodes()[*at].id).is_none();
    u32::try_from(after.subtree(position).filter(is_new).count()).unwrap_or(u32::MAX)
}

/// Writes nodes. The caller updates the directory.
pub(super) async fn import(tx: &mut Tx, nodes: &[ImportedNode]) -> Result<ImportSummary, Error> {
    let mut before: Vec<Node> =
        load(tx, 0).await?.map_or_else(Vec::new, |current| current.tree.nodes().to_vec());
    let root = nodes.iter().find(|node| node.parent_id.is_none());
    let is_placeholder = before.len() == 1 && meta(tx, MetaKey::PlaceholderRoot).await?.is_some();
    if let Some(root) = root.filter(|_| is_placeholder) {
        // The placeholder keeps its row id, so its assignments now belong to the real root.
        sql::query("UPDATE nodes SET id = ? WHERE parent IS NULL")
            .bind(root.id.0.as_bytes().as_slice())
            .execute(tx)
            .await?;
        before.clear();
        set_meta(tx, MetaKey::PlaceholderRoot, None).await?;
    }

    let mut summary = ImportSummary::default();
    let current: HashMap<NodeId, &Node> = before.iter().map(|node| (node.id, node)).collect();
    let imported: Vec<Node> = nodes.iter().map(ImportedNode::to_node).collect();
    for node in &imported {
        match current.get(&node.id) {
            None => summary.added += 1,
            Some(&same) if same == node => summary.unchanged += 1,
            Some(_) => summary.changed += 1,
        }
    }
    let replaced: HashMap<NodeId, &Node> = imported.iter().map(|node| (node.id, node)).collect();
    let kept = before.iter().filter(|node| !replaced.contains_key(&node.id)).cloned();
    // Checks that the result is a tree.
    let tree = Tree::new(kept.chain(imported.iter().cloned()).collect())?;
    check_kinds(&tree, &replaced)?;

    let mut keys: HashMap<NodeId, i64> = HashMap::with_capacity(before.len() + imported.len());
    for row in sql::query("SELECT pk, id FROM nodes").fetch_all(tx).await? {
        keys.insert(NodeId(parse_uuid(row.try_get("id")?)?), row.try_get("pk")?);
    }
    let mut next = keys.values().copied().max().unwrap_or(0) + 1;
    for node in &imported {
        keys.entry(node.id).or_insert_with(|| {
            next += 1;
            next - 1
        });
    }
    let columns = ["pk", "id", "parent", "kind", "name", "disabled_roles"];
    let on_conflict = "ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, kind = excluded.kind, \
                       name = excluded.name, disabled_roles = excluded.disabled_roles";
    batch::insert_or(tx, "nodes", columns, on_conflict, &imported, |row, node| {
        row.push_bind(keys.get(&node.id).copied())
            .push_bind(node.id.0.as_bytes().to_vec())
            .push_bind(node.parent.and_then(|parent| keys.get(&parent).copied()))
            .push_bind(kind_name(node.kind))
            .push_bind(node.name.clone())
            .push_bind(node.disabled_roles.map(roles_to_bits));
    })
    .await?;
    if summary.added + summary.changed > 0 {
        count_up(tx, MetaKey::TreeVersion).await?;
    }
    Ok(summary)
}

/// Checks the kinds of the imported nodes, and of the nodes directly below them.
fn check_kinds(tree: &Tree, imported: &HashMap<NodeId, &Node>) -> Result<(), Error> {
    for node in tree.nodes() {
        let parent = node.parent.and_then(|parent| tree.node(parent));
        let is_affected =
            imported.contains_key(&node.id) || parent.is_some_and(|parent| imported.contains_key(&parent.id));
        if !is_affected || node.kind.may_be_below(parent.map(|parent| parent.kind)) {
            continue;
        }
        let (id, kind) = (node.id, kind_name(node.kind));
        let problem = match parent {
            Some(parent) => {
                format!("{id} must not be below {}: {kind} below {}", parent.id, kind_name(parent.kind))
            }
            None => format!("{id} must not be the root: the root is a provider, not {kind}"),
        };
        return Err(Error::Kind { node: id, parent: node.parent, problem });
    }
    Ok(())
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
