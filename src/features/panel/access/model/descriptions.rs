use studio_users_domain::{
    Capability, CapabilitySet, NodeAccess, Provenance, Role, RoleSet, capabilities_of,
};

use super::draft::AccessDraft;
use super::outcome::{Outcome, without_implied};
use crate::i18n::{Language, format, isolated, messages};

/// The number of node names listed before the rest is counted.
const MAX_NAMES: usize = 3;

/// Lists role names, as in "Agent and Planner".
pub(crate) fn role_names(language: Language, roles: RoleSet) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
    format::list_and(language, &names)
}

/// Lists node names, as in "Harbor Bank, City Clinic, Polder Energy and 4 more".
pub(crate) fn node_names(language: Language, draft: &AccessDraft, positions: &[usize]) -> String {
    let names: Vec<_> =
        positions.iter().map(|&position| isolated(draft.organisation.name(position))).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    // A single remaining name is listed: "and 1 more" is not shorter.
    if names.len() <= MAX_NAMES + 1 {
        return format::list_and(language, &names);
    }
    let more = u32::try_from(names.len() - MAX_NAMES).unwrap_or(u32::MAX);
    messages::names_and_more(language, more, &names[..MAX_NAMES].join(", "))
}

/// Lists what a change adds, as in "planning and chat notifications".
pub(crate) fn gained_capabilities(language: Language, outcome: &Outcome) -> String {
    capability_list(language, outcome.gained, outcome.starts_notifying)
}

/// Lists what a change removes.
pub(crate) fn lost_capabilities(language: Language, outcome: &Outcome) -> String {
    capability_list(language, outcome.lost, outcome.stops_notifying)
}

/// Lists the capabilities that the user would inherit without the override.
pub(crate) fn lost_by_override(language: Language, access: &NodeAccess) -> String {
    let lost = capabilities_of(access.inherited) - capabilities_of(access.effective);
    capability_list(language, lost, false)
}

fn capability_list(language: Language, capabilities: CapabilitySet, has_notifications: bool) -> String {
    let names = without_implied(capabilities).map(|capability| capability_label(language, capability));
    let notifications = has_notifications.then(|| messages::ability_chat_notifications(language));
    let names: Vec<_> = names.chain(notifications).collect();
    format::list_and(language, &names)
}

/// Returns the short name of a capability for use in a list.
fn capability_label(language: Language, capability: Capability) -> &'static str {
    match capability {
        Capability::Reply => messages::ability_reply(language),
        Capability::StartConversation => messages::ability_start(language),
        Capability::FindClosed => messages::ability_find_closed(language),
        Capability::BeAssigned => messages::ability_be_assigned(language),
        Capability::ReadCrm => messages::ability_read_crm(language),
        Capability::EditCrm => messages::ability_edit_crm(language),
        Capability::Cms => messages::ability_cms(language),
        Capability::Analytics => messages::ability_analytics(language),
        Capability::Planning => messages::ability_planning(language),
        Capability::Settings => messages::ability_settings(language),
        Capability::Backups => messages::ability_backups(language),
        Capability::Environments => messages::ability_environments(language),
        Capability::Users => messages::ability_users(language),
    }
}

/// Describes where the roles at a node come from.
pub(crate) fn provenance(language: Language, draft: &AccessDraft, position: usize) -> String {
    let here = draft.after(position);
    let name = |node| isolated(draft.organisation.name_of(node));
    match here.provenance() {
        Provenance::None => messages::no_roles_assigned(language).into(),
        Provenance::Direct => match inheriting_environments(draft, position) {
            0 => messages::assigned_here(language).into(),
            count => messages::assigned_here_inherited_by(language, count),
        },
        Provenance::Inherited { from } if here.effective.is_empty() => {
            messages::no_access_from(language, &name(from))
        }
        Provenance::Inherited { from } => messages::inherited_from(language, &name(from)),
        Provenance::Overrides { from, .. } if here.effective.is_empty() => {
            messages::no_access_overrides(language, &name(from))
        }
        Provenance::Overrides { from, .. } => messages::overrides(language, &name(from)),
        Provenance::Pinned { from } => messages::same_roles_as(language, &name(from)),
    }
}

/// Describes the staged change at a node.
pub(crate) fn staged_change(language: Language, draft: &AccessDraft, position: usize) -> &'static str {
    let here = draft.after(position);
    match (here.assigned, here.inherited.is_empty()) {
        (Some(roles), _) if roles.is_empty() => messages::unsaved_no_access(language),
        (Some(_), true) => messages::unsaved_assigned(language),
        (Some(_), false) => messages::unsaved_override(language),
        (None, _) => messages::unsaved_removed(language),
    }
}

/// Counts the environments that inherit the roles assigned at a node.
fn inheriting_environments(draft: &AccessDraft, position: usize) -> u32 {
    let node = draft.organisation.tree().nodes()[position].id;
    let environments = draft.environments(position).filter(|&below| {
        let here = draft.after(below);
        below != position && here.assigned.is_none() && here.inherited_from == Some(node)
    });
    u32::try_from(environments.count()).unwrap_or(u32::MAX)
}

/// Returns those of the roles that include notifications (Agent and Operator), or all roles if none of them does.
pub(crate) fn notifying_roles(roles: RoleSet) -> RoleSet {
    let notifying: RoleSet = roles.iter().filter(|role: &Role| role.notifies()).collect();
    if notifying.is_empty() { roles } else { notifying }
}
