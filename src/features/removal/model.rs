use std::collections::HashMap;

use studio_users_contract::{AccessNode, UserAccess};
use studio_users_domain::{NodeId, NodeKind, Role, RoleSet};

use crate::state::CurrentUser;

/// The access that a user loses at one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LostAccess {
    /// The name of the node.
    pub(super) name: String,
    pub(super) kind: NodeKind,
    /// The effective roles.
    pub(super) roles: RoleSet,
    /// Whether `roles` are inherited from a node above.
    pub(super) inherited: bool,
    /// The roles of a pending invitation.
    pub(super) invited_roles: RoleSet,
}

impl LostAccess {
    /// The effective roles, each with a flag that says whether it is inherited.
    pub(super) fn roles_with_source(&self) -> impl Iterator<Item = (Role, bool)> + use<> {
        let inherited = self.inherited;
        self.roles.iter().map(move |role| (role, inherited))
    }
}

/// Computes the access that a removal takes away. Lists every environment with effective or pending roles, and the
/// nodes above environments only if roles are assigned there instead of inherited.
pub(super) fn lost_access(access: &UserAccess, current_user: &CurrentUser) -> Vec<LostAccess> {
    let has_roles = |node: &AccessNode| !(node.effective.is_empty() && node.pending.is_empty());
    let by_id: HashMap<_, _> = access.nodes.iter().map(|node| (node.node_id, node)).collect();
    let access_at = |id: NodeId| by_id.get(&id).copied();
    let rows = access.nodes.iter().filter(|node| has_roles(node)).filter_map(|node| {
        let view = current_user.node(node.node_id)?;
        let above = view.parent_id.and_then(access_at);
        let is_assigned_here = node.assigned.is_some_and(|roles| !roles.is_empty())
            // Roles inherited from a node that the current user cannot see are listed at the topmost visible node.
            || !above.is_some_and(has_roles)
            || above.is_some_and(|above| !node.pending.is_subset(above.pending));
        (view.kind == NodeKind::Environment || is_assigned_here).then(|| LostAccess {
            name: view.name.clone(),
            kind: view.kind,
            roles: node.effective,
            inherited: node.assigned.is_none(),
            invited_roles: node.pending,
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_contract::{NodeView, Provenance, ProvenanceKind, Session, SessionUser};
    use studio_users_domain::UserId;
    use uuid::Uuid;

    fn id(number: u128) -> NodeId {
        NodeId(Uuid::from_u128(number))
    }

    fn node(number: u128, assigned: Option<RoleSet>, effective: RoleSet, pending: RoleSet) -> AccessNode {
        AccessNode {
            node_id: id(number),
            assigned,
            effective,
            provenance: Provenance { kind: ProvenanceKind::None, from: None },
            gained: RoleSet::empty(),
            lost: RoleSet::empty(),
            pending,
            notified: None,
        }
    }

    /// The lost access at an agency with two environments, as names and `inherited` flags.
    fn names(nodes: Vec<AccessNode>) -> Vec<(String, bool)> {
        let view = |number, parent, kind, name: &str| NodeView {
            id: id(number),
            parent_id: parent,
            kind,
            name: name.into(),
            own_managers: None,
            disabled_roles: None,
        };
        let user = SessionUser {
            id: UserId(Uuid::nil()),
            name: None,
            email: "a@x.example".into(),
            locale: None,
            digests: true,
        };
        let current_user = CurrentUser::new(
            Session { user, managed: Vec::new(), nodes: Vec::new(), view: None },
            vec![
                view(1, None, NodeKind::Agency, "Agency"),
                view(2, Some(id(1)), NodeKind::Environment, "Bank"),
                view(3, Some(id(1)), NodeKind::Environment, "Clinic"),
            ],
        );
        let access = UserAccess { nodes, warnings: Vec::new() };
        lost_access(&access, &current_user).into_iter().map(|lost| (lost.name, lost.inherited)).collect()
    }

    #[test]
    fn lists_inherited_roles_in_each_environment() {
        let (none, role) = (RoleSet::empty(), RoleSet::only(Role::Operator));
        let nodes =
            vec![node(1, Some(role), role, none), node(2, None, role, none), node(3, None, none, none)];
        assert_eq!(names(nodes), [("Agency".into(), false), ("Bank".into(), true)]);
    }

    #[test]
    fn lists_roles_from_an_invisible_node_at_the_topmost_visible_node() {
        let (none, role) = (RoleSet::empty(), RoleSet::only(Role::Operator));
        let nodes = vec![node(1, None, role, none), node(2, None, role, none)];
        assert_eq!(names(nodes), [("Agency".into(), true), ("Bank".into(), true)]);
    }

    #[test]
    fn lists_pending_invitations() {
        let (none, role) = (RoleSet::empty(), RoleSet::only(Role::Planner));
        let nodes =
            vec![node(1, None, none, none), node(2, None, none, role), node(3, Some(none), none, none)];
        assert_eq!(names(nodes), [("Bank".into(), true)]);
    }
}
