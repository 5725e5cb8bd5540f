use std::sync::Arc;

use leptos::prelude::*;
use studio_users_domain::{Capability, NodeId, NotifiedReason, Role, RoleSet, Section};

use crate::i18n::{Language, format, isolated, messages, use_language, with_bdi};
use crate::parts::{lazy, section_glyph};
use crate::state::CurrentUser;
use crate::ui::{Chip, Glyph, Icon};

lazy! {
    /// Loads the page of a section, with the environment in focus.
    pub(super) fn section_page(
        (current_user, section, at): (Arc<CurrentUser>, Section, Memo<Option<NodeId>>)
    ) in studio {
        view! { <SectionPage current_user section at /> }
    }
}

/// The placeholder for a section that the host's studio implements. It lists what the user can do there, and by which
/// role.
#[component]
fn SectionPage(
    current_user: Arc<CurrentUser>,
    section: Section,
    /// The environment in focus.
    #[prop(into)]
    at: Signal<Option<NodeId>>,
) -> impl IntoView {
    let language = use_language();
    view! {
        // Focusable, so that the keyboard can scroll it: it may be taller than the window and contains no control.
        <section class="section-page" aria-labelledby="section-title" tabindex="0">
            <header class="section-page__lead">
                <span class="section-page__tile">
                    <Icon glyph=section_glyph(section) />
                </span>
                <h1 class="page-head__title" id="section-title">
                    {section.name(language)}
                </h1>
                <p class="section-page__text">
                    {if current_user.is_viewing() {
                        messages::section_lead_viewed(language)
                    } else {
                        messages::section_lead(language)
                    }}
                </p>
            </header>
            {move || rights(language, &current_user, section, at.get())}
        </section>
    }
}

/// A capability that the user has or lacks, and the reason.
struct Right {
    name: &'static str,
    is_held: bool,
    reason: String,
}

fn rights(language: Language, current_user: &CurrentUser, section: Section, at: Option<NodeId>) -> AnyView {
    let Some(node) = at.and_then(|at| current_user.node(at)) else {
        return view! {
            <section class="permissions permissions--none">
                <h2 class="permissions__head">{messages::no_roles_yet(language)}</h2>
                <p class="permissions__text">{messages::no_roles_yet_text(language)}</p>
            </section>
        }
        .into_any();
    };
    let held = current_user.session_node(node.id);
    let roles = held.map(|held| held.roles).unwrap_or_default();
    let inherited = held.is_some_and(|held| held.inherited).then(|| messages::inherited(language));
    let mut rights: Vec<_> =
        section.capabilities().iter().map(|capability| right(language, capability, roles)).collect();
    if section == Section::Inbox {
        rights.push(notifications(language, current_user, node.id, roles));
    }
    rights.sort_by_key(|right| !right.is_held);
    let is_missing_some = !current_user.is_viewing() && rights.iter().any(|right| !right.is_held);
    let chips = roles.iter().map(|role| {
        view! { <Chip label=role.name(language) family=role.family().tag() inherited /> }
    });
    let rows = rights.into_iter().map(|Right { name, is_held, reason }| {
        view! {
            <li class="permissions__row" data-lacking=(!is_held).then_some("")>
                <span class=if is_held { "mark mark--yes" } else { "mark" }>
                    <Icon glyph=if is_held { Glyph::Check } else { Glyph::Lock } small=!is_held />
                    <span class="visually-hidden">
                        {if is_held { messages::yes(language) } else { messages::no(language) }}
                    </span>
                </span>
                <span>{name}</span>
                <span class="permissions__reason">{reason}</span>
            </li>
        }
    });
    let heading_text = |node: &str, name: &str| match &current_user.session.view {
        None => messages::in_node_you_can(language, node),
        Some(view) if view.nodes.iter().any(|seen| Some(seen.node_id) == at && seen.pending) => {
            messages::in_node_they_will(language, node, name)
        }
        Some(_) => messages::in_node_they_can(language, node, name),
    };
    let heading = heading_text(&isolated(&node.name), &isolated(current_user.name()));
    let label = heading_text(&node.name, current_user.name());
    view! {
        <section class="permissions" aria-labelledby="permissions-title">
            <div class="permissions__head">
                <h2 id="permissions-title">{with_bdi(&heading)}</h2>
                <span class="chips">{chips.collect_view()}</span>
            </div>
            <ul aria-label=label>{rows.collect_view()}</ul>
        </section>
        {is_missing_some
            .then(|| view! { <p class="hint">{messages::ask_manager(language, &isolated(&node.name))}</p> })}
    }
    .into_any()
}

fn right(language: Language, capability: Capability, roles: RoleSet) -> Right {
    let granting = capability.roles();
    let held = roles & granting;
    let reason = if held.is_empty() {
        // Administrator grants every capability. The text should not suggest the most powerful role.
        messages::requires_roles(language, &names(language, granting - Role::Administrator))
    } else {
        messages::by_roles(language, &names(language, held))
    };
    Right { name: capability.name(language), is_held: !held.is_empty(), reason }
}

fn notifications(language: Language, current_user: &CurrentUser, at: NodeId, roles: RoleSet) -> Right {
    let notified = current_user.session_node(at).and_then(|held| held.notified);
    let reason = match notified.map(|notified| notified.reason) {
        Some(NotifiedReason::Ok) => {
            let notifying = roles.iter().filter(|role| role.notifies()).collect();
            messages::roles_assigned_here(language, &names(language, notifying))
        }
        Some(NotifiedReason::OnlyInherited { from }) => {
            let from = current_user.node(from).map(|node| node.name.as_str()).unwrap_or_default();
            messages::only_inherited_from(language, &isolated(from))
        }
        Some(NotifiedReason::NotAccepted) => messages::invitation_not_accepted(language).into(),
        Some(NotifiedReason::RolesBringNone | NotifiedReason::NoRoles | NotifiedReason::Paused) | None => {
            let notifying = Role::all().filter(|role| role.notifies()).collect();
            messages::requires_roles_here(language, &names(language, notifying))
        }
    };
    Right {
        name: messages::get_chat_notifications(language),
        is_held: notified.is_some_and(|n| n.value),
        reason,
    }
}

fn names(language: Language, roles: RoleSet) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
    format::list_or(language, &names)
}
