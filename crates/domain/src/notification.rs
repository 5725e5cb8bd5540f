use serde::{Deserialize, Serialize};

use crate::{Access, Node, NodeAccess, NodeId, NodeKind, Role, RoleSet, Tree};

/// Whether a user gets chat notifications from an environment, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notified {
    /// Whether the user gets chat notifications.
    pub value: bool,
    /// The reason for `value`.
    pub reason: NotifiedReason,
}

/// The reason why a user does or does not get chat notifications from an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotifiedReason {
    /// The user gets notifications: Agent or Operator is assigned in the environment itself.
    Ok,
    /// No notifications: Agent or Operator is only inherited. An inherited role gives access to the inbox only.
    OnlyInherited {
        /// The ancestor node at which the inherited roles are assigned.
        from: NodeId,
    },
    /// No notifications: none of the roles brings them. Supervisor and Administrator do not.
    RolesBringNone,
    /// No notifications: the user has no role in the environment.
    NoRoles,
    /// No notifications: the user has not accepted the invitation yet.
    NotAccepted,
    /// No notifications: the user's access is paused.
    Paused,
}

impl Notified {
    /// Evaluates the rule for one environment. `joined` is whether the user has accepted the invitation.
    pub fn evaluate(access: &NodeAccess, joined: bool) -> Self {
        let reason = match (access.assigned, access.inherited_from) {
            _ if !joined => NotifiedReason::NotAccepted,
            _ if access.is_paused => NotifiedReason::Paused,
            (Some(assigned), _) if bring_notifications(assigned) => NotifiedReason::Ok,
            (None, Some(from)) if bring_notifications(access.effective) => {
                NotifiedReason::OnlyInherited { from }
            }
            _ if access.effective.is_empty() => NotifiedReason::NoRoles,
            _ => NotifiedReason::RolesBringNone,
        };
        Self { value: reason == NotifiedReason::Ok, reason }
    }

    /// Evaluates the rule at a node. Returns `None` if the node is not an environment: only environments have a chat.
    pub fn at(node: &Node, access: &NodeAccess, joined: bool) -> Option<Self> {
        (node.kind == NodeKind::Environment).then(|| Self::evaluate(access, joined))
    }

    /// Whether a joined user with this access gets chat notifications from any of these nodes.
    pub fn at_any(tree: &Tree, access: &Access, nodes: impl IntoIterator<Item = NodeId>) -> bool {
        nodes.into_iter().filter_map(|node| tree.position(node)).any(|position| {
            Self::at(&tree.nodes()[position], access.at(position), true).is_some_and(|here| here.value)
        })
    }
}

/// Returns the roles that "Assign here" assigns in an environment, so that the user gets its chat notifications.
///
/// These are the effective roles, plus Agent if none of them brings notifications. From then on the environment no
/// longer inherits changes at higher levels.
pub fn assign_here_roles(access: &NodeAccess) -> RoleSet {
    let roles = access.effective;
    if bring_notifications(roles) { roles } else { roles | Role::Agent }
}

fn bring_notifications(roles: RoleSet) -> bool {
    roles.iter().any(Role::notifies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{id, tree};
    use crate::{Assignments, with_grants};

    fn reason(assignments: &Assignments, joined: bool) -> NotifiedReason {
        Notified::evaluate(Access::new(&tree(&[0]), assignments).at(1), joined).reason
    }

    #[test]
    fn notifies_for_a_directly_assigned_role() {
        let assigned = Assignments::from([(id(1), Role::Operator.into())]);
        assert_eq!(reason(&assigned, true), NotifiedReason::Ok);
        assert_eq!(reason(&assigned, false), NotifiedReason::NotAccepted);
    }

    #[test]
    fn reports_the_source_of_an_inherited_role_without_notifying() {
        let assigned = Assignments::from([(id(0), Role::Agent | Role::Planner)]);
        assert_eq!(reason(&assigned, true), NotifiedReason::OnlyInherited { from: id(0) });
    }

    #[test]
    fn does_not_notify_supervisors_administrators_and_users_without_roles() {
        let supervisor = Assignments::from([(id(1), Role::Supervisor | Role::Administrator)]);
        assert_eq!(reason(&supervisor, true), NotifiedReason::RolesBringNone);
        assert_eq!(reason(&Assignments::new(), true), NotifiedReason::NoRoles);
        let without_access = Assignments::from([(id(0), Role::Agent.into()), (id(1), RoleSet::empty())]);
        assert_eq!(reason(&without_access, true), NotifiedReason::NoRoles);
    }

    #[test]
    fn evaluates_environments_only() {
        let tree = tree(&[0]);
        let access = Access::new(&tree, &Assignments::from([(id(0), Role::Agent.into())]));
        assert_eq!(Notified::at(&tree.nodes()[0], access.at(0), true), None);
        let inherited = Notified::at(&tree.nodes()[1], access.at(1), true).unwrap();
        assert_eq!(inherited.reason, NotifiedReason::OnlyInherited { from: id(0) });
        assert!(!Notified::at_any(&tree, &access, [id(0), id(1)]));
    }

    #[test]
    fn a_grant_at_an_environment_brings_the_notifications_of_inherited_roles() {
        let tree = tree(&[0, 0]);
        let held = Assignments::from([(id(0), Role::Operator.into())]);
        let planner = Assignments::from([(id(1), Role::Planner.into())]);
        let is_notified = |held: &Assignments, nodes: &[NodeId]| {
            let after = with_grants(&tree, held, &planner);
            Notified::at_any(&tree, &Access::new(&tree, &after), nodes.iter().copied())
        };
        assert!(is_notified(&held, &[id(1)]));
        assert!(!is_notified(&held, &[id(2)]), "inherits Operator without a grant");
        assert!(!is_notified(&Assignments::new(), &[id(1)]));
    }

    #[test]
    fn assign_here_keeps_the_effective_roles_and_adds_agent_only_if_needed() {
        let assigned = |above: RoleSet| {
            let tree = tree(&[0]);
            let before = Assignments::from([(id(0), above)]);
            let here = assign_here_roles(Access::new(&tree, &before).at(1));
            let after = Assignments::from([(id(0), above), (id(1), here)]);
            assert_eq!(reason(&after, true), NotifiedReason::Ok);
            here
        };
        assert_eq!(assigned(Role::Operator | Role::Planner), Role::Operator | Role::Planner);
        assert_eq!(assigned(Role::Agent.into()), Role::Agent);
        assert_eq!(assigned(Role::Supervisor.into()), Role::Supervisor | Role::Agent);
        assert_eq!(assigned(RoleSet::empty()), Role::Agent);
    }
}
