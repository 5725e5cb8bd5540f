use serde::{Deserialize, Serialize};

use crate::{NodeAccess, NodeId, Role, RoleSet};

/// Whether chats in an environment notify a user, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notified {
    /// Whether notifications arrive.
    pub value: bool,
    /// Why they do, or do not.
    pub reason: NotifiedReason,
}

/// Why chat notifications arrive or do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotifiedReason {
    /// Agent or Operator is assigned in the environment itself.
    Ok,
    /// Agent or Operator is only inherited: that gives inbox access, and no notification.
    OnlyInherited {
        /// The node above at which it is assigned.
        from: NodeId,
    },
    /// The roles here bring none, Supervisor and Administrator among them.
    RolesBringNone,
    /// There are no roles here.
    NoRoles,
    /// The invitation is not accepted yet.
    NotAccepted,
}

impl Notified {
    /// Judges one environment, from what the user has there and whether they have joined.
    pub fn judge(access: &NodeAccess, joined: bool) -> Self {
        let reason = match (access.assigned, access.inherited_from) {
            _ if !joined => NotifiedReason::NotAccepted,
            (Some(assigned), _) if brings(assigned) => NotifiedReason::Ok,
            (None, Some(from)) if brings(access.effective) => NotifiedReason::OnlyInherited { from },
            _ if access.effective.is_empty() => NotifiedReason::NoRoles,
            _ => NotifiedReason::RolesBringNone,
        };
        Self { value: reason == NotifiedReason::Ok, reason }
    }
}

/// What "assign here" writes as an environment's own, so that its chats notify: the roles that count there, and
/// Agent if none of them brings notifications. Later changes above no longer arrive there.
pub fn assigned_here(access: &NodeAccess) -> RoleSet {
    let roles = access.effective;
    if brings(roles) { roles } else { roles | Role::Agent }
}

fn brings(roles: RoleSet) -> bool {
    roles.iter().any(Role::notifies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{id, tree};
    use crate::{Access, Assignments};

    fn reason(assignments: &Assignments, joined: bool) -> NotifiedReason {
        Notified::judge(Access::new(&tree(&[0]), assignments).at(1), joined).reason
    }

    #[test]
    fn a_role_in_the_environment_itself_notifies() {
        let assigned = Assignments::from([(id(1), Role::Operator.into())]);
        assert_eq!(reason(&assigned, true), NotifiedReason::Ok);
        assert_eq!(reason(&assigned, false), NotifiedReason::NotAccepted);
    }

    #[test]
    fn an_inherited_role_does_not_notify_and_names_its_source() {
        let assigned = Assignments::from([(id(0), Role::Agent | Role::Planner)]);
        assert_eq!(reason(&assigned, true), NotifiedReason::OnlyInherited { from: id(0) });
    }

    #[test]
    fn supervisors_administrators_and_strangers_are_not_notified() {
        let supervisor = Assignments::from([(id(1), Role::Supervisor | Role::Administrator)]);
        assert_eq!(reason(&supervisor, true), NotifiedReason::RolesBringNone);
        assert_eq!(reason(&Assignments::new(), true), NotifiedReason::NoRoles);
        let shut_out = Assignments::from([(id(0), Role::Agent.into()), (id(1), RoleSet::empty())]);
        assert_eq!(reason(&shut_out, true), NotifiedReason::NoRoles);
    }

    #[test]
    fn assigning_here_writes_what_counts_here_and_agent_where_nothing_else_notifies() {
        let assigned = |above: RoleSet| {
            let tree = tree(&[0]);
            let before = Assignments::from([(id(0), above)]);
            let here = assigned_here(Access::new(&tree, &before).at(1));
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
