use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Code, OwnSession};
use uuid::Uuid;

use super::failure::SectionFailure;
use crate::api::{ApiError, Client};
use crate::app::session::AppSession;
use crate::i18n::{clock, messages, relative_time, use_language};
use crate::reactive::memo;
use crate::state::device_label;
use crate::ui::{Glyph, Icon};

/// The sessions of the current user, each with a button that ends it.
#[component]
pub(super) fn Sessions() -> impl IntoView {
    let language = use_language();
    let session = expect_context::<AppSession>();
    let client = StoredValue::new(expect_context::<Client>());
    let sessions = RwSignal::new(None::<Vec<OwnSession>>);
    let error = RwSignal::new(None::<ApiError>);
    let status = RwSignal::new(String::new());
    let is_ending = RwSignal::new(false);

    let fail = move |failure: ApiError| {
        let _ = error.try_set(Some(failure));
    };
    let load = move || {
        error.set(None);
        spawn_local(async move {
            match client.get_value().sessions().await {
                Ok(list) => {
                    let _ = sessions.try_set(Some(list));
                }
                Err(failure) => fail(failure),
            }
        });
    };
    load();
    // `not_found` counts as success: the session has ended already.
    let end_all = move |ids: Vec<Uuid>, message: String| {
        if is_ending.get_untracked() {
            return;
        }
        is_ending.set(true);
        error.set(None);
        spawn_local(async move {
            for id in ids {
                let Some(client) = client.try_get_value() else { return };
                match client.end_session(id).await {
                    Ok(()) => {}
                    Err(failure) if failure.code() == Some(Code::NotFound) => {}
                    Err(failure) => {
                        let _ = is_ending.try_set(false);
                        return fail(failure);
                    }
                }
                let _ = sessions.try_update(|sessions| {
                    if let Some(sessions) = sessions {
                        sessions.retain(|session| session.id != id);
                    }
                });
            }
            let _ = status.try_set(message);
            let _ = is_ending.try_set(false);
        });
    };
    let others = memo(move |_| -> Vec<Uuid> {
        let sessions = sessions.read();
        let others = sessions.iter().flatten().filter(|session| !session.current);
        others.map(|session| session.id).collect()
    });
    let on_end = Callback::new(move |session: OwnSession| {
        end_all(
            vec![session.id],
            messages::session_ended(language, &device_label(language, &session.device)),
        );
    });

    view! {
        <section class="profile__section" aria-labelledby="sessions-title" aria-busy=move || sessions.read().is_none().then_some("true")>
            <header class="profile__head">
                <div>
                    <h2 class="profile__title" id="sessions-title">
                        {messages::sessions(language)}
                    </h2>
                    <p class="hint">{messages::sessions_text(language)}</p>
                </div>
            </header>
            <ul class="sessions" role="list" aria-labelledby="sessions-title">
                <For
                    each=move || sessions.get().unwrap_or_default()
                    key=|session| session.id
                    let:session
                >
                    <OneSession session on_end />
                </For>
            </ul>
            <SectionFailure title=messages::sessions_failed(language) error on_retry=move || load() />
            <p class="visually-hidden" role="status">{status}</p>
            <footer class="profile__foot">
                <Show when=move || !others.read().is_empty()>
                    <button
                        class="button"
                        type="button"
                        aria-disabled=move || is_ending.get().then_some("true")
                        on:click=move |_| end_all(others.get_untracked(), messages::signed_out_elsewhere(language).into())
                    >
                        {messages::sign_out_elsewhere(language)}
                    </button>
                </Show>
                <button
                    class="button"
                    type="button"
                    on:click=move |_| spawn_local(session.sign_out())
                >
                    <Icon glyph=Glyph::Exit />
                    {messages::sign_out(language)}
                </button>
            </footer>
        </section>
    }
}

#[component]
fn OneSession(session: OwnSession, on_end: Callback<OwnSession>) -> impl IntoView {
    let language = use_language();
    let now = clock::now();
    let started = relative_time::created(language, session.started_at, now, &clock::Zone);
    let seen = relative_time::last_active(language, session.last_seen_at, now, &clock::Zone);
    let times = messages::session_times(language, &started, &seen);
    let device = device_label(language, &session.device);
    let name = messages::end_session_of(language, &device, &started);
    let current = session.current;
    view! {
        <li class="sessions__row">
            <span>
                <span class="sessions__device">
                    <bdi>{device}</bdi>
                    {current.then(|| view! { <span class="tag">{messages::this_session(language)}</span> })}
                </span>
                <span class="hint">{times}</span>
            </span>
            {(!current)
                .then(|| {
                    view! {
                        <button
                            class="button button--small"
                            type="button"
                            aria-label=name
                            on:click=move |_| on_end.run(session.clone())
                        >
                            {messages::end_session(language)}
                        </button>
                    }
                })}
        </li>
    }
}
