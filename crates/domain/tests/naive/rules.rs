//! The reference implementation of the rules, sentence by sentence. `moment` is the time at which a rule is evaluated.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use studio_users_domain::{Denial, Entry, Node, NodeId, NodeKind, PendingGrant, Role, RoleSet, Tree};

use crate::stored::Stored;

mod check;

pub(crate) use check::{Terms, USUAL, address, change};

pub(crate) type Denials = BTreeSet<Denial>;
pub(crate) type Moment = DateTime<Utc>;
/// Grants as entries, each with its node.
pub(crate) type Gifts = Vec<(NodeId, Entry)>;

pub(crate) fn nodes(tree: &Tree) -> Vec<NodeId> {
    tree.nodes().iter().map(|node| node.id).collect()
}

pub(crate) fn parent(tree: &Tree, node: NodeId) -> Option<NodeId> {
    tree.nodes().iter().find(|other| other.id == node).unwrap().parent
}

/// "The assignment at the node, else the effective roles of its parent, else no roles. A pause covers its node and the
/// nodes below, except those that are left out; such a node inherits nothing from a covered one."
pub(crate) fn effective(tree: &Tree, held: &Stored, node: NodeId, moment: Moment) -> RoleSet {
    if held.is_covered(tree, node, moment) {
        return RoleSet::empty();
    }
    match (held.assigned(node, moment), parent(tree, node)) {
        (Some(roles), _) => roles,
        (None, Some(parent)) => effective(tree, held, parent, moment),
        (None, None) => RoleSet::empty(),
    }
}

/// The roles once no pause is in force.
pub(crate) fn resumed(tree: &Tree, held: &Stored, node: NodeId, moment: Moment) -> RoleSet {
    effective(tree, &held.without_pauses(), node, moment)
}

/// The node whose assignment is effective at a node, once no pause is in force.
pub(crate) fn source(tree: &Tree, held: &Stored, node: NodeId, moment: Moment) -> Option<NodeId> {
    match held.assigned(node, moment) {
        Some(_) => Some(node),
        None => source(tree, held, parent(tree, node)?, moment),
    }
}

/// "All roles except those that the nearest licence disables. Without any licence, only Developer is disabled."
pub(crate) fn is_licensed(tree: &Tree, node: NodeId, role: Role) -> bool {
    let here = tree.nodes().iter().find(|other| other.id == node).unwrap();
    match (here.disabled_roles, here.parent) {
        (Some(disabled), _) => !disabled.contains(role),
        (None, Some(parent)) => is_licensed(tree, parent, role),
        (None, None) => role != Role::Developer,
    }
}

pub(crate) fn is_administrator(tree: &Tree, held: &Stored, node: NodeId, moment: Moment) -> bool {
    effective(tree, held, node, moment).contains(Role::Administrator)
}

/// "Their effective roles there include Organisation Manager or Administrator."
pub(crate) fn manages(tree: &Tree, held: &Stored, node: NodeId, moment: Moment) -> bool {
    nodes(tree).contains(&node)
        && (effective(tree, held, node, moment).contains(Role::OrganisationManager)
            || is_administrator(tree, held, node, moment))
}

/// Agent or Operator is effective, and assigned in the environment itself.
pub(crate) fn is_notified(tree: &Tree, held: &Stored, node: &Node, moment: Moment) -> bool {
    let roles = effective(tree, held, node.id, moment);
    node.kind == NodeKind::Environment
        && held.assigned(node.id, moment).is_some()
        && (roles.contains(Role::Agent) || roles.contains(Role::Operator))
}

/// Now, and every later moment at which anything can end in a random world.
pub(crate) fn moments(now: Moment) -> impl Iterator<Item = Moment> {
    std::iter::once(now).chain(crate::world::clock().filter(move |&moment| moment > now))
}

/// "A grant adds an entry to its node. At a node without entries, the inherited roles are copied. A copy ends with its
/// source or with the grant, whichever is earlier." What a node's entries give for as long is not added again.
pub(crate) fn with_grants(tree: &Tree, held: &Stored, grants: &Gifts, now: Moment) -> Stored {
    let mut result = held.clone();
    for (node, grant) in grants {
        if held.assigned(*node, now).is_none() {
            for inherited in inherited_entries(tree, held, *node, now) {
                let ends = [inherited.until, grant.until].into_iter().flatten();
                let copy = Entry { roles: inherited.roles, until: ends.min(), ..grant.clone() };
                if !copy.roles.is_empty() {
                    result.add(*node, copy, now);
                }
            }
        }
        result.add(*node, grant.clone(), now);
    }
    result
}

fn inherited_entries(tree: &Tree, held: &Stored, node: NodeId, now: Moment) -> Vec<Entry> {
    if !nodes(tree).contains(&node) {
        return Vec::new();
    }
    let above = parent(tree, node).and_then(|above| source(tree, held, above, now));
    above.map(|above| held.entries_at(above, now)).unwrap_or_default()
}

/// The pending grants at managed nodes, as the user would hold them. A grant whose access has ended still counts now.
pub(crate) fn pending_held(tree: &Tree, actor: &Stored, pending: &[PendingGrant], now: Moment) -> Stored {
    let mut held = Stored::default();
    for grant in pending.iter().filter(|grant| manages(tree, actor, grant.node, now)) {
        let until = grant.until.map(|until| until.max(crate::world::at_once(now)));
        held.entries.push((grant.node, Entry { until, ..grant.entry() }));
    }
    held
}

/// "Deletes the entries at these nodes. Writes the empty set where a node would still inherit roles, now or later": at
/// the topmost such node first, until there is none.
pub(crate) fn after_removal(tree: &Tree, removed: &[NodeId], held: &Stored, now: Moment) -> Stored {
    let mut remaining = held.clone();
    remaining.entries.retain(|(node, _)| !removed.contains(node));
    let still_inherits = |remaining: &Stored, node: NodeId| {
        moments(now).any(|moment| !resumed(tree, remaining, node, moment).is_empty())
    };
    let depth = |node| std::iter::successors(Some(node), |&node| parent(tree, node)).count();
    while let Some(&node) =
        removed.iter().filter(|&&node| still_inherits(&remaining, node)).min_by_key(|&&node| depth(node))
    {
        remaining.entries.push((node, Entry::new(RoleSet::empty(), None)));
    }
    remaining
}

pub(crate) fn managed_nodes(tree: &Tree, actor: &Stored, now: Moment) -> Vec<NodeId> {
    nodes(tree).into_iter().filter(|&node| manages(tree, actor, node, now)).collect()
}

/// The roles that a view shows at a node and whether they are pending, or the reason why it shows nothing there.
/// "Impersonation of a paused person shows what they will see once resumed."
pub(crate) fn viewed_roles(
    tree: &Tree,
    actor: &Stored,
    held: &Stored,
    pending: &[PendingGrant],
    node: NodeId,
    now: Moment,
) -> Result<(RoleSet, bool), Denial> {
    let is_open = |grant: &&PendingGrant| grant.expires_at > now && grant.until.is_none_or(|end| end > now);
    let open: Vec<_> = pending.iter().filter(is_open).cloned().collect();
    let will_hold = with_grants(tree, held, &pending_held(tree, actor, &open, now).entries, now);
    let (has, will_have) = (resumed(tree, held, node, now), resumed(tree, &will_hold, node, now));
    let roles = if has.is_empty() { will_have } else { has };
    if !manages(tree, actor, node, now) || roles.is_empty() {
        Err(Denial::NothingToView)
    } else if roles.contains(Role::Administrator) && !is_administrator(tree, actor, node, now) {
        Err(Denial::ViewNeedsAdministrator)
    } else {
        Ok((roles, has.is_empty()))
    }
}

/// Returns the first denial.
pub(crate) fn verdict(denials: &Denials) -> Result<(), Denial> {
    denials.first().map_or(Ok(()), |&denial| Err(denial))
}
