use chrono::{DateTime, Utc};

use crate::{Access, AccessStatus, Assignments, HeldAccess, PendingGrant, RoleSet, ScopePart, Status, Tree};

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
    /// The positions of the access that ended recently, ascending, each with the former roles.
    ended: Vec<(usize, RoleSet)>,
    pending: &'a [PendingGrant],
    /// The positions of the pending grants, ascending, each with the index of the grant.
    granted: Vec<(usize, usize)>,
}

/// The fields of an [`Overview`](crate::Overview) that a row of the directory stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartOverview {
    /// The user's status in this part.
    pub status: Status,
    /// The same status, with paused and ended access.
    pub access_status: AccessStatus,
    /// All effective roles in the part, or the pending ones until the user has joined there. The former ones if
    /// everything is paused or has ended.
    pub roles: RoleSet,
    /// The index, in the given list, of the pending grant in the part that expires last.
    pub invitation: Option<usize>,
}

impl<'a> PartOverviews<'a> {
    /// Prepares the overviews of a user. Ignores assignments and grants at nodes outside the tree.
    pub fn new(tree: &'a Tree, held: impl Into<HeldAccess>, pending: &'a [PendingGrant]) -> Self {
        let held = held.into();
        let by_position = |assignments: &Assignments| {
            let roles = assignments.iter().filter_map(|(&node, &roles)| Some((tree.position(node)?, roles)));
            let mut roles: Vec<_> = roles.collect();
            roles.sort_unstable_by_key(|&(position, _)| position);
            roles
        };
        let (assigned, ended) = (by_position(&held.assignments()), by_position(&held.ended().roles()));
        let granted = pending.iter().enumerate();
        let granted = granted.filter_map(|(index, grant)| Some((tree.position(grant.node)?, index)));
        let mut granted: Vec<_> = granted.collect();
        granted.sort_unstable();
        Self { tree, access: held.access(tree), assigned, ended, pending, granted }
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
        let invitation =
            self.granted(part).max_by_key(|&index| (self.pending[index].acceptable_until(), index));
        let here = positions.map(|position| self.access.at(position));
        let status = AccessStatus::of_joined(here.clone());
        let union = |roles: &mut dyn Iterator<Item = RoleSet>| {
            roles.fold(RoleSet::empty(), |union, roles| union | roles)
        };
        // Each granted or ended role is effective at its node, and no other role is effective anywhere in the part.
        let (access_status, roles) = match (status, invitation) {
            (Some(AccessStatus::Paused), _) => {
                (AccessStatus::Paused, union(&mut here.map(crate::NodeAccess::resumed)))
            }
            (Some(status), _) => (status, union(&mut here.map(|here| here.effective))),
            (None, Some(index)) => {
                let granted = self.granted(part).map(|index| self.pending[index].roles);
                (AccessStatus::of_invited(&self.pending[index], now), union(&mut granted.into_iter()))
            }
            (None, None) => {
                let mut ended = self.in_part(&self.ended, part).peekable();
                ended.peek()?;
                (AccessStatus::Ended, union(&mut ended))
            }
        };
        Some(PartOverview { status: access_status.into(), access_status, roles, invitation })
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
    use crate::{Author, Entries, Entry, NodeSet, Overview, Pause, UserId};
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use uuid::Uuid;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

    fn after(days: i64) -> DateTime<Utc> {
        NOW + TimeDelta::days(days)
    }

    proptest! {
        #[test]
        fn equals_the_overview_of_each_part(
            tree in any_tree(),
            held in proptest::collection::vec((any::<prop::sample::Index>(), any_roles(), -40_i64..20), 0..4),
            paused in proptest::collection::vec(any::<prop::sample::Index>(), 0..2),
            granted in proptest::collection::vec((any::<prop::sample::Index>(), any_roles(), -3_i64..3), 0..4),
        ) {
            let node = |index: &prop::sample::Index| tree.nodes()[index.index(tree.len())].id;
            let held = held.iter().map(|(index, roles, days)| {
                (node(index), Entry::new(*roles, (*days < 10).then(|| after(*days))))
            });
            let pauses = paused.iter().map(|index| Pause {
                node: node(index),
                since: NOW,
                until: None,
                reason: "Holiday".into(),
                by: Author::System,
                left_out: [node(index)].into_iter().filter(|_| granted.len() == 1).collect(),
            });
            let held = HeldAccess::at(NOW, held.collect::<Entries>(), pauses.collect());
            let pending: Vec<_> = granted.iter().map(|(index, roles, days)| PendingGrant {
                node: node(index),
                roles: *roles,
                granted_by: UserId(Uuid::nil()),
                expires_at: after(*days),
                until: (*days > 1).then_some(NOW),
            }).collect();
            let overviews = PartOverviews::new(&tree, &held, &pending);
            for node in tree.nodes() {
                for part in [ScopePart::Subtree(node.id), ScopePart::Node(node.id)] {
                    let within = NodeSet::range(&tree, part.positions(&tree));
                    let expected = Overview::of(&tree, &within, &held, &pending, NOW);
                    let expected = expected.map(|row| PartOverview {
                        status: row.status,
                        access_status: row.access_status,
                        roles: row.roles,
                        invitation: row.invitation,
                    });
                    prop_assert_eq!(overviews.of(part, NOW), expected);
                }
            }
        }
    }
}
