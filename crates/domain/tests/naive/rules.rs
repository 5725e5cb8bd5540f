//! The rules once more, sentence by sentence.

use std::collections::BTreeSet;

use studio_users_domain::{Assignments, Denial, NodeId, PendingGrant, Role, RoleSet, Tree};

use crate::world::NOW;

pub(crate) type Denials = BTreeSet<Denial>;

pub(crate) fn nodes(tree: &Tree) -> Vec<NodeId> {
    tree.nodes().iter().map(|node| node.id).collect()
}

pub(crate) fn parent(tree: &Tree, node: NodeId) -> Option<NodeId> {
    tree.nodes().iter().find(|other| other.id == node).unwrap().parent
}

/// "The assignment at the node, else what counts at the parent, else nothing."
pub(crate) fn effective(tree: &Tree, held: &Assignments, node: NodeId) -> RoleSet {
    match (held.get(&node), parent(tree, node)) {
        (Some(&roles), _) => roles,
        (None, Some(parent)) => effective(tree, held, parent),
        (None, None) => RoleSet::empty(),
    }
}

/// The node whose assignment counts at a node.
pub(crate) fn source(tree: &Tree, held: &Assignments, node: NodeId) -> Option<NodeId> {
    if held.contains_key(&node) { Some(node) } else { source(tree, held, parent(tree, node)?) }
}

/// "All but those disabled by the nearest licence; at the root it is Developer."
pub(crate) fn is_licensed(tree: &Tree, node: NodeId, role: Role) -> bool {
    let here = tree.nodes().iter().find(|other| other.id == node).unwrap();
    match (here.disabled_roles, here.parent) {
        (Some(disabled), _) => !disabled.contains(role),
        (None, Some(parent)) => is_licensed(tree, parent, role),
        (None, None) => role != Role::Developer,
    }
}

pub(crate) fn is_administrator(tree: &Tree, held: &Assignments, node: NodeId) -> bool {
    effective(tree, held, node).contains(Role::Administrator)
}

/// "Their effective roles there hold organisation manager or administrator."
pub(crate) fn manages(tree: &Tree, held: &Assignments, node: NodeId) -> bool {
    nodes(tree).contains(&node)
        && (effective(tree, held, node).contains(Role::OrganisationManager)
            || is_administrator(tree, held, node))
}

/// "Every assignment changed lies at a node that the actor manages. Every node below at which the user gains a role
/// must be managed by the actor and license that role; wherever effective roles change and hold administrator before
/// or after, the actor is an administrator there."
pub(crate) fn change(tree: &Tree, actor: &Assignments, before: &Assignments, after: &Assignments) -> Denials {
    let mut denials = Denials::new();
    for node in before.keys().chain(after.keys()) {
        if before.get(node) != after.get(node) && !manages(tree, actor, *node) {
            denials.insert(Denial::NotManaged);
        }
    }
    for node in nodes(tree) {
        let is_managed = manages(tree, actor, node);
        let (had, will_have) = (effective(tree, before, node), effective(tree, after, node));
        for gained in will_have.iter().filter(|role| !had.contains(*role)) {
            if !is_managed {
                denials.insert(Denial::ReachesBeyond);
            }
            if !is_licensed(tree, node, gained) {
                denials.insert(Denial::NotLicensed);
            }
        }
        let touches = had.contains(Role::Administrator) || will_have.contains(Role::Administrator);
        if had != will_have && touches && !is_administrator(tree, actor, node) {
            denials.insert(if is_managed { Denial::NeedsAdministrator } else { Denial::ReachesBeyond });
        }
    }
    denials
}

/// "A grant adds to what counts at its node, and makes it the node's own."
pub(crate) fn granted(tree: &Tree, held: &Assignments, grants: &Assignments) -> Assignments {
    let mut result = held.clone();
    for (&node, &roles) in grants {
        result.insert(node, effective(tree, held, node) | roles);
    }
    result
}

/// What grants at managed nodes promise together.
pub(crate) fn promised(tree: &Tree, actor: &Assignments, pending: &[PendingGrant]) -> Assignments {
    let mut result = Assignments::new();
    for grant in pending.iter().filter(|grant| manages(tree, actor, grant.node)) {
        let so_far = result.get(&grant.node).copied().unwrap_or_default();
        result.insert(grant.node, so_far | grant.roles);
    }
    result
}

/// "Assignments there are deleted, the empty set is written where something would still be inherited": the topmost
/// such node first, until there is none.
pub(crate) fn removed(tree: &Tree, actor: &Assignments, held: &Assignments) -> Assignments {
    let mut left = held.clone();
    left.retain(|node, _| !manages(tree, actor, *node));
    let is_open = |left: &Assignments, node: NodeId| {
        manages(tree, actor, node) && !effective(tree, left, node).is_empty()
    };
    let above = |node| std::iter::successors(Some(node), |&node| parent(tree, node)).count();
    while let Some(node) =
        nodes(tree).into_iter().filter(|&node| is_open(&left, node)).min_by_key(|&node| above(node))
    {
        left.insert(node, RoleSet::empty());
    }
    left
}

/// The nodes that had a joined manager and would be left without one, over everybody.
pub(crate) fn left_alone(tree: &Tree, before: &[Assignments], after: &[Assignments]) -> Vec<NodeId> {
    let has_manager = |users: &[Assignments], node| users.iter().any(|held| manages(tree, held, node));
    let mut nodes = nodes(tree);
    nodes.retain(|&node| has_manager(before, node) && !has_manager(after, node));
    nodes
}

/// What a view shows at a node, or why it shows nothing there; and whether that is yet to come.
pub(crate) fn viewed(
    tree: &Tree,
    actor: &Assignments,
    held: &Assignments,
    pending: &[PendingGrant],
    node: NodeId,
) -> Result<(RoleSet, bool), Denial> {
    let open: Vec<_> = pending.iter().filter(|grant| grant.expires_at > NOW).cloned().collect();
    let will_hold = granted(tree, held, &promised(tree, actor, &open));
    let (has, will_have) = (effective(tree, held, node), effective(tree, &will_hold, node));
    let roles = if has.is_empty() { will_have } else { has };
    if !manages(tree, actor, node) || roles.is_empty() {
        Err(Denial::NothingToView)
    } else if roles.contains(Role::Administrator) && !is_administrator(tree, actor, node) {
        Err(Denial::ViewNeedsAdministrator)
    } else {
        Ok((roles, has.is_empty()))
    }
}

/// The first of them counts.
pub(crate) fn verdict(denials: &Denials) -> Result<(), Denial> {
    denials.first().map_or(Ok(()), |&denial| Err(denial))
}
