use chrono::{DateTime, Utc};

use crate::{Access, Assignments, NodeAccess, PendingGrant, RoleSet, ScopePart, Status, Tree};

/// The stored access of one user, prepared for the overviews of many scope parts.
///
/// An overview of a part costs as much as the part has nodes. [`Overview::of`](crate::Overview::of) costs as much as the
/// tree has nodes, which is too slow for every part of a large tree.
#[derive(Debug)]
pub struct PartOverviews<'a> {
    tree: &'a Tree,
    access: Access,
    /// The positions of the assignments, ascending, each with the roles.
    assigned: Vec<(usize, RoleSet)>,
    pending: &'a [PendingGrant],
    /// The positions of the pending grants, ascending, each with the index of the grant.
    granted: Vec<(usize, usize)>,
}

/// The fields of an [`Overview`](crate::Overview) that a row of the directory stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartOverview {
    /// The user's status in this part.
    pub status: Status,
    /// All effective roles in the part, or the pending ones until the user has joined there.
    pub roles: RoleSet,
    /// The index, in the given list, of the pending grant in the part that expires last.
    pub invitation: Option<usize>,
}

impl<'a> PartOverviews<'a> {
    /// Prepares the overviews of a user. Ignores assignments and grants at nodes outside the tree.
    pub fn new(tree: &'a Tree, assignments: &Assignments, pending: &'a [PendingGrant]) -> Self {
        let assigned = assignments.iter().filter_map(|(&node, &roles)| Some((tree.position(node)?, roles)));
        let mut assigned: Vec<_> = assigned.collect();
        assigned.sort_unstable_by_key(|&(position, _)| position);
        let granted = pending.iter().enumerate();
        let granted = granted.filter_map(|(index, grant)| Some((tree.position(grant.node)?, index)));
        let mut granted: Vec<_> = granted.collect();
        granted.sort_unstable();
        Self { tree, access: Access::new(tree, assignments), assigned, pending, granted }
    }

    /// Returns the access of the user without the pending grants.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Returns the assignments in a part, in preorder.
    pub fn assigned(&self, part: ScopePart) -> impl Iterator<Item = RoleSet> + '_ {
        self.in_part(&self.assigned, part)
    }

    /// Returns the indexes of the pending grants in a part, in preorder of their nodes.
    pub fn granted(&self, part: ScopePart) -> impl Iterator<Item = usize> + '_ {
        self.in_part(&self.granted, part)
    }

    /// Summarizes the user for managers of a part. Returns `None` if the user is not visible there.
    pub fn of(&self, part: ScopePart, now: DateTime<Utc>) -> Option<PartOverview> {
        let positions = part.positions(self.tree);
        let invitation = self.granted(part).max_by_key(|&index| (self.pending[index].expires_at, index));
        let is_visible = |here: &NodeAccess| here.assigned.is_some() || !here.effective.is_empty();
        let here = positions.map(|position| self.access.at(position));
        if here.clone().any(is_visible) {
            let roles = here.fold(RoleSet::empty(), |roles, here| roles | here.effective);
            return Some(PartOverview { status: Status::Active, roles, invitation });
        }
        let expires_at = self.pending[invitation?].expires_at;
        let status = if expires_at > now { Status::Invited } else { Status::Expired };
        // Each granted role is effective at the grant's node, and no other role is effective anywhere in the part.
        let granted = self.granted(part).map(|index| self.pending[index].roles);
        let roles = granted.fold(RoleSet::empty(), |roles, granted| roles | granted);
        Some(PartOverview { status, roles, invitation })
    }

    /// Returns the values of a list by positions, ascending, that are in a part.
    fn in_part<'b, T: Copy>(
        &self,
        list: &'b [(usize, T)],
        part: ScopePart,
    ) -> impl Iterator<Item = T> + use<'b, T> {
        let positions = part.positions(self.tree);
        let first = list.partition_point(|&(position, _)| position < positions.start);
        let end = list.partition_point(|&(position, _)| position < positions.end);
        list[first..end].iter().map(|&(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::tests::{any_roles, any_tree};
    use crate::{NodeSet, Overview, UserId};
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use uuid::Uuid;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

    proptest! {
        #[test]
        fn equals_the_overview_of_each_part(
            tree in any_tree(),
            held in proptest::collection::vec((any::<prop::sample::Index>(), any_roles()), 0..4),
            granted in proptest::collection::vec((any::<prop::sample::Index>(), any_roles(), -3_i64..3), 0..4),
        ) {
            let node = |index: &prop::sample::Index| tree.nodes()[index.index(tree.len())].id;
            let held = held.iter().map(|(index, roles)| (node(index), *roles)).collect();
            let pending: Vec<_> = granted.iter().map(|(index, roles, days)| PendingGrant {
                node: node(index),
                roles: *roles,
                granted_by: UserId(Uuid::nil()),
                expires_at: NOW + TimeDelta::days(*days),
            }).collect();
            let overviews = PartOverviews::new(&tree, &held, &pending);
            for node in tree.nodes() {
                for part in [ScopePart::Subtree(node.id), ScopePart::Node(node.id)] {
                    let within = NodeSet::range(&tree, part.positions(&tree));
                    let expected = Overview::of(&tree, &within, &held, &pending, NOW);
                    let expected = expected.map(|Overview { status, roles, invitation, .. }| PartOverview {
                        status, roles, invitation,
                    });
                    prop_assert_eq!(overviews.of(part, NOW), expected);
                }
            }
        }
    }
}
