use std::collections::{HashMap, HashSet};

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::RemovedUser;
use studio_users_domain::UserId;

use super::removed_row::{RemovedList, RemovedRow};
use super::store::RemovedUsersStore;
use crate::api::ApiError;
use crate::i18n::{messages, use_language};
use crate::reactive::{effect, memo};
use crate::state::{Lock, explain, explain_code, use_changes, use_dialogs};
use crate::ui::{Dialog, Glyph, Icon, active_element};

const TITLE: &str = "removed-title";

/// Dialog that lists the users removed within the last 24 hours and restores them.
#[component]
pub(super) fn RemovedDialog(store: RemovedUsersStore) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let removed = RemovedList {
        users: RwSignal::new(None),
        selected: RwSignal::new(HashSet::new()),
        refused: RwSignal::new(HashMap::new()),
        is_busy: RwSignal::new(false),
    };
    let RemovedList { users, selected, refused, is_busy } = removed;
    let error = RwSignal::new(None::<ApiError>);
    let announcement = RwSignal::new(String::new());
    let title = NodeRef::<html::H2>::new();
    let request_count = StoredValue::new(0_u32);
    let load = move || {
        let request_number = request_count.try_update_value(|request_count| {
            *request_count += 1;
            *request_count
        });
        spawn_local(async move {
            let response = store.removed().await;
            // Ignores the response if a later request was sent.
            if request_number.is_none() || request_count.try_get_value() != request_number {
                return;
            }
            match response {
                Ok(list) => {
                    let is_there = |id: &UserId| list.iter().any(|user| user.id == *id);
                    let _ = selected.try_update(|selected| selected.retain(is_there));
                    let _ = error.try_set(None);
                    let _ = users.try_set(Some(list));
                }
                Err(ApiError::Aborted) => {}
                Err(failure) => {
                    let _ = error.try_set(Some(failure));
                }
            }
        });
    };
    load();
    use_changes().subscribe(move |_| load());
    // Restoring removes the row with the focused button. The focus then moves to the title.
    effect(move |_| {
        users.track();
        request_animation_frame(move || {
            if let Some(title) = title.try_get_untracked().flatten()
                && active_element(&title).is_none()
            {
                let _ = title.focus();
            }
        });
    });
    let lock = Lock::of_everything();
    let restore = Callback::new(move |ids: Vec<UserId>| {
        if is_busy.get_untracked() || ids.is_empty() || lock.get_untracked().is_some() {
            return;
        }
        is_busy.set(true);
        refused.update(HashMap::clear);
        spawn_local(async move {
            let response = store.restore(ids).await;
            let _ = is_busy.try_set(false);
            match response {
                Ok(result) => {
                    let reasons = result.refusals.into_iter().map(|refusal| {
                        let text = explain_code(language, refusal.code);
                        (refusal.id, text.unwrap_or(messages::request_rejected(language)).to_owned())
                    });
                    let _ = refused.try_set(reasons.collect());
                    let _ = announcement.try_set(messages::users_restored(language, result.progress.done));
                }
                Err(ApiError::Aborted) => {}
                Err(failure) => {
                    let _ = error.try_set(Some(failure));
                }
            }
        });
    });
    let count = memo(move |_| u32::try_from(selected.read().len()).unwrap_or(u32::MAX));
    let body = move || {
        let ids = users.read().as_ref().map(|users| users.iter().map(|user| user.id).collect::<Vec<_>>());
        match ids {
            None if error.read().is_some() => ().into_any(),
            None => view! { <p class="confirm__text" aria-busy="true">{messages::loading(language)}</p> }
                .into_any(),
            Some(ids) if ids.is_empty() => view! {
                <div class="removed__empty">
                    <span class="empty__icon">
                        <Icon glyph=Glyph::Trash />
                    </span>
                    <p class="empty__title">{messages::no_removed_users(language)}</p>
                    <p class="empty__text">{messages::no_removed_users_text(language)}</p>
                </div>
            }
            .into_any(),
            Some(_) => view! { <Rows removed restore /> }.into_any(),
        }
    };
    let has_rows = move || users.read().as_ref().is_some_and(|users| !users.is_empty());
    view! {
        <Dialog label_id=TITLE class="confirm removed" light_dismiss=true on_close=move |()| dialogs.close()>
            <div class="confirm__body">
                <header>
                    <h2 class="dialog__title" id=TITLE tabindex="-1" autofocus node_ref=title>
                        {messages::removed_users(language)}
                    </h2>
                    <p class="confirm__text">{messages::removed_lead(language)}</p>
                </header>
                {body}
                <p class="visually-hidden" role="status">{announcement}</p>
                <div role="alert">
                    {move || {
                        error
                            .get()
                            .map(|error| {
                                view! {
                                    <p class="callout callout--danger">
                                        <Icon glyph=Glyph::Alert />
                                        <span>
                                            {messages::removed_failed(language)} " "
                                            {explain(language, &error)} " "
                                            <button class="link" type="button" on:click=move |_| load()>
                                                {messages::retry(language)}
                                            </button>
                                        </span>
                                    </p>
                                }
                            })
                    }}
                </div>
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                <button class="button" type="button" on:click=move |_| dialogs.close()>
                    {messages::close(language)}
                </button>
                <Show when=has_rows>
                    <button
                        class="button button--primary"
                        type="button"
                        aria-disabled=move || {
                            (count.get() == 0 || is_busy.get() || lock.get().is_some()).then_some("true")
                        }
                        aria-describedby=move || lock.get().map(Lock::id)
                        on:click=move |_| restore.run(selected.get_untracked().into_iter().collect())
                    >
                        {move || match count.get() {
                            0 => messages::restore(language).into(),
                            count => messages::restore_users(language, count),
                        }}
                    </button>
                </Show>
            </footer>
        </Dialog>
    }
}

#[component]
fn Rows(removed: RemovedList, restore: Callback<Vec<UserId>>) -> impl IntoView {
    let language = use_language();
    let RemovedList { users, selected, .. } = removed;
    let all = move || users.read().as_ref().map(Vec::len).unwrap_or_default();
    let are_all_selected = move || selected.read().len() == all();
    let on_all = move |_| {
        let ids = |users: &Option<Vec<RemovedUser>>| users.iter().flatten().map(|user| user.id).collect();
        let all = if are_all_selected() { HashSet::new() } else { users.with_untracked(ids) };
        selected.set(all);
    };
    view! {
        <div class="access-list removed__list">
            <Show when=move || { all() > 1 }>
                <label class="access-list__row removed__all">
                    <input
                        class="checkbox"
                        type="checkbox"
                        prop:checked=are_all_selected
                        prop:indeterminate=move || !selected.read().is_empty() && !are_all_selected()
                        on:change=on_all
                    />
                    {messages::select_all_removed(language)}
                </label>
            </Show>
            <ul aria-label=messages::removed_users(language)>
                <For
                    each=move || users.get().unwrap_or_default()
                    key=|user| (user.id, user.removed_at)
                    let:user
                >
                    <RemovedRow user removed restore />
                </For>
            </ul>
        </div>
    }
}
