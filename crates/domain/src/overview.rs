use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Access, Assignments, NodeAccess, NodeId, NodeKind, NodeSet, PendingGrant, Role, RoleSet, Tree, promised,
};

/// How far a user has come, in the reader's scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Has joined.
    Active,
    /// Can still accept the invitation.
    Invited,
    /// Did not accept in time.
    Expired,
}

impl Status {
    /// The name on the wire.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Expired => "expired",
        }
    }
}

/// A role that a user has somewhere in the reader's scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowRole {
    /// The role.
    pub role: Role,
    /// Whether every environment that has it has it from above: none has it assigned itself.
    pub inherited: bool,
}

/// One user at a glance, as far as a reader may see: a row of the users table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// How far the user has come in this scope.
    pub status: Status,
    /// Every role held in the scope, or, until the user has joined there, to be held.
    pub roles: RoleSet,
    /// Those of them that are assigned in an environment itself.
    pub direct: RoleSet,
    /// The environments of the scope in which the user has, or will have, a role; in the tree's order.
    pub environments: Vec<NodeId>,
    /// The pending grant in the scope that expires last, by its place in the list that was given.
    pub invitation: Option<usize>,
}

impl Overview {
    /// What a reader who sees these nodes sees of the user; nothing where the user is not visible to them.
    ///
    /// A user is visible by effective access, an assignment or a pending grant at a node of the reader's. They
    /// are active there by access or an assignment: only who has joined holds one. Until then the roles are
    /// those that the pending grants within the scope would give there.
    pub fn of(
        tree: &Tree,
        within: &NodeSet,
        assignments: &Assignments,
        pending: &[PendingGrant],
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let is_within =
            |grant: &PendingGrant| tree.position(grant.node).is_some_and(|at| within.contains(at));
        let invitation = pending
            .iter()
            .enumerate()
            .filter(|(_, grant)| is_within(grant))
            .max_by_key(|(_, grant)| grant.expires_at)
            .map(|(place, _)| place);
        let held = Access::new(tree, assignments);
        let has_joined = within.iter().map(|at| held.at(at)).any(has_something);
        if has_joined {
            return Some(Self::over(tree, within, &held, Status::Active, invitation));
        }
        let expires_at = pending[invitation?].expires_at;
        let promised = promised(tree, within, pending);
        let status = if expires_at > now { Status::Invited } else { Status::Expired };
        Some(Self::over(tree, within, &Access::new(tree, &promised), status, invitation))
    }

    /// The roles for a row, in their usual order.
    pub fn row_roles(&self) -> Vec<RowRole> {
        self.roles.iter().map(|role| RowRole { role, inherited: !self.direct.contains(role) }).collect()
    }

    fn over(
        tree: &Tree,
        within: &NodeSet,
        access: &Access,
        status: Status,
        invitation: Option<usize>,
    ) -> Self {
        let mut overview = Self {
            status,
            roles: RoleSet::empty(),
            direct: RoleSet::empty(),
            environments: Vec::new(),
            invitation,
        };
        for position in within.iter() {
            let (node, here) = (&tree.nodes()[position], access.at(position));
            overview.roles |= here.effective;
            if node.kind == NodeKind::Environment && !here.effective.is_empty() {
                overview.direct |= here.assigned.unwrap_or_default();
                overview.environments.push(node.id);
            }
        }
        overview
    }
}

fn has_something(access: &NodeAccess) -> bool {
    access.assigned.is_some() || !access.effective.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UserId;
    use crate::tree::tests::{id, tree};
    use chrono::TimeDelta;
    use uuid::Uuid;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

    fn grant(node: usize, role: Role, days_left: i64) -> PendingGrant {
        PendingGrant {
            node: id(node),
            roles: role.into(),
            granted_by: UserId(Uuid::nil()),
            expires_at: NOW + TimeDelta::days(days_left),
        }
    }

    fn overview(
        scope: usize,
        assignments: &[(usize, RoleSet)],
        pending: &[PendingGrant],
    ) -> Option<Overview> {
        // 0 the provider; 1 an agency with the environments 2 and 3; 4 an environment elsewhere.
        let tree = tree(&[0, 1, 1, 0]);
        let within = NodeSet::range(&tree, tree.subtree(tree.position(id(scope)).unwrap()));
        let assignments = assignments.iter().map(|&(node, roles)| (id(node), roles)).collect();
        Overview::of(&tree, &within, &assignments, pending, NOW)
    }

    #[test]
    fn a_role_from_above_is_inherited_until_one_environment_has_it_itself() {
        let from_agency = (1, RoleSet::only(Role::Operator));
        let seen = overview(2, &[from_agency], &[]).unwrap();
        assert_eq!(seen.row_roles(), [RowRole { role: Role::Operator, inherited: true }]);

        let seen = overview(1, &[from_agency, (3, Role::Operator | Role::Agent)], &[]).unwrap();
        assert_eq!(
            seen.row_roles(),
            [
                RowRole { role: Role::Agent, inherited: false },
                RowRole { role: Role::Operator, inherited: false }
            ]
        );
    }

    #[test]
    fn nothing_of_other_nodes_is_seen() {
        let assignments = [(2, RoleSet::only(Role::Agent)), (4, RoleSet::only(Role::Administrator))];
        let seen = overview(2, &assignments, &[]).unwrap();
        assert_eq!((seen.roles, seen.environments), (RoleSet::only(Role::Agent), vec![id(2)]));
        assert_eq!(overview(3, &assignments, &[]), None);
    }

    #[test]
    fn someone_shut_out_here_is_seen_with_no_roles() {
        let seen = overview(2, &[(1, RoleSet::only(Role::Agent)), (2, RoleSet::empty())], &[]).unwrap();
        assert_eq!((seen.status, seen.roles.is_empty()), (Status::Active, true));
        assert!(seen.environments.is_empty());
    }

    #[test]
    fn status_is_that_of_the_readers_scope() {
        let joined_elsewhere = [(4, RoleSet::only(Role::Agent))];
        let pending = [grant(2, Role::Planner, 3)];
        let here = overview(2, &joined_elsewhere, &pending).unwrap();
        assert_eq!((here.status, here.roles), (Status::Invited, RoleSet::only(Role::Planner)));
        let above = overview(0, &joined_elsewhere, &pending).unwrap();
        assert_eq!((above.status, above.roles), (Status::Active, RoleSet::only(Role::Agent)));
        assert_eq!(overview(4, &joined_elsewhere, &pending).unwrap().invitation, None);
    }

    #[test]
    fn an_invitation_expires_when_its_last_grant_does() {
        let pending = [grant(2, Role::Agent, 0), grant(3, Role::Planner, 2)];
        assert_eq!(overview(2, &[], &pending).unwrap().status, Status::Expired);
        let seen = overview(1, &[], &pending).unwrap();
        assert_eq!((seen.status, seen.invitation), (Status::Invited, Some(1)));
        assert_eq!(seen.environments, [id(2), id(3)]);
    }
}
