use studio_users_contract::{AccessNode, UserAccess};
use studio_users_domain::{NodeId, NodeKind, Role, RoleSet};

use crate::state::Reader;

/// What somebody loses at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lost {
    /// What the place is called.
    pub(super) name: String,
    /// What it is.
    pub(super) kind: NodeKind,
    /// The roles that count there.
    pub(super) roles: RoleSet,
    /// Whether they come from above.
    pub(super) inherited: bool,
    /// The roles that they are invited to.
    pub(super) promised: RoleSet,
}

impl Lost {
    /// The roles that count there, each with whether it comes from above.
    pub(super) fn held(&self) -> impl Iterator<Item = (Role, bool)> + use<> {
        let inherited = self.inherited;
        self.roles.iter().map(move |role| (role, inherited))
    }
}

/// What a removal takes: every environment in which somebody has roles or is invited to some, and of the places above
/// those at which something is given rather than passed on.
pub(super) fn lost(access: &UserAccess, reader: &Reader) -> Vec<Lost> {
    let has_something = |node: &AccessNode| !(node.effective.is_empty() && node.pending.is_empty());
    let at = |id: NodeId| access.nodes.iter().find(|node| node.node_id == id);
    let places = access.nodes.iter().filter(|node| has_something(node)).filter_map(|node| {
        let view = reader.node(node.node_id)?;
        let above = view.parent_id.and_then(at);
        let is_given_here = node.assigned.is_some_and(|roles| !roles.is_empty())
            // What comes from beyond the reader's places is shown where it comes in.
            || !above.is_some_and(has_something)
            || above.is_some_and(|above| !node.pending.is_subset(above.pending));
        (view.kind == NodeKind::Environment || is_given_here).then(|| Lost {
            name: view.name.clone(),
            kind: view.kind,
            roles: node.effective,
            inherited: node.assigned.is_none(),
            promised: node.pending,
        })
    });
    places.collect()
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

    /// An agency with two environments, and what somebody has there.
    fn names(nodes: Vec<AccessNode>) -> Vec<(String, bool)> {
        let view = |number, parent, kind, name: &str| NodeView {
            id: id(number),
            parent_id: parent,
            kind,
            name: name.into(),
            own_managers: None,
            disabled_roles: None,
        };
        let user =
            SessionUser { id: UserId(Uuid::nil()), name: None, email: "a@x.example".into(), locale: None };
        let reader = Reader {
            session: Session { user, managed: Vec::new(), nodes: Vec::new(), view: None },
            nodes: vec![
                view(1, None, NodeKind::Agency, "Agency"),
                view(2, Some(id(1)), NodeKind::Environment, "Bank"),
                view(3, Some(id(1)), NodeKind::Environment, "Clinic"),
            ],
        };
        let access = UserAccess { nodes, warnings: Vec::new() };
        lost(&access, &reader).into_iter().map(|lost| (lost.name, lost.inherited)).collect()
    }

    #[test]
    fn what_is_inherited_is_lost_in_each_environment() {
        let (none, role) = (RoleSet::empty(), RoleSet::only(Role::Operator));
        let nodes =
            vec![node(1, Some(role), role, none), node(2, None, role, none), node(3, None, none, none)];
        assert_eq!(names(nodes), [("Agency".into(), false), ("Bank".into(), true)]);
    }

    #[test]
    fn what_comes_from_beyond_the_readers_places_is_shown_where_it_comes_in() {
        let (none, role) = (RoleSet::empty(), RoleSet::only(Role::Operator));
        let nodes = vec![node(1, None, role, none), node(2, None, role, none)];
        assert_eq!(names(nodes), [("Agency".into(), true), ("Bank".into(), true)]);
    }

    #[test]
    fn an_invitation_is_lost_too() {
        let (none, role) = (RoleSet::empty(), RoleSet::only(Role::Planner));
        let nodes =
            vec![node(1, None, none, none), node(2, None, none, role), node(3, Some(none), none, none)];
        assert_eq!(names(nodes), [("Bank".into(), true)]);
    }
}
