use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Access, AccessStatus, HeldAccess, NodeAccess, NodeId, NodeKind, NodeSet, PendingGrant, Role, RoleSet,
    Status, Tree, pending_assignments,
};

/// A role that a user has in the caller's scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowRole {
    /// The role that the user has at one or more nodes of the scope.
    pub role: Role,
    /// Whether the role is only inherited: it is not assigned in any environment of the scope itself.
    pub inherited: bool,
}

/// The summary of one user within a manager's scope: a row of the users table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The user's status in this scope.
    pub status: Status,
    /// The same status, with paused and ended access.
    pub access_status: AccessStatus,
    /// All effective roles in the scope, or the pending ones until the user has joined there. The former ones if
    /// everything is paused or has ended.
    pub roles: RoleSet,
    /// The roles of `roles` that are assigned in an environment itself.
    pub direct: RoleSet,
    /// The environments of the scope in which the user has a role or a pending one, in preorder.
    pub environments: Vec<NodeId>,
    /// The index, in the given list, of the pending grant in the scope that expires last.
    pub invitation: Option<usize>,
}

impl Overview {
    /// Summarizes a user for a manager of the nodes `within`. Returns `None` if the user is not visible there.
    ///
    /// A user is visible if they have effective or paused access, an assignment, a pending grant or an entry that ended
    /// recently at one of these nodes. Access or an assignment makes them active, because only joined users hold
    /// assignments. Until then, the roles are those that the pending grants within the scope would give.
    pub fn of(
        tree: &Tree,
        within: &NodeSet,
        held: impl Into<HeldAccess>,
        pending: &[PendingGrant],
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let held = held.into();
        let is_within = |grant: &PendingGrant| {
            tree.position(grant.node).is_some_and(|position| within.contains(position))
        };
        let invitation = pending
            .iter()
            .enumerate()
            .filter(|(_, grant)| is_within(grant))
            .max_by_key(|(_, grant)| grant.acceptable_until())
            .map(|(index, _)| index);
        let access = held.access(tree);
        let (status, access) = match AccessStatus::of_joined(within.iter().map(|at| access.at(at))) {
            Some(AccessStatus::Paused) => (AccessStatus::Paused, held.resumed().access(tree)),
            Some(status) => (status, access),
            None if let Some(index) = invitation => {
                let to_accept = pending_assignments(tree, within, pending);
                (AccessStatus::of_invited(&pending[index], now), Access::new(tree, &to_accept))
            }
            None => {
                let mut ended = held.ended().clone();
                ended.retain(|node, _| tree.position(node).is_some_and(|position| within.contains(position)));
                if ended.is_empty() {
                    return None;
                }
                (AccessStatus::Ended, Access::new(tree, &ended.roles()))
            }
        };
        Some(Self::summarize(tree, within, &access, status, invitation))
    }

    /// The roles for a table row, in the order of [`Role`].
    pub fn row_roles(&self) -> Vec<RowRole> {
        self.roles.iter().map(|role| RowRole { role, inherited: !self.direct.contains(role) }).collect()
    }

    fn summarize(
        tree: &Tree,
        within: &NodeSet,
        access: &Access,
        access_status: AccessStatus,
        invitation: Option<usize>,
    ) -> Self {
        let mut overview = Self {
            status: access_status.into(),
            access_status,
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

/// Whether a user has joined, as far as managers of the nodes `within` can tell: they hold access or an assignment
/// there, paused access included, or it ended recently. Only joined users hold assignments.
pub fn is_joined_within(tree: &Tree, within: &NodeSet, held: impl Into<HeldAccess>) -> bool {
    let held = held.into();
    let access = held.access(tree);
    let is_within = |node| tree.position(node).is_some_and(|position| within.contains(position));
    AccessStatus::of_joined(within.iter().map(|position| access.at(position))).is_some()
        || held.ended().nodes().any(is_within)
}

impl AccessStatus {
    /// Returns the status of a user with this access at the nodes of a scope. `None` if they hold nothing there.
    pub(crate) fn of_joined<'a>(scope: impl Iterator<Item = &'a NodeAccess>) -> Option<Self> {
        let (mut has_roles, mut is_paused, mut is_assigned) = (false, false, false);
        for here in scope {
            has_roles |= !here.effective.is_empty();
            is_paused |= here.is_paused;
            is_assigned |= here.assigned.is_some();
        }
        match (has_roles, is_paused, is_assigned) {
            (false, true, _) => Some(Self::Paused),
            (false, false, false) => None,
            _ => Some(Self::Active),
        }
    }

    /// Returns the status of a user with this grant, which is open longer than their others.
    pub(crate) fn of_invited(grant: &PendingGrant, now: DateTime<Utc>) -> Self {
        if grant.is_open(now) { Self::Invited } else { Self::Expired }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{id, tree};
    use crate::{Assignments, UserId};
    use chrono::TimeDelta;
    use uuid::Uuid;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

    fn grant(node: usize, role: Role, days_left: i64) -> PendingGrant {
        PendingGrant {
            node: id(node),
            roles: role.into(),
            granted_by: UserId(Uuid::nil()),
            expires_at: NOW + TimeDelta::days(days_left),
            until: None,
        }
    }

    fn overview(
        scope: usize,
        assignments: &[(usize, RoleSet)],
        pending: &[PendingGrant],
    ) -> Option<Overview> {
        // Node 0 is the provider, 1 an agency with the environments 2 and 3, and 4 another environment.
        let tree = tree(&[0, 1, 1, 0]);
        let within = NodeSet::range(&tree, tree.subtree(tree.position(id(scope)).unwrap()));
        let assignments = assignments.iter().map(|&(node, roles)| (id(node), roles));
        Overview::of(&tree, &within, assignments.collect::<Assignments>(), pending, NOW)
    }

    #[test]
    fn marks_a_role_as_inherited_until_an_environment_assigns_it() {
        let from_agency = (1, RoleSet::only(Role::Operator));
        let row = overview(2, &[from_agency], &[]).unwrap();
        assert_eq!(row.row_roles(), [RowRole { role: Role::Operator, inherited: true }]);

        let row = overview(1, &[from_agency, (3, Role::Operator | Role::Agent)], &[]).unwrap();
        assert_eq!(
            row.row_roles(),
            [
                RowRole { role: Role::Agent, inherited: false },
                RowRole { role: Role::Operator, inherited: false }
            ]
        );
    }

    #[test]
    fn hides_nodes_outside_the_scope() {
        let assignments = [(2, RoleSet::only(Role::Agent)), (4, RoleSet::only(Role::Administrator))];
        let row = overview(2, &assignments, &[]).unwrap();
        assert_eq!((row.roles, row.environments), (RoleSet::only(Role::Agent), vec![id(2)]));
        assert_eq!(overview(3, &assignments, &[]), None);
    }

    #[test]
    fn lists_a_user_whose_access_was_ended_without_roles() {
        let row = overview(2, &[(1, RoleSet::only(Role::Agent)), (2, RoleSet::empty())], &[]).unwrap();
        assert_eq!((row.status, row.roles.is_empty()), (Status::Active, true));
        assert!(row.environments.is_empty());
    }

    #[test]
    fn reports_the_status_within_the_scope() {
        let joined_elsewhere = [(4, RoleSet::only(Role::Agent))];
        let pending = [grant(2, Role::Planner, 3)];
        let here = overview(2, &joined_elsewhere, &pending).unwrap();
        assert_eq!((here.status, here.roles), (Status::Invited, RoleSet::only(Role::Planner)));
        let above = overview(0, &joined_elsewhere, &pending).unwrap();
        assert_eq!((above.status, above.roles), (Status::Active, RoleSet::only(Role::Agent)));
        assert_eq!(overview(4, &joined_elsewhere, &pending).unwrap().invitation, None);
    }

    #[test]
    fn expires_an_invitation_with_its_last_grant() {
        let pending = [grant(2, Role::Agent, 0), grant(3, Role::Planner, 2)];
        assert_eq!(overview(2, &[], &pending).unwrap().status, Status::Expired);
        let row = overview(1, &[], &pending).unwrap();
        assert_eq!((row.status, row.invitation), (Status::Invited, Some(1)));
        assert_eq!(row.environments, [id(2), id(3)]);
    }
}
