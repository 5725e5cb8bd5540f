use std::collections::{HashMap, HashSet};

use leptos::prelude::*;
use studio_users_contract::RemovedUser;
use studio_users_domain::UserId;

use crate::i18n::{clock, format, isolated, messages, relative_time, use_language, with_bdi};
use crate::state::{Lock, use_current_user};
use crate::ui::{Avatar, Glyph, Icon};

/// The state of the list of removed users.
#[derive(Clone, Copy)]
pub(super) struct RemovedList {
    /// The removed users. `None` until they are loaded.
    pub(super) users: RwSignal<Option<Vec<RemovedUser>>>,
    pub(super) selected: RwSignal<HashSet<UserId>>,
    /// The displayed reasons for which users were not restored.
    pub(super) refused: RwSignal<HashMap<UserId, String>>,
    /// Whether a restore request is in flight.
    pub(super) is_busy: RwSignal<bool>,
}

/// A row for a removed user, with a checkbox and a button to restore them.
#[component]
pub(super) fn RemovedRow(
    user: RemovedUser,
    removed: RemovedList,
    restore: Callback<Vec<UserId>>,
) -> impl IntoView {
    let language = use_language();
    let RemovedList { selected, refused, is_busy, .. } = removed;
    let lock = Lock::of_everything();
    let id = user.id;
    let label = user.name.clone().unwrap_or_else(|| user.email.clone());
    let when = relative_time::last_active(language, user.removed_at, clock::now(), &clock::Zone);
    let by = if use_current_user().with_untracked(|current_user| current_user.is_self(user.removed_by.id)) {
        messages::removed_by_you(language, &when)
    } else {
        messages::removed_by(language, &isolated(&user.removed_by.name), &when)
    };
    let until = user.restorable_until;
    let (day, time) = (format::short_date(language, until), format::time_of_day(language, until));
    let on_toggle = move |_| {
        selected.update(|selected| {
            if !selected.remove(&id) {
                selected.insert(id);
            }
        });
    };
    view! {
        <li class="removed__row">
            <input
                class="checkbox"
                type="checkbox"
                aria-label=messages::select_user(language, &label)
                prop:checked=move || selected.read().contains(&id)
                on:change=on_toggle
            />
            <Avatar name=user.name.clone() seed=id.to_string() />
            <span class="removed__user">
                <span class="person__name">
                    <bdi>{label.clone()}</bdi>
                </span>
                <span class="hint">
                    {with_bdi(&by)} ". "
                    <time
                        datetime=until.to_rfc3339()
                        title=format::full_date_time(language, until)
                    >
                        {messages::restorable_until(language, &day, &time)}
                    </time>
                </span>
                {move || {
                    refused
                        .read()
                        .get(&id)
                        .cloned()
                        .map(|text| {
                            view! {
                                <span class="field__error" role="alert">
                                    <Icon glyph=Glyph::Alert />
                                    {text}
                                </span>
                            }
                        })
                }}
            </span>
            <button
                class="button button--small"
                type="button"
                aria-label=messages::restore_user(language, &label)
                aria-disabled=move || (is_busy.get() || lock.get().is_some()).then_some("true")
                aria-describedby=move || lock.get().map(Lock::id)
                data-hint=move || lock.get().map(|lock| lock.words(language))
                on:click=move |_| restore.run(vec![id])
            >
                {messages::restore(language)}
            </button>
        </li>
    }
}
