use studio_users_contract::{AccessNode, StudioView, UserAccess, ViewEnd, ViewNode};
use studio_users_domain::{MAX_VIEW_REASON_CHARS, NodeId, NodeKind, RoleSet, Section, View, capabilities_of};

use crate::i18n::{Language, format, isolated, messages};
use crate::state::Reader;

/// So many places are named of those at which the same is seen.
const NAMED: usize = 3;

/// What a view will show at places at which it is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glimpse {
    /// What they are called.
    pub(super) places: Vec<String>,
    /// The roles by which it is seen.
    pub(super) roles: RoleSet,
    /// The sections that these show.
    pub(super) sections: Vec<Section>,
    /// Whether it is seen only once the invitation is accepted.
    pub(super) pending: bool,
}

/// What a view as somebody with this access will show: at environments, or where there are none at whatever there is.
pub(super) fn glimpses(access: &UserAccess, reader: &Reader) -> Vec<Glimpse> {
    let seen = |node: &AccessNode| {
        let pending = node.effective.is_empty();
        let roles = if pending { node.pending } else { node.effective };
        let own = reader.at(node.node_id).map(|own| own.roles).unwrap_or_default();
        (!roles.is_empty() && View::shows(own, roles)).then_some((roles, pending))
    };
    let places = access.nodes.iter().filter_map(|node| {
        let place = reader.node(node.node_id).filter(|_| reader.session.managed.contains(&node.node_id))?;
        Some((place, seen(node)?))
    });
    let places: Vec<_> = places.collect();
    let has_environments = places.iter().any(|(place, _)| place.kind == NodeKind::Environment);
    let mut glimpses = Vec::<Glimpse>::new();
    for (place, (roles, pending)) in places {
        if has_environments && place.kind != NodeKind::Environment {
            continue;
        }
        match glimpses.iter_mut().find(|glimpse| glimpse.roles == roles && glimpse.pending == pending) {
            Some(glimpse) => glimpse.places.push(place.name.clone()),
            None => glimpses.push(Glimpse {
                places: vec![place.name.clone()],
                roles,
                sections: sections(roles),
                pending,
            }),
        }
    }
    glimpses
}

fn sections(roles: RoleSet) -> Vec<Section> {
    let capabilities = capabilities_of(roles);
    Section::all().filter(|section| section.is_seen_with(capabilities)).collect()
}

/// The sections that are seen nowhere.
pub(super) fn hidden(glimpses: &[Glimpse]) -> Vec<Section> {
    Section::all()
        .filter(|section| glimpses.iter().all(|glimpse| !glimpse.sections.contains(section)))
        .collect()
}

/// By which roles, and where else the same is seen.
pub(super) fn line(language: Language, glimpse: &Glimpse) -> String {
    let roles = roles(language, glimpse.roles);
    let others: Vec<_> = glimpse.places.iter().skip(1).collect();
    if others.is_empty() {
        return roles;
    }
    let mut named: Vec<_> = others.iter().take(NAMED).map(|name| isolated(name)).collect();
    if let Some(more) = others.len().checked_sub(NAMED).filter(|more| *more > 0) {
        named.push(messages::more_places(language, u32::try_from(more).unwrap_or(u32::MAX)));
    }
    messages::also_in(language, &roles, &format::all(language, &named))
}

fn roles(language: Language, roles: RoleSet) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
    format::all(language, &names)
}

/// What is wrong with a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReasonFault {
    /// There is none.
    Missing,
    /// It is so many characters too long.
    TooLong(usize),
}

/// How many characters a reason has that count.
pub(super) fn length(reason: &str) -> usize {
    reason.trim().chars().count()
}

/// What is wrong with a reason, if anything is.
pub(super) fn fault(reason: &str) -> Option<ReasonFault> {
    match length(reason) {
        0 => Some(ReasonFault::Missing),
        long if long > MAX_VIEW_REASON_CHARS => Some(ReasonFault::TooLong(long - MAX_VIEW_REASON_CHARS)),
        _ => None,
    }
}

/// By which roles, and where, what is seen is seen: "Operator in Harbor Bank".
pub(super) fn standing(language: Language, view: &StudioView, reader: &Reader, at: Option<NodeId>) -> String {
    let name = |node: &ViewNode| reader.node(node.node_id).map(|node| node.name.as_str()).unwrap_or_default();
    let here = |node: &ViewNode| {
        let say = if node.pending { messages::will_be_in } else { messages::is_role_in };
        say(language, &roles(language, node.roles), &isolated(name(node)))
    };
    if let Some(at) = at {
        if let Some(node) = view.nodes.iter().find(|node| node.node_id == at) {
            return here(node);
        }
        let name = reader.node(at).map(|node| node.name.as_str()).unwrap_or_default();
        return messages::nothing_at(language, &isolated(name));
    }
    let is_environment =
        |node: &&ViewNode| reader.node(node.node_id).is_some_and(|node| node.kind == NodeKind::Environment);
    let environments: Vec<_> = view.nodes.iter().filter(is_environment).collect();
    match environments[..] {
        [] => view.nodes.first().map(here).unwrap_or_default(),
        [only] => here(only),
        [first, ref others @ ..] => {
            let count = u32::try_from(environments.len()).unwrap_or(u32::MAX);
            if others.iter().all(|other| (other.roles, other.pending) == (first.roles, first.pending)) {
                messages::roles_at_many(language, count, &roles(language, first.roles))
            } else {
                messages::at_many(language, count)
            }
        }
    }
}

/// Why a view ended, as its viewer reads it.
pub(super) fn why_ended(language: Language, why: Option<ViewEnd>) -> &'static str {
    match why {
        Some(ViewEnd::Expired) => messages::view_expired(language),
        Some(ViewEnd::ConditionsLost) => messages::view_conditions_lost(language),
        Some(ViewEnd::SignedOut) => messages::view_signed_out(language),
        Some(ViewEnd::Replaced) => messages::view_replaced(language),
        Some(ViewEnd::Exited) => messages::view_exited(language),
        Some(ViewEnd::Unknown) | None => messages::view_unknown(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_contract::{NodeView, Provenance, ProvenanceKind, Session, SessionNode, SessionUser};
    use studio_users_domain::{CapabilitySet, Role, UserId};
    use uuid::Uuid;

    fn id(number: u128) -> NodeId {
        NodeId(Uuid::from_u128(number))
    }

    /// Who manages an agency with three environments by these roles.
    fn reader(roles: RoleSet) -> Reader {
        let node = |number, kind, name: &str| NodeView {
            id: id(number),
            parent_id: (number > 1).then_some(id(1)),
            kind,
            name: name.into(),
            own_managers: None,
            disabled_roles: None,
        };
        let held = |number| SessionNode {
            node_id: id(number),
            roles,
            inherited: number > 1,
            capabilities: CapabilitySet::empty(),
            notified: None,
        };
        let user =
            SessionUser { id: UserId(Uuid::nil()), name: None, email: "a@x.example".into(), locale: None };
        Reader {
            session: Session {
                user,
                managed: (1..=4).map(id).collect(),
                nodes: (1..=4).map(held).collect(),
                view: None,
            },
            nodes: vec![
                node(1, NodeKind::Agency, "Agency"),
                node(2, NodeKind::Environment, "Bank"),
                node(3, NodeKind::Environment, "Clinic"),
                node(4, NodeKind::Environment, "Sandbox"),
            ],
        }
    }

    fn access(held: &[(u128, RoleSet, RoleSet)]) -> UserAccess {
        let node = |&(number, effective, pending): &(u128, RoleSet, RoleSet)| AccessNode {
            node_id: id(number),
            assigned: None,
            effective,
            provenance: Provenance { kind: ProvenanceKind::None, from: None },
            gained: RoleSet::empty(),
            lost: RoleSet::empty(),
            pending,
            notified: None,
        };
        UserAccess { nodes: held.iter().map(node).collect(), warnings: Vec::new() }
    }

    #[test]
    fn environments_at_which_the_same_is_seen_stand_together() {
        let (none, operator, agent) =
            (RoleSet::empty(), RoleSet::only(Role::Operator), RoleSet::only(Role::Agent));
        let access =
            access(&[(1, operator, none), (2, operator, none), (3, none, agent), (4, operator, none)]);
        let found = glimpses(&access, &reader(Role::OrganisationManager.into()));
        let places: Vec<_> =
            found.iter().map(|glimpse| (glimpse.places.join("+"), glimpse.pending)).collect();
        assert_eq!(places, [("Bank+Sandbox".into(), false), ("Clinic".into(), true)]);
        assert_eq!(found[1].sections, [Section::Inbox]);
        assert!(hidden(&found).contains(&Section::Users) && !hidden(&found).contains(&Section::Crm));
    }

    #[test]
    fn what_an_administrator_sees_is_shown_to_administrators_only() {
        let access = access(&[(2, Role::Administrator.into(), RoleSet::empty())]);
        assert_eq!(glimpses(&access, &reader(Role::OrganisationManager.into())), []);
        assert_eq!(glimpses(&access, &reader(Role::Administrator.into())).len(), 1);
    }

    #[test]
    fn a_reason_counts_by_its_characters_without_the_space_around_it() {
        assert_eq!(fault("  "), Some(ReasonFault::Missing));
        assert_eq!(fault(" x "), None);
        assert_eq!(fault(&"é".repeat(200)), None);
        assert_eq!(fault(&"é".repeat(203)), Some(ReasonFault::TooLong(3)));
    }
}
