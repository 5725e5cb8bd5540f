use leptos::prelude::*;
use studio_users_contract::RemovedUser;
use studio_users_domain::UserId;

use super::removed::Removed;
use crate::i18n::{clock, format, isolated, messages, moment, use_language, with_bdi};
use crate::state::{Lock, use_reader};
use crate::ui::{Avatar, Glyph, Icon};

/// Somebody who was removed.
#[component]
pub(super) fn RemovedRow(
    /// Who.
    user: RemovedUser,
    /// What else the list shows.
    removed: Removed,
    /// Restores them.
    restore: Callback<Vec<UserId>>,
) -> impl IntoView {
    let language = use_language();
    let Removed { chosen, refused, is_busy, .. } = removed;
    let lock = Lock::of_everything();
    let id = user.id;
    let label = user.name.clone().unwrap_or_else(|| user.email.clone());
    let when = moment::last_active(language, user.removed_at, clock::now(), clock::offset());
    let by = if use_reader().with_untracked(|reader| reader.is(user.removed_by.id)) {
        messages::removed_by_you(language, &when)
    } else {
        messages::removed_by(language, &isolated(&user.removed_by.name), &when)
    };
    let until = user.restorable_until;
    let (day, time) = (format::day(language, until), format::time_of_day(language, until));
    let on_choose = move |_| {
        chosen.update(|chosen| {
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    };
    view! {
        <li class="removed__row">
            <input
                class="checkbox"
                type="checkbox"
                aria-label=messages::select_user(language, &label)
                prop:checked=move || chosen.read().contains(&id)
                on:change=on_choose
            />
            <Avatar name=user.name.clone() seed=id.to_string() />
            <span class="removed__who">
                <span class="person__name">
                    <bdi>{label.clone()}</bdi>
                </span>
                <span class="hint">
                    {with_bdi(&by)} ". "
                    <time
                        datetime=until.to_rfc3339()
                        title=format::absolute(language, until)
                    >
                        {messages::restorable_until(language, &day, &time)}
                    </time>
                </span>
                {move || {
                    refused
                        .read()
                        .get(&id)
                        .cloned()
                        .map(|words| {
                            view! {
                                <span class="field__error" role="alert">
                                    <Icon glyph=Glyph::Alert />
                                    {words}
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
