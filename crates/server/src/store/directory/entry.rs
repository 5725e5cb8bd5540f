use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use studio_users_domain::{Access, NodeSet, Overview, PendingGrant, RoleSet, ScopePart, Status};

use crate::store::accounts::Personal;
use crate::store::{Error, Organisation, roles_to_bits};

/// What readers of one part see of one user.
pub(super) struct Entry {
    pub(super) part: i64,
    pub(super) status: Status,
    pub(super) roles: RoleSet,
    /// Whether something was given to them in the part itself.
    pub(super) is_assigned: bool,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) digest: i64,
}

/// What readers of each part see of a user to whom this was given.
pub(super) fn entries(
    organisation: &Organisation,
    given: &Personal,
    now: DateTime<Utc>,
) -> Result<Vec<Entry>, Error> {
    let tree = &organisation.tree;
    let pending: Vec<PendingGrant> = given.pending.iter().map(|(grant, _)| grant.clone()).collect();
    let access = Access::new(tree, &given.assignments);
    let mut entries = Vec::new();
    for part in parts_touched(organisation, given) {
        let within = NodeSet::range(tree, part.positions(tree));
        let Some(seen) = Overview::of(tree, &within, &given.assignments, &pending, now) else { continue };
        let part = organisation.part_key(part)?;
        let digest = digest(organisation, &within, &access, given);
        let (status, roles) = (seen.status, seen.roles);
        let is_assigned = is_assigned(organisation, &within, given);
        let entry = if status == Status::Active {
            Entry { part, status, roles, is_assigned, expires_at: None, created_at: None, digest }
        } else {
            let expires_at = seen.invitation.map(|place| pending[place].expires_at);
            let created_at = invited_at(organisation, &within, given);
            Entry { part, status, roles, is_assigned, expires_at, created_at, digest }
        };
        entries.push(entry);
    }
    Ok(entries)
}

/// Whether a role was given at one of these nodes, or waits there; what takes all roles away is no gift.
fn is_assigned(organisation: &Organisation, within: &NodeSet, given: &Personal) -> bool {
    let is_here = |node| organisation.tree.position(node).is_some_and(|position| within.contains(position));
    given.assignments.iter().any(|(node, roles)| !roles.is_empty() && is_here(*node))
        || given.pending.iter().any(|(grant, _)| is_within(organisation, within, grant))
}

/// Stands for all that was given to a user within some nodes. Should it come out differently in another version
/// of the program, a change is told that was none.
fn digest(organisation: &Organisation, within: &NodeSet, access: &Access, given: &Personal) -> i64 {
    let mut hasher = DefaultHasher::new();
    for position in within.iter() {
        let here = access.at(position);
        here.assigned.map(roles_to_bits).hash(&mut hasher);
        roles_to_bits(here.inherited).hash(&mut hasher);
        here.inherited_from.hash(&mut hasher);
    }
    let mut pending: Vec<_> = given
        .pending
        .iter()
        .filter(|(grant, _)| is_within(organisation, within, grant))
        .map(|(grant, since)| {
            (grant.node, roles_to_bits(grant.roles), grant.granted_by, grant.expires_at, *since)
        })
        .collect();
    pending.sort_unstable();
    pending.hash(&mut hasher);
    hasher.finish().cast_signed()
}

fn is_within(organisation: &Organisation, within: &NodeSet, grant: &PendingGrant) -> bool {
    organisation.tree.position(grant.node).is_some_and(|position| within.contains(position))
}

/// When the first of the invitations to these nodes was made: for a reader who sees no more than them, the
/// account began then.
pub(in crate::store) fn invited_at(
    organisation: &Organisation,
    within: &NodeSet,
    given: &Personal,
) -> Option<DateTime<Utc>> {
    let here = given.pending.iter().filter(|(grant, _)| is_within(organisation, within, grant));
    here.map(|&(_, created_at)| created_at).min()
}

/// The parts in which the user can be visible: those that have a node at, above or below one where something
/// was given.
fn parts_touched(organisation: &Organisation, given: &Personal) -> BTreeSet<ScopePart> {
    let tree = &organisation.tree;
    let nodes = given.assignments.keys().copied().chain(given.pending.iter().map(|(grant, _)| grant.node));
    let mut parts = BTreeSet::new();
    for position in nodes.filter_map(|node| tree.position(node)) {
        parts.extend(tree.ancestors(position).map(|above| ScopePart::Subtree(tree.nodes()[above].id)));
        for below in tree.subtree(position) {
            let id = tree.nodes()[below].id;
            parts.insert(ScopePart::Subtree(id));
            if !tree.is_leaf(below) {
                parts.insert(ScopePart::Alone(id));
            }
        }
    }
    parts
}
