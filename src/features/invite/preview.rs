use chrono::TimeDelta;
use leptos::prelude::*;
use studio_users_contract::AddressKind;
use studio_users_domain::{Capability, NotifiedReason, Role, abilities};

use super::model::{Outlook, outlook};
use super::store::Store;
use crate::i18n::{Language, clock, format, isolated, messages, use_language};
use crate::parts::{Abilities, MiniStudio, Outcome};
use crate::state::Standing;
use crate::ui::Glyph;

/// So many names are told.
const MOST_NAMED: usize = 2;

/// What those invited will see, whether chats will notify them, who is known already, and until when the links work:
/// computed by the rules as it is chosen.
#[component]
pub(super) fn Preview(
    /// The invitation.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    // With one person on the list what they alone get is what is shown.
    let grants = Memo::new(move |_| store.draft().grants(store.chips.read().wanted().count() <= 1));
    let seen = Memo::new(move |_| {
        let reader = store.reader.read();
        let standing = Standing::of(&reader);
        standing.map(|standing| outlook(standing.tree(), &grants.read())).unwrap_or_default()
    });
    let title = move || {
        let names = store.names(&store.nodes.read());
        format::all(language, &names)
    };
    let is_chosen = Memo::new(move |_| !grants.read().is_empty());
    let lines = move || {
        let mut capabilities = seen.read().capabilities;
        let is_assigned = capabilities.remove(Capability::BeAssigned);
        let mut lines = abilities(capabilities, language);
        if is_assigned {
            lines.push(messages::be_assigned_them(language));
        }
        lines
    };
    view! {
        <aside class="invite__preview" aria-label=messages::preview(language)>
            <h3 class="label">{messages::what_they_will_see(language)}</h3>
            <MiniStudio
                title=Signal::derive(title)
                capabilities=Signal::derive(move || seen.read().capabilities)
                label=messages::what_they_will_see(language)
            />
            <Show
                when=move || is_chosen.get()
                fallback=move || view! { <p class="hint">{messages::choose_roles_first(language)}</p> }
            >
                <Abilities lines=Signal::derive(lines) />
                {move || notified(language, store, &seen.read())}
            </Show>
            {move || first_manages(language, store)}
            {move || known(language, store)}
            {move || until(language, store)}
        </aside>
    }
}

/// Whether chats will notify them, and why.
fn notified(language: Language, store: Store, seen: &Outlook) -> AnyView {
    let number = |value: usize| format::number(language, u32::try_from(value).unwrap_or(u32::MAX));
    let role_names = |roles: &mut dyn Iterator<Item = Role>| {
        let names: Vec<_> = roles.map(|role| role.name(language)).collect();
        format::either(language, &names)
    };
    let why = match seen.reason {
        _ if seen.environments == 0 => messages::notified_no_environment(language).into(),
        _ if seen.notified > 0 && seen.environments == 1 => {
            let roles = role_names(&mut store.roles().iter().filter(|role| role.notifies()));
            let node = store.names(&store.nodes.read()).into_iter().next().unwrap_or_default();
            messages::notified_in_itself(language, &roles, &isolated(&node))
        }
        _ if seen.notified > 0 => {
            messages::notified_in_some(language, &number(seen.notified), &number(seen.environments))
        }
        Some(NotifiedReason::OnlyInherited { .. }) => messages::notified_inherited_below(language).into(),
        _ => messages::notified_needs(language, &role_names(&mut Role::all().filter(|role| role.notifies()))),
    };
    let is_yes = seen.notified > 0;
    let (glyph, title, value) = if is_yes {
        (Glyph::Bell, messages::will_be_notified(language), messages::yes(language))
    } else {
        (Glyph::BellOff, messages::will_not_be_notified(language), messages::no(language))
    };
    view! { <Outcome glyph title text=why value=Some(value) is_yes /> }.into_any()
}

/// That the first of several gets a role besides.
fn first_manages(language: Language, store: Store) -> Option<AnyView> {
    let nodes = store.without_manager();
    let chips = store.chips.read();
    let first = chips.wanted().next().filter(|_| store.is_led.get() && !nodes.is_empty())?;
    if chips.wanted().count() == 1 {
        return None;
    }
    let names: Vec<_> = store.names(&nodes).iter().map(|name| isolated(name)).collect();
    let text = messages::roles_at(
        language,
        Role::OrganisationManager.name(language),
        &format::all(language, &names),
    );
    Some(view! { <Outcome glyph=Glyph::Role title=isolated(first) text /> }.into_any())
}

/// Who of the list is known already. Of others nothing is told, not even whether they have an account elsewhere.
fn known(language: Language, store: Store) -> Vec<AnyView> {
    let count = |people: usize| u32::try_from(people).unwrap_or(u32::MAX);
    let joined = store.people(AddressKind::Joined);
    let (invited, new) = (store.people(AddressKind::Invited).len(), store.people(AddressKind::New).len());
    let mut told = Vec::new();
    if new > 0 {
        let title = messages::people_new(language, count(new));
        let text = messages::people_new_text(language);
        told.push(view! { <Outcome glyph=Glyph::UserPlus title text /> }.into_any());
    }
    if !joined.is_empty() {
        let title = messages::people_joined(language, count(joined.len()));
        let names = joined
            .iter()
            .take(MOST_NAMED)
            .map(|person| isolated(person.name.as_deref().unwrap_or(&person.email)));
        let names: Vec<_> = names.collect();
        let others = joined.len().saturating_sub(MOST_NAMED);
        let names = if others > 0 {
            messages::and_others(language, count(others), &names.join(", "))
        } else {
            format::all(language, &names)
        };
        let text = messages::people_joined_text(language, &names);
        told.push(view! { <Outcome glyph=Glyph::Users title text /> }.into_any());
    }
    if invited > 0 {
        let title = messages::people_invited(language, count(invited));
        let text = messages::people_invited_text(language);
        told.push(view! { <Outcome glyph=Glyph::Mail title text /> }.into_any());
    }
    told
}

/// Until when the links will work.
fn until(language: Language, store: Store) -> AnyView {
    let end = clock::now() + TimeDelta::days(store.days.get().into());
    let title = messages::links_work_until(language, &format::long_day(language, end));
    let text = messages::your_time(language, &format::time_of_day(language, end));
    view! { <Outcome glyph=Glyph::Clock title text /> }.into_any()
}
