use leptos::prelude::*;
use studio_users_domain::Role;

use super::store::{Beside, Store};
use crate::i18n::{messages, use_language};
use crate::ui::{Glyph, Icon, RadioItem, RadioList, Segmented};

/// What the second side is: more roles, or somebody else.
#[component]
pub(super) fn BesideField(
    /// What is compared.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let choices = vec![
        (Beside::Roles, messages::with_more_roles(language).to_owned()),
        (Beside::Person, messages::with_another_user(language).to_owned()),
    ];
    view! {
        <div class="field">
            <span class="label" aria-hidden="true">
                {messages::compare_with(language)}
            </span>
            <Segmented
                label=messages::compare_with(language)
                choices
                chosen=store.beside
                on_choose=move |beside| store.beside.set(beside)
            />
        </div>
        <Show
            when=move || store.beside.get() == Beside::Roles
            fallback=move || view! { <OtherPerson store /> }
        >
            <MoreRoles store />
        </Show>
    }
}

/// The roles that are added; those held already are no choice.
#[component]
fn MoreRoles(
    /// What is compared.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let choice = move |role: Role| {
        let is_held = move || store.first.get().is_some_and(|sight| sight.roles.contains(role));
        view! {
            <label class="compare__role">
                <input
                    class="checkbox"
                    type="checkbox"
                    prop:checked=move || is_held() || store.more.read().contains(role)
                    prop:disabled=is_held
                    on:change=move |_| {
                        store
                            .more
                            .update(|more| {
                                if !more.remove(role) {
                                    more.insert(role);
                                }
                            });
                    }
                />
                {role.name(language)}
            </label>
        }
    };
    view! {
        <div class="compare__roles" role="group" aria-label=messages::roles_besides(language)>
            {Role::all().map(choice).collect_view()}
        </div>
    }
}

/// Somebody who has something at the same place.
#[component]
fn OtherPerson(
    /// What is compared.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let typed = RwSignal::new(String::new());
    // Whoever comes first at the place is offered before anything is typed.
    Effect::new(move |_| {
        store.place.track();
        store.look_for(typed.get());
    });
    let chosen = RwSignal::new(None);
    Effect::new(move |_| {
        let Some(id) = chosen.get() else { return };
        let offered = store.offered.get_untracked();
        if let Some(row) = offered.into_iter().find(|row| row.id == id) {
            store.choose_other(row);
        }
    });
    let items = Signal::derive(move || {
        let item = |row: studio_users_contract::UserRow| {
            let (name, email) = (row.label().to_owned(), row.email.clone());
            let view = ViewFn::from(move || {
                view! {
                    <bdi class="truncate">{name.clone()}</bdi>
                    <bdi class="hint truncate">{email.clone()}</bdi>
                }
            });
            RadioItem { value: row.id, view, refused: None }
        };
        store.offered.get().into_iter().map(item).collect()
    });
    view! {
        <label class="input">
            <Icon glyph=Glyph::Search />
            <input
                type="search"
                autocomplete="off"
                placeholder=messages::find_somebody(language)
                aria-label=messages::find_somebody(language)
                prop:value=typed
                on:input=move |event| typed.set(event_target_value(&event))
            />
        </label>
        <Show
            when=move || !store.offered.read().is_empty()
            fallback=move || view! { <p class="hint">{messages::nobody_found(language)}</p> }
        >
            <RadioList label=messages::with_another_user(language) items chosen />
        </Show>
    }
}
