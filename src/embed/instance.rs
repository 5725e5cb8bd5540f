use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::UserId;
use uuid::Uuid;
use web_sys::{HtmlElement, VisibilityState};

use super::Surroundings;
use super::element::Controls;
use super::events::{HostEvent, Person, View, Whereabouts};
use super::root::Root;
use crate::api::ApiError;
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::state::{Identity, Known, Place, Reader, UsersPlace, ViewChange, explain};
use crate::ui::{Dialog, KeyScope};

/// What is shown, by who is signed in. A view is another screen, so that nothing of one is left over in the other.
#[derive(Clone, PartialEq)]
enum Screen {
    SignedIn(UserId, Option<Uuid>),
    SignedOut,
    Loading,
    Failed(ApiError),
}

/// The feature in a host's element, from finding out who is signed in.
#[component]
pub(super) fn Instance(
    /// What the host can do with it.
    controls: Controls,
    /// The element within the shadow root that holds it all.
    inner: HtmlElement,
) -> impl IntoView {
    let language = controls.language;
    let tell = controls.host;
    tell_places(&controls);
    follow_view(controls.clone());
    let sign_in = controls.sign_in;
    spawn_local(sign_in.load());
    let looked = controls.clone();
    let on_visible = window_event_listener(ev::visibilitychange, move |_| {
        let is_seen = document().visibility_state() == VisibilityState::Visible;
        if is_seen && sign_in.is_over.try_get_untracked() == Some(true) {
            looked.look();
        }
    });
    on_cleanup(move || on_visible.remove());
    let screen = Memo::new(move |_| match &*sign_in.known.read() {
        Known::Ready(Identity::SignedIn(reader)) => Screen::SignedIn(reader.session.user.id, reader.view()),
        Known::Ready(Identity::SignedOut { .. }) => Screen::SignedOut,
        Known::Loading => Screen::Loading,
        Known::Failed(error) => Screen::Failed(error.clone()),
    });
    // The host hears of each screen once it is there. A view is told by itself.
    let heard = Memo::new(move |_| match screen.get() {
        Screen::SignedIn(user, _) => Screen::SignedIn(user, None),
        other => other,
    });
    Effect::new(move |_| {
        let event = match heard.get() {
            Screen::SignedIn(..) => {
                sign_in.reader().map(|reader| HostEvent::Ready { user: Person::from(&reader.session.user) })
            }
            Screen::SignedOut => Some(HostEvent::SignedOut {}),
            Screen::Failed(error) => {
                Some(HostEvent::Error { kind: "backend", message: format!("{error:?}") })
            }
            Screen::Loading => None,
        };
        if let Some(event) = event {
            tell.try_with_value(|host| event.tell(host));
        }
    });
    Effect::new(move |_| {
        if sign_in.is_over.get() {
            tell.try_with_value(|host| HostEvent::SignedOut {}.tell(host));
        }
    });
    let inner = StoredValue::new_local(inner);
    let controls = StoredValue::new_local(controls);
    // Another language renders everything anew: simpler, and smaller, than texts that change in place.
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
    let again = controls.clone();
    let on_again = move |_| {
        let sign_in = again.sign_in;
        sign_in.known.set(Known::Loading);
        spawn_local(sign_in.load());
    };
    match screen {
        Screen::SignedIn(..) => match controls.sign_in.reader() {
            Some(reader) => view! { <Shown controls=controls.clone() reader /> }.into_any(),
            None => ().into_any(),
        },
        Screen::SignedOut => view! {
            <div class="empty" role="status">
                <h2 class="empty__title">{messages::signed_out(language)}</h2>
                <p class="empty__text">{messages::signed_out_text(language)}</p>
                <div class="empty__ways">
                    // A host's own way to sign in.
                    <slot name="sign-in"></slot>
                    <button class="button" type="button" on:click=on_again>
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
                <div class="empty__ways">
                    <button class="button" type="button" on:click=on_again>
                        {messages::retry(language)}
                    </button>
                </div>
            </div>
        }
        .into_any(),
    }
}

/// The feature, for as long as the same person is signed in and views as the same or nobody.
#[component]
fn Shown(
    /// What the host can do with it.
    controls: Controls,
    /// Who is signed in.
    reader: Arc<Reader>,
) -> impl IntoView {
    let sign_in = controls.sign_in;
    let view = reader.view();
    // What was asked for before was asked by somebody else, or in another view.
    controls.asks.close();
    let shown = RwSignal::new(reader);
    Effect::new(move |_| {
        if let Known::Ready(Identity::SignedIn(now)) = sign_in.known.get()
            && now.view() == view
        {
            let _ = shown.try_set(now);
        }
    });
    let surroundings = Surroundings {
        client: sign_in.client(),
        navigation: controls.navigation.clone(),
        reader: shown.into(),
        on_reader_changed: Callback::new(move |()| spawn_local(sign_in.refresh())),
        language: use_language(),
        keys: KeyScope::new(controls.host.with_value(|host| host.clone().into())),
        ended: sign_in.ended,
        viewing: sign_in.viewing,
        tells_view: true,
        asks: controls.asks,
        changes: controls.changes,
    };
    let is_over = Memo::new(move |_| sign_in.is_over.get());
    let over = move || {
        is_over.get().then(|| {
            let (controls, reader) = (controls.clone(), shown.get_untracked());
            view! { <SessionOver controls reader /> }
        })
    };
    view! {
        <Root surroundings />
        {over}
    }
}

/// Over the feature, where the session of who is signed in has ended: the host has them sign in again, and they go on.
#[component]
fn SessionOver(
    /// What the host can do with it.
    controls: Controls,
    /// Whose session has ended.
    reader: Arc<Reader>,
) -> impl IntoView {
    const TITLE: &str = "session-over-title";
    let language = use_language();
    view! {
        // Escape does not close it: what waits behind cannot go on without an answer.
        <Dialog label_id=TITLE class="confirm" on_close=|()| ()>
            <div class="confirm__body">
                <h2 class="dialog__title" id=TITLE>
                    {messages::sign_in_again(language)}
                </h2>
                <p class="confirm__text">
                    {with_bdi(&messages::session_over_text(language, &isolated(reader.account_name())))}
                </p>
            </div>
            <footer class="dialog__foot">
                <button
                    class="button button--primary"
                    type="button"
                    autofocus
                    on:click=move |_| controls.look()
                >
                    {messages::have_signed_in(language)}
                </button>
            </footer>
        </Dialog>
    }
}

/// The host hears where the reader is, each time that it is somewhere else. Where places have addresses, it hears of it
/// with those (`address`).
fn tell_places(controls: &Controls) {
    let Controls { navigation, host, .. } = controls.clone();
    let place = navigation.place;
    let navigation = StoredValue::new(navigation);
    let now = move || {
        navigation.with_value(|navigation| Whereabouts::of(&place.read(), navigation.address(&place.read())))
    };
    if untrack(now).has_address() {
        return;
    }
    Effect::new(move |before: Option<Whereabouts>| {
        let now = now();
        if before.is_some_and(|before| before != now) {
            host.try_with_value(|host| HostEvent::Navigate(now.clone()).tell(host));
        }
        now
    });
}

/// What is shown follows the view: into it, and back to where it was begun.
fn follow_view(controls: Controls) {
    let Controls { sign_in, navigation, host, .. } = controls;
    let navigation = StoredValue::new(navigation);
    sign_in.viewing.on_change(move |change| {
        let event = match &change {
            ViewChange::Started { .. } => sign_in
                .viewing
                .running
                .try_with_untracked(|running| running.as_ref().map(View::of))
                .flatten()
                .map(HostEvent::ViewStart),
            ViewChange::Ended { id, ended, .. } => {
                Some(HostEvent::ViewEnd { id: *id, user: Person::from(&ended.user), reason: ended.why })
            }
        };
        spawn_local(async move {
            sign_in.load().await;
            let _ = navigation.try_with_value(|navigation| match change {
                ViewChange::Started { .. } => navigation.lead_on(Place::Users(UsersPlace::default())),
                ViewChange::Ended { back, .. } => navigation.lead_back(*back),
            });
            if let Some(event) = event {
                host.try_with_value(|host| event.tell(host));
            }
        });
    });
}
