use studio_users_contract::{AccessNode, NodeView, UserAccess};
use studio_users_domain::{
    CapabilitySet, NodeAccess, NodeId, NodeKind, Notified, RoleSet, Section, capabilities_of,
};

use crate::state::Reader;

/// What somebody sees at one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sight {
    /// The roles by which they see it.
    pub(super) roles: RoleSet,
    /// Whether it waits for them to accept an invitation.
    pub(super) is_pending: bool,
    /// Whether chats notify them; nothing where none are held.
    pub(super) notified: Option<Notified>,
}

/// How two sights differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The sections that only the second shows.
    pub(super) shown: Vec<Section>,
    /// Those that only the first shows.
    pub(super) hidden: Vec<Section>,
    /// What only the second lets them do.
    pub(super) gained: CapabilitySet,
    /// What only the first does.
    pub(super) lost: CapabilitySet,
    /// Whether chats notify in the second and not in the first, or the other way round.
    pub(super) notified: Option<bool>,
}

impl Sight {
    /// What somebody with this access sees at a node.
    pub(super) fn of(access: &UserAccess, node: NodeId) -> Self {
        let Some(here) = node_of(access, node) else { return Self::default() };
        let is_pending = here.effective.is_empty() && !here.pending.is_empty();
        let roles = if is_pending { here.pending } else { here.effective };
        Self { roles, is_pending, notified: here.notified }
    }

    /// What they would see there with these roles besides, given to them at the node itself.
    pub(super) fn with_more(access: &UserAccess, node: NodeId, more: RoleSet) -> Self {
        let before = Self::of(access, node);
        if (more - before.roles).is_empty() {
            return before;
        }
        let roles = before.roles | more;
        let given = NodeAccess {
            assigned: Some(roles),
            effective: roles,
            inherited: RoleSet::empty(),
            inherited_from: None,
        };
        let notified = node_of(access, node).and_then(|here| here.notified);
        let notified = notified.map(|_| Notified::judge(&given, !before.is_pending));
        Self { roles, notified, ..before }
    }

    /// What these roles allow.
    pub(super) fn capabilities(self) -> CapabilitySet {
        capabilities_of(self.roles)
    }

    fn shows(self, section: Section) -> bool {
        section.is_seen_with(self.capabilities())
    }
}

impl Difference {
    /// How the second differs from the first.
    pub(super) fn between(first: Sight, second: Sight) -> Self {
        let only = |one: Sight, other: Sight| {
            Section::all().filter(|&section| one.shows(section) && !other.shows(section)).collect()
        };
        let is_notified = |sight: Sight| sight.notified.is_some_and(|notified| notified.value);
        let notified = is_notified(second);
        Self {
            shown: only(second, first),
            hidden: only(first, second),
            gained: second.capabilities() - first.capabilities(),
            lost: first.capabilities() - second.capabilities(),
            notified: (notified != is_notified(first)).then_some(notified),
        }
    }

    /// Whether both see the same.
    pub(super) fn is_none(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty() && self.notified.is_none()
    }
}

/// Where somebody can be compared: the environments that the reader manages, those first at which there is something to
/// see; where the reader manages none, whatever they manage.
pub(super) fn places(access: &UserAccess, reader: &Reader) -> Vec<(NodeId, String)> {
    let managed = || reader.nodes.iter().filter(|node| reader.session.managed.contains(&node.id));
    let is_environment = |node: &&NodeView| node.kind == NodeKind::Environment;
    let mut places: Vec<_> = managed().filter(is_environment).collect();
    if places.is_empty() {
        places = managed().collect();
    }
    places.sort_by_key(|node| Sight::of(access, node.id).roles.is_empty());
    places.into_iter().map(|node| (node.id, node.name.clone())).collect()
}

fn node_of(access: &UserAccess, node: NodeId) -> Option<&AccessNode> {
    access.nodes.iter().find(|here| here.node_id == node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_contract::{Provenance, ProvenanceKind};
    use studio_users_domain::{NotifiedReason, Role};
    use uuid::Uuid;

    const HERE: NodeId = NodeId(Uuid::from_u128(2));

    /// Somebody with inherited roles in an environment, or with roles that wait.
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
    fn more_roles_show_more_and_given_in_the_environment_itself_they_notify() {
        let access = access(Role::Operator.into(), RoleSet::empty());
        let (before, after) =
            (Sight::of(&access, HERE), Sight::with_more(&access, HERE, Role::Analyst.into()));
        assert_eq!(after.roles, Role::Operator | Role::Analyst);
        let difference = Difference::between(before, after);
        assert_eq!(difference.shown, [Section::Analytics]);
        assert!(difference.lost.is_empty() && difference.notified == Some(true));
        assert!(Difference::between(before, before).is_none());
    }

    #[test]
    fn what_is_there_already_changes_nothing() {
        let access = access(Role::Operator.into(), RoleSet::empty());
        assert_eq!(Sight::with_more(&access, HERE, Role::Operator.into()), Sight::of(&access, HERE));
        assert_eq!(Sight::with_more(&access, HERE, RoleSet::empty()), Sight::of(&access, HERE));
    }

    #[test]
    fn who_has_not_joined_will_see_and_is_not_notified() {
        let access = access(RoleSet::empty(), Role::Agent.into());
        let after = Sight::with_more(&access, HERE, Role::Operator.into());
        assert!(after.is_pending);
        assert_eq!(after.notified.map(|notified| notified.reason), Some(NotifiedReason::NotAccepted));
    }

    #[test]
    fn of_two_people_each_may_see_what_the_other_does_not() {
        let one = Sight::of(&access(Role::Planner.into(), RoleSet::empty()), HERE);
        let other = Sight::of(&access(Role::Agent.into(), RoleSet::empty()), HERE);
        let difference = Difference::between(one, other);
        assert_eq!((difference.shown, difference.hidden), (vec![Section::Inbox], vec![Section::Planning]));
        assert_eq!(
            Sight::of(&access(Role::Agent.into(), RoleSet::empty()), NodeId(Uuid::nil())),
            Sight::default()
        );
    }
}
