use leptos::ev::Event;
use leptos::prelude::*;
use studio_users_domain::{Denial, Role};

use super::store::Store;
use crate::i18n::{messages, use_language};
use crate::state::{Navigation, Place};
use crate::ui::{Glyph, Icon, MARKS, Phrase};

/// The roles, each with what it is for, or why it cannot be given.
#[component]
pub(super) fn RoleCards(
    /// The invitation.
    store: Store,
    /// Whether it was tried to send.
    was_tried: RwSignal<bool>,
) -> impl IntoView {
    let language = use_language();
    let legend = move || {
        let names = store.names(&store.nodes.read());
        let text = match names[..] {
            [] => messages::roles(language).to_string(),
            [_] => messages::roles_in_place(language, MARKS[0]),
            ref several => {
                messages::roles_in_places(language, u32::try_from(several.len()).unwrap_or(u32::MAX))
            }
        };
        view! { <Phrase text names /> }
    };
    let is_missing = Memo::new(move |_| was_tried.get() && store.roles().is_empty() && !store.is_led.get());
    let cards = Role::all().map(|role| view! { <RoleCard store role /> }).collect_view();
    let roles = expect_context::<Navigation>().address(&Place::Roles);
    view! {
        <fieldset
            class="field role-field"
            data-error=move || is_missing.get().then_some("")
            aria-describedby=move || is_missing.get().then_some("roles-error")
        >
            <legend class="label">{legend}</legend>
            // Beside the dialog: what was entered stays.
            {roles
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
                    {messages::roles_missing(language)}
                </p>
            </Show>
        </fieldset>
    }
}

#[component]
fn RoleCard(
    /// The invitation.
    store: Store,
    /// Which role.
    role: Role,
) -> impl IntoView {
    let language = use_language();
    let refusal = Memo::new(move |_| store.refusals.read().get(&role).copied());
    let is_on = Memo::new(move |_| refusal.get().is_none() && store.ticked.read().contains(role));
    let note = move || {
        let is_proposed =
            role == Role::OrganisationManager && !is_on.get() && !store.without_manager().is_empty();
        is_proposed.then(|| {
            if store.is_led.get() {
                messages::for_first(language)
            } else {
                messages::proposed_for_first(language)
            }
        })
    };
    let on_click = move |event: leptos::ev::MouseEvent| {
        if refusal.get_untracked().is_some() {
            event.prevent_default();
        }
    };
    let on_change = move |event: Event| {
        let is_ticked = event_target_checked(&event);
        store.ticked.update(|ticked| {
            if is_ticked {
                ticked.insert(role);
            } else {
                ticked.remove(role);
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
                aria-disabled=move || refusal.get().map(|_| "true")
                aria-labelledby=name_id.clone()
                aria-describedby=text_id.clone()
                on:click=on_click
                on:change=on_change
            />
            <span class="role-card__name" id=name_id>
                {role.name(language)}
            </span>
            <span class="role-card__text" id=text_id>
                {move || text(refusal.get(), role.description(language), language)}
                {move || note().map(|note| view! { <span class="role-card__note">{note}</span> })}
            </span>
        </label>
    }
}

/// What a role is for; in its place why it cannot be given.
fn text(refusal: Option<Denial>, description: &'static str, language: crate::i18n::Language) -> AnyView {
    match refusal {
        None => description.into_any(),
        Some(denial) => view! {
            <span class="role-card__why">
                <Icon glyph=Glyph::Lock small=true />
                <span>{denial.sentence(language)}</span>
            </span>
        }
        .into_any(),
    }
}
