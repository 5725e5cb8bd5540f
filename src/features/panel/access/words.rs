use studio_users_domain::{
    Capability, CapabilitySet, NodeAccess, Provenance, Role, RoleSet, capabilities_of,
};

use super::difference::{Outcome, told};
use super::model::Picture;
use crate::i18n::{Language, format, isolated, messages};

/// How many places are named before the rest is counted.
const NAMED: usize = 3;

/// "Agent and Planner".
pub(super) fn roles(language: Language, roles: RoleSet) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
    format::all(language, &names)
}

/// "Harbor Bank, City Clinic, Polder Energy and 4 more".
pub(super) fn places(language: Language, picture: &Picture, positions: &[usize]) -> String {
    let names: Vec<_> = positions.iter().map(|&at| isolated(picture.organisation.name(at))).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    // "and one more" is no shorter than its name.
    if names.len() <= NAMED + 1 {
        return format::all(language, &names);
    }
    let more = u32::try_from(names.len() - NAMED).unwrap_or(u32::MAX);
    messages::names_and_more(language, more, &names[..NAMED].join(", "))
}

/// What a change gives: "planning and chat notifications".
pub(super) fn gains(language: Language, outcome: &Outcome) -> String {
    abilities(language, outcome.gained, outcome.begins)
}

/// What it takes.
pub(super) fn losses(language: Language, outcome: &Outcome) -> String {
    abilities(language, outcome.lost, outcome.ends)
}

/// What an override takes away from what would be inherited.
pub(super) fn less(language: Language, access: &NodeAccess) -> String {
    let lost = capabilities_of(access.inherited) - capabilities_of(access.effective);
    abilities(language, lost, false)
}

fn abilities(language: Language, capabilities: CapabilitySet, with_notifications: bool) -> String {
    let words = told(capabilities).map(|capability| able(language, capability));
    let notifications = with_notifications.then(|| messages::chat_notifications_short(language));
    let words: Vec<_> = words.chain(notifications).collect();
    format::all(language, &words)
}

/// What a capability is about, as one of a list.
fn able(language: Language, capability: Capability) -> &'static str {
    match capability {
        Capability::Reply => messages::able_reply(language),
        Capability::StartConversation => messages::able_start(language),
        Capability::FindClosed => messages::able_find_closed(language),
        Capability::BeAssigned => messages::able_be_assigned(language),
        Capability::ReadCrm => messages::able_read_crm(language),
        Capability::EditCrm => messages::able_edit_crm(language),
        Capability::Cms => messages::able_cms(language),
        Capability::Analytics => messages::able_analytics(language),
        Capability::Planning => messages::able_planning(language),
        Capability::Settings => messages::able_settings(language),
        Capability::Backups => messages::able_backups(language),
        Capability::Environments => messages::able_environments(language),
        Capability::Users => messages::able_users(language),
    }
}

/// Where the roles at a node come from.
pub(super) fn provenance(language: Language, picture: &Picture, at: usize) -> String {
    let here = picture.after(at);
    let name = |node| isolated(picture.organisation.name_of(node));
    match here.provenance() {
        Provenance::None => messages::nothing_assigned(language).into(),
        Provenance::Direct => match reached(picture, at) {
            0 => messages::direct(language).into(),
            reached => messages::direct_reaches(language, reached),
        },
        Provenance::Inherited { from } if here.effective.is_empty() => {
            messages::no_access_from(language, &name(from))
        }
        Provenance::Inherited { from } => messages::inherited_from(language, &name(from)),
        Provenance::Overrides { from, .. } if here.effective.is_empty() => {
            messages::shut_out_of(language, &name(from))
        }
        Provenance::Overrides { from, .. } => messages::overrides(language, &name(from)),
        Provenance::Pinned { from } => messages::pinned(language, &name(from)),
    }
}

/// What is staged at a node.
pub(super) fn staged(language: Language, picture: &Picture, at: usize) -> &'static str {
    let here = picture.after(at);
    match (here.assigned, here.inherited.is_empty()) {
        (Some(roles), _) if roles.is_empty() => messages::will_shut_out(language),
        (Some(_), true) => messages::will_be_assigned(language),
        (Some(_), false) => messages::will_override(language),
        (None, _) => messages::will_end(language),
    }
}

/// In how many environments below what is assigned at a node counts.
fn reached(picture: &Picture, at: usize) -> u32 {
    let node = picture.organisation.tree().nodes()[at].id;
    let reached = picture.environments(at).filter(|&below| {
        let here = picture.after(below);
        below != at && here.assigned.is_none() && here.inherited_from == Some(node)
    });
    u32::try_from(reached.count()).unwrap_or(u32::MAX)
}

/// Why Agent or Operator alone bring notifications, said of the roles that count: those that notify if any do.
pub(super) fn notifying(held: RoleSet) -> RoleSet {
    let notifying: RoleSet = held.iter().filter(|role: &Role| role.notifies()).collect();
    if notifying.is_empty() { held } else { notifying }
}
