use leptos::prelude::*;
use studio_users_domain::{Role, UserId};

use super::store::{CompareStore, CompareWith};
use crate::i18n::{messages, use_language};
use crate::reactive::{effect, memo};
use crate::ui::{Glyph, Icon, RadioItem, RadioList, Segmented};

/// Chooses the second column: the same user with more roles, or another user.
#[component]
pub(super) fn CompareWithField(store: CompareStore) -> impl IntoView {
    let language = use_language();
    let choices = vec![
        (CompareWith::Roles, messages::extra_roles(language).to_owned()),
        (CompareWith::OtherUser, messages::with_another_user(language).to_owned()),
    ];
    view! {
        <div class="field">
            <span class="label" aria-hidden="true">
                {messages::compare_with(language)}
            </span>
            <Segmented
                label=messages::compare_with(language)
                options=choices
                selected=store.compare_with
                on_select=move |compare_with| store.compare_with.set(compare_with)
            />
        </div>
        <Show
            when=move || store.compare_with.get() == CompareWith::Roles
            fallback=move || view! { <OtherUserField store /> }
        >
            <MoreRoles store />
        </Show>
    }
}

/// Checkboxes for the added roles. Roles that the user already has are disabled.
#[component]
fn MoreRoles(store: CompareStore) -> impl IntoView {
    let language = use_language();
    let choice = move |role: Role| {
        let is_held = move || store.first.get().is_some_and(|visible| visible.roles.contains(role));
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
        <div class="compare__roles" role="group" aria-label=messages::extra_roles(language)>
            {Role::all().map(choice).collect_view()}
        </div>
    }
}

/// Searches for another user with access to the same node.
#[component]
fn OtherUserField(store: CompareStore) -> impl IntoView {
    let language = use_language();
    let typed = RwSignal::new(String::new());
    // An empty search suggests the first users at the node.
    effect(move |_| {
        store.node.track();
        store.search_users(typed.get());
    });
    let chosen = RwSignal::new(None);
    effect(move |_| {
        let Some(id) = chosen.get() else { return };
        let suggestions = store.suggestions.get_untracked();
        if let Some(row) = suggestions.into_iter().find(|row| row.id == id) {
            store.choose_other_user(row);
        }
    });
    let users = memo(move |_| store.suggestions.read().iter().map(|row| row.id).collect::<Vec<_>>());
    let item = move |user: UserId| {
        let suggestions = store.suggestions.read();
        let row = suggestions.iter().find(|row| row.id == user);
        let (name, email) = row.map(|row| (row.label().to_owned(), row.email.clone())).unzip();
        let view = ViewFn::from(move || {
            view! {
                <bdi class="truncate">{name.clone()}</bdi>
                <bdi class="hint truncate">{email.clone()}</bdi>
            }
        });
        RadioItem { view, disabled_reason: None }
    };
    view! {
        <label class="input">
            <Icon glyph=Glyph::Search />
            <input
                type="search"
                autocomplete="off"
                placeholder=messages::find_user(language)
                aria-label=messages::find_user(language)
                prop:value=typed
                on:input=move |event| typed.set(event_target_value(&event))
            />
        </label>
        <Show
            when=move || !store.suggestions.read().is_empty()
            fallback=move || view! { <p class="hint">{messages::no_users_found(language)}</p> }
        >
            <RadioList label=messages::with_another_user(language) values=users key=|user| user.0.as_u128() item selection=chosen />
        </Show>
    }
}
