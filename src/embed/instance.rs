use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::UserId;
use uuid::Uuid;
use web_sys::{HtmlElement, VisibilityState};

use super::MountOptions;
use super::controls::Controls;
use super::events::{HostEvent, Person, PlaceDetail, View};
use super::root::Root;
use crate::api::ApiError;
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::reactive::{effect, memo};
use crate::state::{CurrentUser, Identity, Route, SessionStatus, UsersRoute, ViewChange, explain};
use crate::ui::{Dialog, KeyScope};

/// The screen for each session status. An impersonation is another screen, so that no state leaks between the two.
#[derive(Clone, PartialEq)]
enum Screen {
    SignedIn(UserId, Option<Uuid>),
    SignedOut,
    Loading,
    Failed(ApiError),
}

/// The feature in a host's element: loads the session and shows the screen for its status.
#[component]
pub(super) fn Instance(
    controls: Controls,
    /// The root element inside the shadow root.
    inner: HtmlElement,
) -> impl IntoView {
    let language = controls.language;
    let host = controls.host;
    emit_navigation(&controls);
    reload_on_view_change(controls.clone());
    let session = controls.session;
    spawn_local(session.load());
    let checked = controls.clone();
    let on_visible = window_event_listener(ev::visibilitychange, move |_| {
        let is_visible = document().visibility_state() == VisibilityState::Visible;
        if is_visible && session.has_ended.try_get_untracked() == Some(true) {
            checked.check();
        }
    });
    on_cleanup(move || on_visible.remove());
    let screen = memo(move |_| match &*session.status.read() {
        SessionStatus::Ready(Identity::SignedIn(current_user)) => {
            Screen::SignedIn(current_user.session.user.id, current_user.view())
        }
        SessionStatus::Ready(Identity::SignedOut { .. }) => Screen::SignedOut,
        SessionStatus::Loading => Screen::Loading,
        SessionStatus::Failed(error) => Screen::Failed(error.clone()),
    });
    // Emits one event per screen. An impersonation has its own events, so it is ignored here.
    let event_screen = memo(move |_| match screen.get() {
        Screen::SignedIn(user, _) => Screen::SignedIn(user, None),
        other => other,
    });
    effect(move |_| {
        let event = match event_screen.get() {
            Screen::SignedIn(..) => session
                .current_user()
                .map(|current_user| HostEvent::Ready { user: Person::from(&current_user.session.user) }),
            Screen::SignedOut => Some(HostEvent::SignedOut {}),
            Screen::Failed(error) => {
                Some(HostEvent::Error { kind: "backend", message: format!("{error:?}") })
            }
            Screen::Loading => None,
        };
        if let Some(event) = event {
            host.try_with_value(|host| event.dispatch(host));
        }
    });
    effect(move |_| {
        if session.has_ended.get() {
            host.try_with_value(|host| HostEvent::SignedOut {}.dispatch(host));
        }
    });
    let inner = StoredValue::new_local(inner);
    let controls = StoredValue::new_local(controls);
    // A new language renders the feature again. That is simpler and smaller than reactive texts.
    move || {
        let language = language.get();
        provide_context(language);
        inner.with_value(|inner| drop(inner.set_attribute("lang", language.tag())));
        let controls = controls.get_value();
        move || screen_view(&controls, &screen.get())
    }
}

fn screen_view(controls: &Controls, screen: &Screen) -> AnyView {
    let language = use_language();
    let retried = controls.clone();
    let on_retry = move |_| {
        let session = retried.session;
        session.status.set(SessionStatus::Loading);
        spawn_local(session.load());
    };
    match screen {
        Screen::SignedIn(..) => match controls.session.current_user() {
            Some(current_user) => view! { <SignedIn controls=controls.clone() current_user /> }.into_any(),
            None => ().into_any(),
        },
        Screen::SignedOut => view! {
            <div class="empty" role="status">
                <h2 class="empty__title">{messages::signed_out(language)}</h2>
                <p class="empty__text">{messages::signed_out_text(language)}</p>
                <div class="empty__actions">
                    // The slot for the host's own sign-in.
                    <slot name="sign-in"></slot>
                    <button class="button" type="button" on:click=on_retry>
                        {messages::have_signed_in(language)}
                    </button>
                </div>
            </div>
        }
        .into_any(),
        Screen::Loading => view! {
            <p class="visually-hidden" role="status">
                {messages::loading(language)}
            </p>
        }
        .into_any(),
        Screen::Failed(error) => view! {
            <div class="empty" role="alert">
                <h2 class="empty__title">{messages::users_failed(language)}</h2>
                <p class="empty__text">{explain(language, error)}</p>
                <div class="empty__actions">
                    <button class="button" type="button" on:click=on_retry>
                        {messages::retry(language)}
                    </button>
                </div>
            </div>
        }
        .into_any(),
    }
}

/// The feature for one user and at most one impersonation.
#[component]
fn SignedIn(controls: Controls, current_user: Arc<CurrentUser>) -> impl IntoView {
    let session = controls.session;
    let view = current_user.view();
    // Discards the dialog request of a previous user or impersonation.
    controls.dialogs.close();
    let current_user = RwSignal::new(current_user);
    effect(move |_| {
        if let SessionStatus::Ready(Identity::SignedIn(now)) = session.status.get()
            && now.view() == view
        {
            let _ = current_user.try_set(now);
        }
    });
    let options = MountOptions {
        client: session.client(),
        navigation: controls.navigation.clone(),
        current_user: current_user.into(),
        on_current_user_changed: Callback::new(move |()| spawn_local(session.refresh())),
        language: use_language(),
        keys: KeyScope::new(controls.host.with_value(|host| host.clone().into())),
        session_renewal: session.renewal,
        impersonation: session.impersonation,
        shows_view_banner: true,
        scroll_memory: controls.scroll_memory,
        first_render: controls.first_render,
        dialogs: controls.dialogs,
        changes: controls.changes,
    };
    let has_ended = memo(move |_| session.has_ended.get());
    let sign_in_dialog = move || {
        has_ended.get().then(|| {
            let (controls, current_user) = (controls.clone(), current_user.get_untracked());
            view! { <SessionExpired controls current_user /> }
        })
    };
    view! {
        <Root options />
        {sign_in_dialog}
    }
}

/// A modal dialog for an expired session. The host signs the user in again, and they continue.
#[component]
fn SessionExpired(controls: Controls, current_user: Arc<CurrentUser>) -> impl IntoView {
    const TITLE: &str = "session-expired-title";
    let language = use_language();
    view! {
        // Escape does not close the dialog: the waiting requests need a decision.
        <Dialog label_id=TITLE class="confirm" on_close=|()| ()>
            <div class="confirm__body">
                <h2 class="dialog__title" id=TITLE>
                    {messages::sign_in_again(language)}
                </h2>
                <p class="confirm__text">
                    {with_bdi(&messages::session_ended_text(language, &isolated(current_user.account_name())))}
                </p>
            </div>
            <footer class="dialog__foot">
                <button
                    class="button button--primary"
                    type="button"
                    autofocus
                    on:click=move |_| controls.check()
                >
                    {messages::have_signed_in(language)}
                </button>
            </footer>
        </Dialog>
    }
}

/// Emits `su-navigate` on each change of the route. With routing over the URL, `url_routing` emits the event instead.
fn emit_navigation(controls: &Controls) {
    let Controls { navigation, host, .. } = controls.clone();
    let route = navigation.route;
    let navigation = StoredValue::new(navigation);
    let now = move || {
        navigation.with_value(|navigation| PlaceDetail::of(&route.read(), navigation.url(&route.read())))
    };
    if untrack(now).has_url() {
        return;
    }
    effect(move |before: Option<PlaceDetail>| {
        let now = now();
        if before.is_some_and(|before| before != now) {
            host.try_with_value(|host| HostEvent::Navigate(now.clone()).dispatch(host));
        }
        now
    });
}

/// Reloads the session when an impersonation starts or ends, updates the route and emits the event.
fn reload_on_view_change(controls: Controls) {
    let Controls { session, navigation, host, .. } = controls;
    let navigation = StoredValue::new(navigation);
    session.impersonation.on_change(move |change| {
        let event = match &change {
            ViewChange::Started { .. } => session
                .impersonation
                .running
                .try_with_untracked(|running| running.as_ref().map(View::of))
                .flatten()
                .map(HostEvent::ViewStart),
            ViewChange::Ended { id, ended, .. } => {
                Some(HostEvent::ViewEnd { id: *id, user: Person::from(&ended.user), reason: ended.reason })
            }
        };
        spawn_local(async move {
            session.load().await;
            let _ = navigation.try_with_value(|navigation| match change {
                ViewChange::Started { .. } => navigation.redirect(Route::Users(UsersRoute::default())),
                ViewChange::Ended { back, .. } => navigation.return_to(*back),
            });
            if let Some(event) = event {
                host.try_with_value(|host| event.dispatch(host));
            }
        });
    });
}
