use leptos::ev::Event;
use leptos::prelude::*;
use studio_users_domain::{Denial, Role};

use super::store::InviteStore;
use crate::i18n::{messages, use_language};
use crate::reactive::memo;
use crate::state::{Navigation, Route};
use crate::ui::{Glyph, Icon, PLACEHOLDERS, Phrase};

/// The roles as cards, each with its description, or the reason why it cannot be assigned.
#[component]
pub(super) fn RoleCards(
    store: InviteStore,
    /// Whether the user pressed Send. A missing role is an error only then.
    was_submitted: RwSignal<bool>,
) -> impl IntoView {
    let language = use_language();
    let legend = move || {
        let names = store.node_names(&store.nodes.read());
        let text = match names[..] {
            [] => messages::roles(language).to_string(),
            [_] => messages::roles_in(language, PLACEHOLDERS[0]),
            ref several => {
                messages::roles_in_nodes(language, u32::try_from(several.len()).unwrap_or(u32::MAX))
            }
        };
        view! { <Phrase text names /> }
    };
    let is_missing =
        memo(move |_| was_submitted.get() && store.roles().is_empty() && !store.first_manages.get());
    let cards = Role::all().map(|role| view! { <RoleCard store role /> }).collect_view();
    let roles_url = expect_context::<Navigation>().url(&Route::Roles);
    view! {
        <fieldset
            class="field role-field"
            data-error=move || is_missing.get().then_some("")
            aria-describedby=move || is_missing.get().then_some("roles-error")
        >
            <legend class="label">{legend}</legend>
            // Opens in a new tab, so that the entered data is kept.
            {roles_url
                .map(|href| {
                    view! {
                        <a class="link role-field__compare" href=href target="_blank">
                            {messages::compare_roles(language)}
                        </a>
                    }
                })}
            <div class="role-cards">{cards}</div>
            <Show when=move || is_missing.get()>
                <p class="field__error" id="roles-error">
                    <Icon glyph=Glyph::Alert small=true />
                    {messages::role_required(language)}
                </p>
            </Show>
        </fieldset>
    }
}

#[component]
fn RoleCard(store: InviteStore, role: Role) -> impl IntoView {
    let language = use_language();
    let denial = memo(move |_| store.denials.read().get(&role).copied());
    let is_on = memo(move |_| denial.get().is_none() && store.selected_roles.read().contains(role));
    let note = move || {
        let is_proposed =
            role == Role::OrganisationManager && !is_on.get() && !store.nodes_without_manager().is_empty();
        is_proposed.then(|| {
            if store.first_manages.get() {
                messages::for_first_person(language)
            } else {
                messages::proposed_for_first_person(language)
            }
        })
    };
    let on_click = move |event: leptos::ev::MouseEvent| {
        if denial.get_untracked().is_some() {
            event.prevent_default();
        }
    };
    let on_change = move |event: Event| {
        let is_checked = event_target_checked(&event);
        store.selected_roles.update(|selected_roles| {
            if is_checked {
                selected_roles.insert(role);
            } else {
                selected_roles.remove(role);
            }
        });
    };
    let (name_id, text_id) =
        (format!("role-name-{}", role.wire_name()), format!("role-text-{}", role.wire_name()));
    view! {
        <label class="role-card">
            <input
                class="checkbox"
                type="checkbox"
                prop:checked=is_on
                aria-disabled=move || denial.get().map(|_| "true")
                aria-labelledby=name_id.clone()
                aria-describedby=text_id.clone()
                on:click=on_click
                on:change=on_change
            />
            <span class="role-card__name" id=name_id>
                {role.name(language)}
            </span>
            <span class="role-card__text" id=text_id>
                {move || text(denial.get(), role.description(language), language)}
                {move || note().map(|note| view! { <span class="role-card__note">{note}</span> })}
            </span>
        </label>
    }
}

/// The description of a role, or the reason why it cannot be assigned.
fn text(denial: Option<Denial>, description: &'static str, language: crate::i18n::Language) -> AnyView {
    match denial {
        None => description.into_any(),
        Some(denial) => view! {
            <span class="role-card__reason">
                <Icon glyph=Glyph::Lock small=true />
                <span>{denial.message(language)}</span>
            </span>
        }
        .into_any(),
    }
}
