use std::ops::RangeInclusive;

use crate::{Access, Assignments, NodeKind, NodeSet, PendingGrant, Role, RoleSet, Tree};

/// For how many days an invitation can be accepted.
pub const INVITATION_DAYS: RangeInclusive<u8> = 1..=30;
/// For how many days it can where nobody chose.
pub const DEFAULT_INVITATION_DAYS: u8 = 14;

/// What pending grants at these nodes promise together. Several people may have granted something at one node.
pub fn promised<'a>(
    tree: &Tree,
    within: &NodeSet,
    pending: impl IntoIterator<Item = &'a PendingGrant>,
) -> Assignments {
    let mut promised = Assignments::new();
    for grant in pending {
        if tree.position(grant.node).is_some_and(|at| within.contains(at)) {
            *promised.entry(grant.node).or_default() |= grant.roles;
        }
    }
    promised
}

/// The assignments that result where grants are given to somebody, all at once: what one of them brings is not
/// added to another below it.
///
/// **(choice)** A grant adds to what counts at its node, and makes it the node's own: whoever is invited somewhere
/// loses nothing there by it, and is notified of chats where the grant says so.
#[must_use]
pub fn granted(tree: &Tree, held: &Assignments, grants: &Assignments) -> Assignments {
    let access = Access::new(tree, held);
    let mut result = held.clone();
    for (&node, &roles) in grants {
        let before = tree.position(node).map(|at| access.at(at).effective).unwrap_or_default();
        result.insert(node, before | roles);
    }
    result
}

/// Whether an invitation with these roles leaves an environment without a manager of its own, where it had none.
/// The first person invited to an environment should be an organisation manager: asked with no roles, this says
/// whether to propose it, and asked with those chosen, whether to ask once more. It forbids nothing.
pub fn lacks_manager(kind: NodeKind, own_managers: u32, roles: RoleSet) -> bool {
    kind == NodeKind::Environment && own_managers == 0 && !roles.iter().any(Role::manages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_person_invited_to_an_environment_should_manage_it() {
        assert!(lacks_manager(NodeKind::Environment, 0, RoleSet::empty()));
        assert!(lacks_manager(NodeKind::Environment, 0, Role::Agent | Role::Producer));
        assert!(!lacks_manager(NodeKind::Environment, 0, Role::Agent | Role::OrganisationManager));
        assert!(!lacks_manager(NodeKind::Environment, 0, Role::Administrator.into()));
        assert!(!lacks_manager(NodeKind::Environment, 1, Role::Agent.into()));
        assert!(!lacks_manager(NodeKind::Agency, 0, Role::Agent.into()));
    }
}
