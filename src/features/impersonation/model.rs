use studio_users_contract::{AccessNode, StudioView, UserAccess, ViewEnd, ViewNode};
use studio_users_domain::{
    MAX_VIEW_DURATION, MAX_VIEW_REASON_CHARS, NodeId, NodeKind, RoleSet, Section, View, capabilities_of,
    clean_text,
};

use crate::i18n::{Language, format, isolated, messages};
use crate::state::CurrentUser;

/// The maximum number of further nodes named in a row.
const MAX_NAMED: usize = 3;

/// A row of the preview: nodes at which the view will show the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PreviewRow {
    /// The names of the nodes.
    pub(super) nodes: Vec<String>,
    pub(super) roles: RoleSet,
    /// The sections that the roles show.
    pub(super) sections: Vec<Section>,
    /// Whether the roles take effect only after the user accepts the invitation.
    pub(super) pending: bool,
}

/// Computes what a view as a user with this access will show. Lists environments, or the other nodes if there are none.
pub(super) fn preview_rows(access: &UserAccess, current_user: &CurrentUser) -> Vec<PreviewRow> {
    let visible = |node: &AccessNode| {
        let pending = node.effective.is_empty();
        let roles = if pending { node.pending } else { node.effective };
        let own = current_user.session_node(node.node_id).map(|own| own.roles).unwrap_or_default();
        (!roles.is_empty() && View::allows(own, roles)).then_some((roles, pending))
    };
    let nodes = access.nodes.iter().filter_map(|held| {
        let node = current_user.node(held.node_id).filter(|_| current_user.manages(held.node_id))?;
        Some((node, visible(held)?))
    });
    let nodes: Vec<_> = nodes.collect();
    let has_environments = nodes.iter().any(|(node, _)| node.kind == NodeKind::Environment);
    let mut rows = Vec::<PreviewRow>::new();
    for (node, (roles, pending)) in nodes {
        if has_environments && node.kind != NodeKind::Environment {
            continue;
        }
        match rows.iter_mut().find(|row| row.roles == roles && row.pending == pending) {
            Some(row) => row.nodes.push(node.name.clone()),
            None => rows.push(PreviewRow {
                nodes: vec![node.name.clone()],
                roles,
                sections: sections(roles),
                pending,
            }),
        }
    }
    rows
}

fn sections(roles: RoleSet) -> Vec<Section> {
    let capabilities = capabilities_of(roles);
    Section::all().filter(|section| section.is_visible_with(capabilities)).collect()
}

/// Returns the sections that no row shows.
pub(super) fn hidden_sections(rows: &[PreviewRow]) -> Vec<Section> {
    Section::all().filter(|section| rows.iter().all(|row| !row.sections.contains(section))).collect()
}

/// Formats the roles of a row and the further nodes in it: "Operator, also in City Clinic".
pub(super) fn row_caption(language: Language, row: &PreviewRow) -> String {
    let roles = roles(language, row.roles);
    let others: Vec<_> = row.nodes.iter().skip(1).collect();
    if others.is_empty() {
        return roles;
    }
    let mut named: Vec<_> = others.iter().take(MAX_NAMED).map(|name| isolated(name)).collect();
    if let Some(more) = others.len().checked_sub(MAX_NAMED).filter(|more| *more > 0) {
        named.push(messages::more_nodes(language, u32::try_from(more).unwrap_or(u32::MAX)));
    }
    messages::also_in(language, &roles, &format::list_and(language, &named))
}

fn roles(language: Language, roles: RoleSet) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
    format::list_and(language, &names)
}

/// The validation error of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReasonError {
    /// The reason is blank.
    Missing,
    /// The number of characters above [`MAX_VIEW_REASON_CHARS`].
    TooLong(usize),
}

/// The length of a reason in characters, as the backend counts it: without white space and invisible characters around it.
pub(super) fn reason_length(reason: &str) -> usize {
    clean_text(reason).chars().count()
}

/// Validates a reason. Returns `None` if it is valid.
pub(super) fn validate_reason(reason: &str) -> Option<ReasonError> {
    match reason_length(reason) {
        0 => Some(ReasonError::Missing),
        long if long > MAX_VIEW_REASON_CHARS => Some(ReasonError::TooLong(long - MAX_VIEW_REASON_CHARS)),
        _ => None,
    }
}

/// Formats the viewed user's roles at the node in focus, or at all nodes: "Operator in Harbor Bank".
pub(super) fn roles_caption(
    language: Language,
    view: &StudioView,
    current_user: &CurrentUser,
    at: Option<NodeId>,
) -> String {
    let name =
        |node: &ViewNode| current_user.node(node.node_id).map(|node| node.name.as_str()).unwrap_or_default();
    let here = |node: &ViewNode| {
        let message = if node.pending { messages::will_have_roles_in } else { messages::roles_in_node };
        message(language, &roles(language, node.roles), &isolated(name(node)))
    };
    if let Some(at) = at {
        if let Some(node) = view.nodes.iter().find(|node| node.node_id == at) {
            return here(node);
        }
        let name = current_user.node(at).map(|node| node.name.as_str()).unwrap_or_default();
        return messages::no_access_in(language, &isolated(name));
    }
    let is_environment = |node: &&ViewNode| {
        current_user.node(node.node_id).is_some_and(|node| node.kind == NodeKind::Environment)
    };
    let environments: Vec<_> = view.nodes.iter().filter(is_environment).collect();
    match environments[..] {
        [] => view.nodes.first().map(here).unwrap_or_default(),
        [only] => here(only),
        [first, ref others @ ..] => {
            let count = u32::try_from(environments.len()).unwrap_or(u32::MAX);
            if others.iter().all(|other| (other.roles, other.pending) == (first.roles, first.pending)) {
                messages::roles_in_environments(language, count, &roles(language, first.roles))
            } else {
                messages::in_environments(language, count)
            }
        }
    }
}

/// Returns the text that explains why a view ended.
pub(super) fn end_reason(language: Language, reason: Option<ViewEnd>) -> String {
    let text = match reason {
        Some(ViewEnd::Expired) => {
            let minutes =
                format::number(language, u32::try_from(MAX_VIEW_DURATION.num_minutes()).unwrap_or_default());
            return messages::view_expired(language, &minutes);
        }
        Some(ViewEnd::ConditionsLost) => messages::view_conditions_lost(language),
        Some(ViewEnd::SignedOut) => messages::view_signed_out(language),
        Some(ViewEnd::Replaced) => messages::view_replaced(language),
        Some(ViewEnd::Exited) => messages::view_exited(language),
        Some(ViewEnd::Unknown) | None => messages::view_unknown(language),
    };
    text.to_owned()
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

    /// A user with these roles at an agency and its three environments.
    fn current_user(roles: RoleSet) -> CurrentUser {
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
        let user = SessionUser {
            id: UserId(Uuid::nil()),
            name: None,
            email: "a@x.example".into(),
            locale: None,
            digests: true,
        };
        CurrentUser::new(
            Session {
                user,
                managed: (1..=4).map(id).collect(),
                nodes: (1..=4).map(held).collect(),
                view: None,
            },
            vec![
                node(1, NodeKind::Agency, "Agency"),
                node(2, NodeKind::Environment, "Bank"),
                node(3, NodeKind::Environment, "Clinic"),
                node(4, NodeKind::Environment, "Sandbox"),
            ],
        )
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
    fn groups_environments_that_show_the_same() {
        let (none, operator, agent) =
            (RoleSet::empty(), RoleSet::only(Role::Operator), RoleSet::only(Role::Agent));
        let access =
            access(&[(1, operator, none), (2, operator, none), (3, none, agent), (4, operator, none)]);
        let found = preview_rows(&access, &current_user(Role::OrganisationManager.into()));
        let nodes: Vec<_> = found.iter().map(|row| (row.nodes.join("+"), row.pending)).collect();
        assert_eq!(nodes, [("Bank+Sandbox".into(), false), ("Clinic".into(), true)]);
        assert_eq!(found[1].sections, [Section::Inbox]);
        assert!(
            hidden_sections(&found).contains(&Section::Users)
                && !hidden_sections(&found).contains(&Section::Crm)
        );
    }

    #[test]
    fn only_administrators_can_preview_an_administrator() {
        let access = access(&[(2, Role::Administrator.into(), RoleSet::empty())]);
        assert_eq!(preview_rows(&access, &current_user(Role::OrganisationManager.into())), []);
        assert_eq!(preview_rows(&access, &current_user(Role::Administrator.into())).len(), 1);
    }

    #[test]
    fn validates_the_trimmed_length_of_a_reason_in_characters() {
        assert_eq!(validate_reason("  "), Some(ReasonError::Missing));
        assert_eq!(validate_reason(" x "), None);
        assert_eq!(validate_reason(&"é".repeat(200)), None);
        assert_eq!(validate_reason(&"é".repeat(203)), Some(ReasonError::TooLong(3)));
    }
}
