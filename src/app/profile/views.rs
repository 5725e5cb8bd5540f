use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::OwnView;

use super::failure::SectionFailure;
use crate::api::{ApiError, Client};
use crate::i18n::{clock, isolated, messages, relative_time, use_language, with_bdi};
use crate::reactive::memo;

/// The times when a manager viewed the studio as the current user: who, when, for how long and why.
#[component]
pub(super) fn OwnViewList() -> impl IntoView {
    let language = use_language();
    let client = StoredValue::new(expect_context::<Client>());
    let views = RwSignal::new(None::<Vec<OwnView>>);
    let next = RwSignal::new(None::<String>);
    let error = RwSignal::new(None::<ApiError>);
    let is_loading = RwSignal::new(false);
    let load = move || {
        if is_loading.get_untracked() {
            return;
        }
        is_loading.set(true);
        error.set(None);
        let cursor = next.get_untracked();
        spawn_local(async move {
            let response = client.get_value().own_views(cursor).await;
            let _ = is_loading.try_set(false);
            match response {
                Ok(page) => {
                    let _ = views.try_update(|views| views.get_or_insert_default().extend(page.items));
                    let _ = next.try_set(page.next);
                }
                Err(failure) => {
                    let _ = error.try_set(Some(failure));
                }
            }
        });
    };
    load();
    let is_empty = memo(move |_| views.read().as_ref().is_some_and(Vec::is_empty));
    view! {
        <section
            class="profile__section"
            aria-labelledby="own-views-title"
            aria-busy=move || is_loading.get().then_some("true")
        >
            <header class="profile__head">
                <div>
                    <h2 class="profile__title" id="own-views-title">
                        {messages::own_views(language)}
                    </h2>
                    <p class="hint">{messages::own_views_text(language)}</p>
                </div>
            </header>
            <Show when=move || is_empty.get()>
                <p class="hint">{messages::own_views_none(language)}</p>
            </Show>
            <ul class="sessions" role="list" aria-labelledby="own-views-title">
                <For each=move || views.get().unwrap_or_default() key=|view| view.id let:view>
                    <OneView view />
                </For>
            </ul>
            <SectionFailure title=messages::own_views_failed(language) error on_retry=move || load() />
            <Show when=move || next.read().is_some()>
                <footer class="profile__foot">
                    <button
                        class="button"
                        type="button"
                        aria-disabled=move || is_loading.get().then_some("true")
                        on:click=move |_| load()
                    >
                        {messages::own_views_more(language)}
                    </button>
                </footer>
            </Show>
        </section>
    }
}

#[component]
fn OneView(view: OwnView) -> impl IntoView {
    let language = use_language();
    let when = relative_time::created(language, view.started_at, clock::now(), &clock::Zone);
    let times = match view.seconds {
        Some(seconds) => messages::own_view_minutes(language, seconds.div_ceil(60), &when),
        None => messages::own_view_active(language, &when),
    };
    let actor = view.actor.map(|actor| actor.name).filter(|name| !name.is_empty());
    let actor = actor.unwrap_or_else(|| messages::own_view_by_unknown(language).to_owned());
    let reason = view.reason.map(|reason| {
        view! {
            <span dir="auto">{with_bdi(&messages::own_view_reason(language, &isolated(&reason)))}</span>
        }
    });
    view! {
        <li class="sessions__row">
            <span>
                <span class="sessions__device">
                    <bdi>{actor}</bdi>
                </span>
                {reason}
                <span class="hint">
                    <time datetime=view.started_at.to_rfc3339()>{times}</time>
                </span>
            </span>
        </li>
    }
}
