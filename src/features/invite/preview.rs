use chrono::TimeDelta;
use leptos::prelude::*;
use studio_users_contract::AddressKind;
use studio_users_domain::{Capability, DEFAULT_INVITATION_DAYS, NotifiedReason, Role, capability_labels};

use super::model::{AccessPreview, preview_access};
use super::store::InviteStore;
use crate::i18n::{Language, clock, format, messages, use_language};
use crate::parts::{Abilities, MiniStudio, Outcome};
use crate::reactive::memo;
use crate::state::PermissionContext;
use crate::ui::{Glyph, PLACEHOLDERS};

/// The maximum number of names in a group.
const MAX_NAMED: usize = 2;

/// Live preview of the invitation: visible sections, chat notifications, existing users and the expiry of the links.
/// Computed by the domain's rules on every change.
#[component]
pub(super) fn InvitePreview(store: InviteStore) -> impl IntoView {
    let language = use_language();
    // A single recipient is the first one, so the preview includes the grants of the first recipient.
    let grants = memo(move |_| store.draft().grants(store.recipients.read().valid().count() <= 1));
    let preview = memo(move |_| {
        let current_user = store.current_user.read();
        let permissions = PermissionContext::of(&current_user);
        permissions.map(|permissions| preview_access(permissions.tree(), &grants.read())).unwrap_or_default()
    });
    let title = move || {
        let names = store.node_names(&store.nodes.read());
        format::list_and(language, &names)
    };
    let is_chosen = memo(move |_| !grants.read().is_empty());
    let lines = move || {
        let mut capabilities = preview.read().capabilities;
        let is_assigned = capabilities.remove(Capability::BeAssigned);
        let mut lines = capability_labels(capabilities, language);
        if is_assigned {
            lines.push(messages::be_assigned_conversations(language));
        }
        lines
    };
    view! {
        <aside class="invite__preview" aria-label=messages::preview(language)>
            <h3 class="label">{messages::preview(language)}</h3>
            <MiniStudio
                title=Signal::derive(title)
                capabilities=Signal::derive(move || preview.read().capabilities)
                label=messages::preview(language)
            />
            <Show
                when=move || is_chosen.get()
                fallback=move || view! { <p class="hint">{messages::preview_empty(language)}</p> }
            >
                <Abilities lines=Signal::derive(lines) />
                {move || notified(language, store, &preview.read())}
            </Show>
            {move || first_manages(language, store)}
            {move || recipient_groups(language, store)}
            {move || expiry(language, store)}
        </aside>
    }
}

/// Whether chats will notify the recipients, and why.
fn notified(language: Language, store: InviteStore, preview: &AccessPreview) -> AnyView {
    let number = |value: usize| format::number(language, u32::try_from(value).unwrap_or(u32::MAX));
    let role_names = |roles: &mut dyn Iterator<Item = Role>| {
        let names: Vec<_> = roles.map(|role| role.name(language)).collect();
        format::list_or(language, &names)
    };
    let mut names = Vec::new();
    let text = match preview.reason {
        _ if preview.environments == 0 => messages::no_environments_in_selection(language).into(),
        _ if preview.notified > 0 && preview.environments == 1 => {
            let roles = role_names(&mut store.roles().iter().filter(|role| role.notifies()));
            let node = store.node_names(&store.nodes.read()).into_iter().next().unwrap_or_default();
            names.push(node);
            messages::assigned_in_node_itself(language, &roles, PLACEHOLDERS[0])
        }
        _ if preview.notified > 0 => {
            messages::in_some_environments(language, &number(preview.notified), &number(preview.environments))
        }
        Some(NotifiedReason::OnlyInherited { .. }) => {
            messages::inherited_without_notifications(language).into()
        }
        _ => messages::requires_roles(language, &role_names(&mut Role::all().filter(|role| role.notifies()))),
    };
    let is_yes = preview.notified > 0;
    let (glyph, title, value) = if is_yes {
        (Glyph::Bell, messages::can_get_chat_notifications(language), messages::yes(language))
    } else {
        (Glyph::BellOff, messages::no_chat_notifications(language), messages::no(language))
    };
    view! { <Outcome glyph title text names value=Some(value) is_yes /> }.into_any()
}

/// States that the first of several recipients also becomes Organisation Manager.
fn first_manages(language: Language, store: InviteStore) -> Option<AnyView> {
    let nodes = store.nodes_without_manager();
    let recipients = store.recipients.read();
    let first = recipients.valid().next().filter(|_| store.first_manages.get() && !nodes.is_empty())?;
    if recipients.valid().count() == 1 {
        return None;
    }
    let [person_mark, nodes_mark, _] = PLACEHOLDERS;
    let names = vec![first.to_owned(), format::list_and(language, &store.node_names(&nodes))];
    let text = messages::roles_and_node(language, Role::OrganisationManager.name(language), nodes_mark);
    Some(view! { <Outcome glyph=Glyph::Role title=person_mark text names /> }.into_any())
}

/// Groups the recipients into new, existing and already invited users. For new ones the backend does not reveal whether
/// they have an account elsewhere.
fn recipient_groups(language: Language, store: InviteStore) -> Vec<AnyView> {
    let count = |people: usize| u32::try_from(people).unwrap_or(u32::MAX);
    let joined = store.recipients_of_kind(AddressKind::Joined);
    let invited = store.recipients_of_kind(AddressKind::Invited);
    let unacceptable = invited.iter().filter(|address| address.unacceptable).count();
    let invited = invited.len() - unacceptable;
    let new = store.recipients_of_kind(AddressKind::New).len();
    let mut groups = Vec::new();
    if new > 0 {
        let title = messages::new_people(language, count(new));
        let text = messages::new_people_text(language);
        groups.push(view! { <Outcome glyph=Glyph::UserPlus title text /> }.into_any());
    }
    if !joined.is_empty() {
        let title = messages::existing_users(language, count(joined.len()));
        let people = joined.iter().take(MAX_NAMED);
        let names: Vec<_> =
            people.map(|person| person.name.clone().unwrap_or_else(|| person.email.clone())).collect();
        let others = joined.len().saturating_sub(MAX_NAMED);
        let names = if others > 0 {
            messages::names_and_more(language, count(others), &names.join(", "))
        } else {
            format::list_and(language, &names)
        };
        let (text, names) = (messages::existing_users_text(language, PLACEHOLDERS[0]), vec![names]);
        groups.push(view! { <Outcome glyph=Glyph::Users title text names /> }.into_any());
    }
    if invited > 0 {
        let title = messages::already_invited(language, count(invited));
        let text = messages::already_invited_text(language);
        groups.push(view! { <Outcome glyph=Glyph::Mail title text /> }.into_any());
    }
    if unacceptable > 0 {
        let title = messages::invited_in_vain(language, count(unacceptable));
        let text = messages::invited_in_vain_text(language);
        groups.push(view! { <Outcome glyph=Glyph::Alert title text /> }.into_any());
    }
    groups
}

/// The expiry of the links.
fn expiry(language: Language, store: InviteStore) -> AnyView {
    let end = clock::now() + TimeDelta::days(store.days.get().into());
    let title = messages::links_expire_on(language, &format::long_date(language, end));
    let time = format::time_of_day(language, end);
    let text = messages::expiry_details(language, DEFAULT_INVITATION_DAYS.into(), &time);
    view! { <Outcome glyph=Glyph::Clock title text /> }.into_any()
}
