use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use studio_users_domain::{Access, NodeSet, Overview, PendingGrant, RoleSet, ScopePart, Status};

use crate::store::accounts::AccessRecord;
use crate::store::{Error, Organisation, roles_to_bits};

/// A row of the directory: one user as the managers of one scope part see them.
pub(super) struct Entry {
    pub(super) part: i64,
    pub(super) status: Status,
    pub(super) roles: RoleSet,
    /// Whether the user has an assignment or a pending grant in the part itself, not only above it.
    pub(super) is_assigned: bool,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) digest: i64,
}

/// Computes the directory rows of a user from their stored access.
pub(super) fn entries(
    organisation: &Organisation,
    record: &AccessRecord,
    now: DateTime<Utc>,
) -> Result<Vec<Entry>, Error> {
    let tree = &organisation.tree;
    let pending: Vec<PendingGrant> = record.pending.iter().map(|(grant, _)| grant.clone()).collect();
    let access = Access::new(tree, &record.assignments);
    let mut entries = Vec::new();
    for part in parts_touched(organisation, record) {
        let within = NodeSet::range(tree, part.positions(tree));
        let Some(overview) = Overview::of(tree, &within, &record.assignments, &pending, now) else {
            continue;
        };
        let part = organisation.part_key(part)?;
        let digest = digest(organisation, &within, &access, record);
        let (status, roles) = (overview.status, overview.roles);
        let is_assigned = is_assigned(organisation, &within, record);
        let entry = if status == Status::Active {
            Entry { part, status, roles, is_assigned, expires_at: None, created_at: None, digest }
        } else {
            let expires_at = overview.invitation.map(|index| pending[index].expires_at);
            let created_at = invited_at(organisation, &within, record);
            Entry { part, status, roles, is_assigned, expires_at, created_at, digest }
        };
        entries.push(entry);
    }
    Ok(entries)
}

/// Returns whether the user has a role or a pending grant at one of these nodes. An override with no roles does not
/// count.
fn is_assigned(organisation: &Organisation, within: &NodeSet, record: &AccessRecord) -> bool {
    let is_here = |node| organisation.tree.position(node).is_some_and(|position| within.contains(position));
    record.assignments.iter().any(|(node, roles)| !roles.is_empty() && is_here(*node))
        || record.pending.iter().any(|(grant, _)| is_within(organisation, within, grant))
}

/// Hashes the access of a user within some nodes, to detect changes.
///
/// If another version of the program hashes differently, subscribers get an event without a change, which is harmless.
fn digest(organisation: &Organisation, within: &NodeSet, access: &Access, record: &AccessRecord) -> i64 {
    let mut hasher = DefaultHasher::new();
    for position in within.iter() {
        let here = access.at(position);
        here.assigned.map(roles_to_bits).hash(&mut hasher);
        roles_to_bits(here.inherited).hash(&mut hasher);
        here.inherited_from.hash(&mut hasher);
    }
    let mut pending: Vec<_> = record
        .pending
        .iter()
        .filter(|(grant, _)| is_within(organisation, within, grant))
        .map(|(grant, created_at)| {
            (grant.node, roles_to_bits(grant.roles), grant.granted_by, grant.expires_at, *created_at)
        })
        .collect();
    pending.sort_unstable();
    pending.hash(&mut hasher);
    hasher.finish().cast_signed()
}

fn is_within(organisation: &Organisation, within: &NodeSet, grant: &PendingGrant) -> bool {
    organisation.tree.position(grant.node).is_some_and(|position| within.contains(position))
}

/// Returns the creation time of the oldest pending grant at these nodes.
///
/// Managers of these nodes see it as the creation time of the account, so that they learn nothing of other nodes.
pub(in crate::store) fn invited_at(
    organisation: &Organisation,
    within: &NodeSet,
    record: &AccessRecord,
) -> Option<DateTime<Utc>> {
    let here = record.pending.iter().filter(|(grant, _)| is_within(organisation, within, grant));
    here.map(|&(_, created_at)| created_at).min()
}

/// Returns the parts in which the user can be visible: those with a node at, above or below an assignment or pending
/// grant.
fn parts_touched(organisation: &Organisation, record: &AccessRecord) -> BTreeSet<ScopePart> {
    let tree = &organisation.tree;
    let nodes = record.assignments.keys().copied().chain(record.pending.iter().map(|(grant, _)| grant.node));
    let mut parts = BTreeSet::new();
    for position in nodes.filter_map(|node| tree.position(node)) {
        parts.extend(tree.ancestors(position).map(|above| ScopePart::Subtree(tree.nodes()[above].id)));
        for below in tree.subtree(position) {
            let id = tree.nodes()[below].id;
            parts.insert(ScopePart::Subtree(id));
            if !tree.is_leaf(below) {
                parts.insert(ScopePart::Node(id));
            }
        }
    }
    parts
}
