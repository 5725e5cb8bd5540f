use std::collections::HashSet;

use studio_users_contract::{AccessNode, NodeView, UserAccess};
use studio_users_domain::{
    CapabilitySet, NodeAccess, NodeId, NodeKind, Notified, RoleSet, Section, capabilities_of,
};

use crate::state::CurrentUser;

/// The roles of a user at one node, which decide what they see there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Visible {
    /// The effective roles, or the roles of a pending invitation.
    pub(super) roles: RoleSet,
    /// Whether the roles take effect only after the user accepts an invitation.
    pub(super) is_pending: bool,
    /// Whether chats notify the user. `None` at a node that holds no chats.
    pub(super) notified: Option<Notified>,
}

/// The difference between two columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The sections that only the second column shows.
    pub(super) shown: Vec<Section>,
    /// The sections that only the first column shows.
    pub(super) hidden: Vec<Section>,
    /// The capabilities that only the second column has.
    pub(super) gained: CapabilitySet,
    /// The capabilities that only the first column has.
    pub(super) lost: CapabilitySet,
    /// Whether chats notify in the second column. `None` if both columns agree.
    pub(super) notified: Option<bool>,
}

impl Visible {
    /// Returns what a user with this access sees at a node.
    pub(super) fn of(access: &UserAccess, node: NodeId) -> Self {
        let Some(here) = access_at(access, node) else { return Self::default() };
        let is_pending = here.effective.is_empty() && !here.pending.is_empty();
        let roles = if is_pending { here.pending } else { here.effective };
        Self { roles, is_pending, notified: here.notified }
    }

    /// Returns what the user would see if these roles were also assigned at the node itself.
    pub(super) fn with_more(access: &UserAccess, node: NodeId, more: RoleSet) -> Self {
        let before = Self::of(access, node);
        if (more - before.roles).is_empty() {
            return before;
        }
        let roles = before.roles | more;
        let given = NodeAccess { assigned: Some(roles), effective: roles, ..NodeAccess::default() };
        let notified = access_at(access, node).and_then(|here| here.notified);
        let notified = notified.map(|_| Notified::evaluate(&given, !before.is_pending));
        Self { roles, notified, ..before }
    }

    /// The capabilities of the roles.
    pub(super) fn capabilities(self) -> CapabilitySet {
        capabilities_of(self.roles)
    }

    fn shows(self, section: Section) -> bool {
        section.is_visible_with(self.capabilities())
    }
}

impl Difference {
    /// Computes how the second column differs from the first.
    pub(super) fn between(first: Visible, second: Visible) -> Self {
        let only = |one: Visible, other: Visible| {
            Section::all().filter(|&section| one.shows(section) && !other.shows(section)).collect()
        };
        let is_notified = |visible: Visible| visible.notified.is_some_and(|notified| notified.value);
        let notified = is_notified(second);
        Self {
            shown: only(second, first),
            hidden: only(first, second),
            gained: second.capabilities() - first.capabilities(),
            lost: first.capabilities() - second.capabilities(),
            notified: (notified != is_notified(first)).then_some(notified),
        }
    }

    /// Whether both columns show the same.
    pub(super) fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty() && self.notified.is_none()
    }
}

/// Returns the nodes at which access can be compared: the environments that the current user manages, or all managed
/// nodes if none is an environment. Nodes with roles come first.
pub(super) fn comparable_nodes(access: &UserAccess, current_user: &CurrentUser) -> Vec<(NodeId, String)> {
    let managed = || current_user.managed_positions().map(|position| &current_user.nodes[position]);
    let is_environment = |node: &&NodeView| node.kind == NodeKind::Environment;
    let mut nodes: Vec<_> = managed().filter(is_environment).collect();
    if nodes.is_empty() {
        nodes = managed().collect();
    }
    let has_roles = |held: &&AccessNode| !(held.effective.is_empty() && held.pending.is_empty());
    let with_roles: HashSet<_> = access.nodes.iter().filter(has_roles).map(|held| held.node_id).collect();
    let (first, rest): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|node| with_roles.contains(&node.id));
    first.into_iter().chain(rest).map(|node| (node.id, node.name.clone())).collect()
}

fn access_at(access: &UserAccess, node: NodeId) -> Option<&AccessNode> {
    access.nodes.iter().find(|here| here.node_id == node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_contract::{Provenance, ProvenanceKind};
    use studio_users_domain::{NotifiedReason, Role};
    use uuid::Uuid;

    const HERE: NodeId = NodeId(Uuid::from_u128(2));

    /// The access of a user with inherited or pending roles in an environment.
    fn access(effective: RoleSet, pending: RoleSet) -> UserAccess {
        let reason = if pending.is_empty() {
            NotifiedReason::OnlyInherited { from: NodeId(Uuid::from_u128(1)) }
        } else {
            NotifiedReason::NotAccepted
        };
        let node = AccessNode {
            node_id: HERE,
            assigned: None,
            effective,
            provenance: Provenance { kind: ProvenanceKind::None, from: None },
            gained: RoleSet::empty(),
            lost: RoleSet::empty(),
            pending,
            notified: Some(Notified { value: false, reason }),
        };
        UserAccess { nodes: vec![node], warnings: Vec::new() }
    }

    #[test]
    fn added_roles_show_sections_and_enable_notifications() {
        let access = access(Role::Operator.into(), RoleSet::empty());
        let (before, after) =
            (Visible::of(&access, HERE), Visible::with_more(&access, HERE, Role::Analyst.into()));
        assert_eq!(after.roles, Role::Operator | Role::Analyst);
        let difference = Difference::between(before, after);
        assert_eq!(difference.shown, [Section::Analytics]);
        assert!(difference.lost.is_empty() && difference.notified == Some(true));
        assert!(Difference::between(before, before).is_empty());
    }

    #[test]
    fn adding_held_roles_changes_nothing() {
        let access = access(Role::Operator.into(), RoleSet::empty());
        assert_eq!(Visible::with_more(&access, HERE, Role::Operator.into()), Visible::of(&access, HERE));
        assert_eq!(Visible::with_more(&access, HERE, RoleSet::empty()), Visible::of(&access, HERE));
    }

    #[test]
    fn a_pending_invitation_shows_sections_without_notifications() {
        let access = access(RoleSet::empty(), Role::Agent.into());
        let after = Visible::with_more(&access, HERE, Role::Operator.into());
        assert!(after.is_pending);
        assert_eq!(after.notified.map(|notified| notified.reason), Some(NotifiedReason::NotAccepted));
    }

    #[test]
    fn lists_sections_that_only_one_of_two_users_sees() {
        let one = Visible::of(&access(Role::Planner.into(), RoleSet::empty()), HERE);
        let other = Visible::of(&access(Role::Agent.into(), RoleSet::empty()), HERE);
        let difference = Difference::between(one, other);
        assert_eq!((difference.shown, difference.hidden), (vec![Section::Inbox], vec![Section::Planning]));
        assert_eq!(
            Visible::of(&access(Role::Agent.into(), RoleSet::empty()), NodeId(Uuid::nil())),
            Visible::default()
        );
    }
}
