//! The reference implementation of the rules, sentence by sentence.

use std::collections::BTreeSet;

use studio_users_domain::{
    Assignments, Denial, Node, NodeId, NodeKind, PendingGrant, Role, RoleSet, Tree, UserId,
};

use crate::world::NOW;

pub(crate) type Denials = BTreeSet<Denial>;

pub(crate) fn nodes(tree: &Tree) -> Vec<NodeId> {
    tree.nodes().iter().map(|node| node.id).collect()
}

pub(crate) fn parent(tree: &Tree, node: NodeId) -> Option<NodeId> {
    tree.nodes().iter().find(|other| other.id == node).unwrap().parent
}

/// "The assignment at the node, else the effective roles of its parent, else no roles."
pub(crate) fn effective(tree: &Tree, held: &Assignments, node: NodeId) -> RoleSet {
    match (held.get(&node), parent(tree, node)) {
        (Some(&roles), _) => roles,
        (None, Some(parent)) => effective(tree, held, parent),
        (None, None) => RoleSet::empty(),
    }
}

/// The node whose assignment is effective at a node.
pub(crate) fn source(tree: &Tree, held: &Assignments, node: NodeId) -> Option<NodeId> {
    if held.contains_key(&node) { Some(node) } else { source(tree, held, parent(tree, node)?) }
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

pub(crate) fn is_administrator(tree: &Tree, held: &Assignments, node: NodeId) -> bool {
    effective(tree, held, node).contains(Role::Administrator)
}

/// "Their effective roles there include Organisation Manager or Administrator."
pub(crate) fn manages(tree: &Tree, held: &Assignments, node: NodeId) -> bool {
    nodes(tree).contains(&node)
        && (effective(tree, held, node).contains(Role::OrganisationManager)
            || is_administrator(tree, held, node))
}

/// "The actor manages every node at which an assignment changes. At every node at which the user gains a role, the
/// actor manages the node and its licence includes the role. At every node at which the effective roles change and
/// include Administrator, before or after, the actor is an Administrator."
pub(crate) fn change(tree: &Tree, actor: &Assignments, before: &Assignments, after: &Assignments) -> Denials {
    let mut denials = Denials::new();
    for node in before.keys().chain(after.keys()) {
        if before.get(node) != after.get(node) && !manages(tree, actor, *node) {
            denials.insert(Denial::NotManaged);
        }
    }
    for node in nodes(tree) {
        let is_managed = manages(tree, actor, node);
        let (had, has) = (effective(tree, before, node), effective(tree, after, node));
        for gained in has.iter().filter(|role| !had.contains(*role)) {
            if !is_managed {
                denials.insert(Denial::ReachesBeyond);
            }
            if !is_licensed(tree, node, gained) {
                denials.insert(Denial::NotLicensed);
            }
        }
        let has_administrator = had.contains(Role::Administrator) || has.contains(Role::Administrator);
        if had != has && has_administrator && !is_administrator(tree, actor, node) {
            denials.insert(if is_managed { Denial::NeedsAdministrator } else { Denial::ReachesBeyond });
        }
    }
    denials
}

/// "A user whose e-mail address is not confirmed gains roles and chat notifications only from the manager by whose
/// copied link they joined."
pub(crate) fn address(
    tree: &Tree,
    actor: UserId,
    unconfirmed_by: Option<UserId>,
    before: &Assignments,
    after: &Assignments,
) -> Denials {
    let chats = |held: &Assignments, node: &Node| {
        let own = held.get(&node.id).copied().unwrap_or_default();
        node.kind == NodeKind::Environment && (own.contains(Role::Agent) || own.contains(Role::Operator))
    };
    let gains = tree.nodes().iter().any(|node| {
        let had = effective(tree, before, node.id);
        effective(tree, after, node.id).iter().any(|role| !had.contains(role))
            || chats(after, node) && !chats(before, node)
    });
    match unconfirmed_by {
        Some(creator) if creator != actor && gains => [Denial::AddressUnconfirmed].into(),
        _ => Denials::new(),
    }
}

/// "A grant assigns the effective roles plus its own at its node."
pub(crate) fn with_grants(tree: &Tree, held: &Assignments, grants: &Assignments) -> Assignments {
    let mut result = held.clone();
    for (&node, &roles) in grants {
        result.insert(node, effective(tree, held, node) | roles);
    }
    result
}

/// Merges the pending grants at managed nodes.
pub(crate) fn pending_assignments(tree: &Tree, actor: &Assignments, pending: &[PendingGrant]) -> Assignments {
    let mut result = Assignments::new();
    for grant in pending.iter().filter(|grant| manages(tree, actor, grant.node)) {
        let so_far = result.get(&grant.node).copied().unwrap_or_default();
        result.insert(grant.node, so_far | grant.roles);
    }
    result
}

/// "Deletes the assignments at managed nodes. Writes the empty set where a managed node would still inherit
/// roles": at the topmost such node first, until there is none.
pub(crate) fn assignments_after_removal(tree: &Tree, actor: &Assignments, held: &Assignments) -> Assignments {
    let mut remaining = held.clone();
    remaining.retain(|node, _| !manages(tree, actor, *node));
    let still_inherits = |remaining: &Assignments, node: NodeId| {
        manages(tree, actor, node) && !effective(tree, remaining, node).is_empty()
    };
    let depth = |node| std::iter::successors(Some(node), |&node| parent(tree, node)).count();
    while let Some(node) = nodes(tree)
        .into_iter()
        .filter(|&node| still_inherits(&remaining, node))
        .min_by_key(|&node| depth(node))
    {
        remaining.insert(node, RoleSet::empty());
    }
    remaining
}

/// The nodes that lose their last joined manager, across all users.
pub(crate) fn nodes_without_manager(
    tree: &Tree,
    before: &[Assignments],
    after: &[Assignments],
) -> Vec<NodeId> {
    let has_manager = |users: &[Assignments], node| users.iter().any(|held| manages(tree, held, node));
    let mut nodes = nodes(tree);
    nodes.retain(|&node| has_manager(before, node) && !has_manager(after, node));
    nodes
}

/// The roles that a view shows at a node and whether they are pending, or the reason why it shows nothing there.
pub(crate) fn viewed_roles(
    tree: &Tree,
    actor: &Assignments,
    held: &Assignments,
    pending: &[PendingGrant],
    node: NodeId,
) -> Result<(RoleSet, bool), Denial> {
    let unexpired: Vec<_> = pending.iter().filter(|grant| grant.expires_at > NOW).cloned().collect();
    let will_hold = with_grants(tree, held, &pending_assignments(tree, actor, &unexpired));
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

/// Returns the first denial.
pub(crate) fn verdict(denials: &Denials) -> Result<(), Denial> {
    denials.first().map_or(Ok(()), |&denial| Err(denial))
}
