use std::sync::Arc;

use leptos::prelude::*;
use studio_users_domain::{Capability, NodeId, NotifiedReason, Role, RoleSet, Section};

use crate::i18n::{Language, format, isolated, messages, use_language, with_bdi};
use crate::parts::{lazy, section_glyph};
use crate::state::Reader;
use crate::ui::{Chip, Glyph, Icon};

lazy! {
    /// The page of a section, for whoever reads, with the environment in focus.
    pub(super) fn section_page(
        (reader, section, at): (Arc<Reader>, Section, Memo<Option<NodeId>>)
    ) in studio {
        view! { <SectionPage reader section at /> }
    }
}

/// A section that a host's studio would fill. Here it says what the reader could do in it, and by which role.
#[component]
fn SectionPage(
    /// Who reads.
    reader: Arc<Reader>,
    /// Which section.
    section: Section,
    /// The environment in focus.
    #[prop(into)]
    at: Signal<Option<NodeId>>,
) -> impl IntoView {
    let language = use_language();
    view! {
        // It may be higher than the window, and holds nothing else that the keyboard reaches.
        <section class="place" aria-labelledby="place-title" tabindex="0">
            <header class="place__lead">
                <span class="place__tile">
                    <Icon glyph=section_glyph(section) />
                </span>
                <h1 class="page-head__title" id="place-title">
                    {messages::section_heading(language, section.name(language))}
                </h1>
                <p class="place__text">
                    {if reader.is_viewing() {
                        messages::section_lead_viewed(language)
                    } else {
                        messages::section_lead(language)
                    }}
                </p>
            </header>
            {move || rights(language, &reader, section, at.get())}
        </section>
    }
}

/// One thing that the reader can or cannot do, and why.
struct Right {
    name: &'static str,
    is_held: bool,
    why: String,
}

fn rights(language: Language, reader: &Reader, section: Section, at: Option<NodeId>) -> AnyView {
    let Some(node) = at.and_then(|at| reader.node(at)) else {
        return view! {
            <section class="rights rights--none">
                <h2 class="rights__head">{messages::no_access(language)}</h2>
                <p class="rights__text">{messages::no_access_text(language)}</p>
            </section>
        }
        .into_any();
    };
    let held = reader.at(node.id);
    let roles = held.map(|held| held.roles).unwrap_or_default();
    let inherited = held.is_some_and(|held| held.inherited).then(|| messages::inherited(language));
    let mut rights: Vec<_> =
        section.capabilities().iter().map(|capability| right(language, capability, roles)).collect();
    if section == Section::Inbox {
        rights.push(notifications(language, reader, node.id, roles));
    }
    rights.sort_by_key(|right| !right.is_held);
    let is_missing_some = !reader.is_viewing() && rights.iter().any(|right| !right.is_held);
    let chips = roles.iter().map(|role| {
        view! { <Chip label=role.name(language) family=role.family().tag() inherited /> }
    });
    let rows = rights.into_iter().map(|Right { name, is_held, why }| {
        view! {
            <li class="rights__row" data-lacking=(!is_held).then_some("")>
                <span class=if is_held { "mark mark--yes" } else { "mark" }>
                    <Icon glyph=if is_held { Glyph::Check } else { Glyph::Lock } small=!is_held />
                    <span class="visually-hidden">
                        {if is_held { messages::yes(language) } else { messages::no(language) }}
                    </span>
                </span>
                <span>{name}</span>
                <span class="rights__why">{why}</span>
            </li>
        }
    });
    let say = |node: &str, name: &str| match &reader.session.view {
        None => messages::in_node_you_can(language, node),
        Some(view) if view.nodes.iter().any(|seen| Some(seen.node_id) == at && seen.pending) => {
            messages::in_node_they_will(language, node, name)
        }
        Some(_) => messages::in_node_they_can(language, node, name),
    };
    let heading = say(&isolated(&node.name), &isolated(reader.name()));
    let label = say(&node.name, reader.name());
    view! {
        <section class="rights" aria-labelledby="rights-title">
            <div class="rights__head">
                <h2 id="rights-title">{with_bdi(&heading)}</h2>
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
    let bringing = capability.roles();
    let held = roles & bringing;
    let why = if held.is_empty() {
        // An administrator has everything: whoever lacks one thing is not told to become one.
        messages::needs_roles(language, &names(language, bringing - Role::Administrator))
    } else {
        messages::by_roles(language, &names(language, held))
    };
    Right { name: capability.name(language), is_held: !held.is_empty(), why }
}

fn notifications(language: Language, reader: &Reader, at: NodeId, roles: RoleSet) -> Right {
    let notified = reader.at(at).and_then(|held| held.notified);
    let why = match notified.map(|notified| notified.reason) {
        Some(NotifiedReason::Ok) => {
            let notifying = roles.iter().filter(|role| role.notifies()).collect();
            messages::notified_ok(language, &names(language, notifying))
        }
        Some(NotifiedReason::OnlyInherited { from }) => {
            let from = reader.node(from).map(|node| node.name.as_str()).unwrap_or_default();
            messages::notified_only_inherited(language, &isolated(from))
        }
        Some(NotifiedReason::NotAccepted) => messages::notified_not_accepted(language).into(),
        Some(NotifiedReason::RolesBringNone | NotifiedReason::NoRoles) | None => {
            let notifying = Role::all().filter(|role| role.notifies()).collect();
            messages::notified_roles_bring_none(language, &names(language, notifying))
        }
    };
    Right { name: messages::be_notified(language), is_held: notified.is_some_and(|n| n.value), why }
}

fn names(language: Language, roles: RoleSet) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
    format::either(language, &names)
}
