//! The standalone page: a small studio around the users feature, like that of a host. It handles signing in, the URL
//! and the sections that the current user sees.

mod account;
mod base_path;
mod environment_switch;
mod hidden_sections;
mod join;
mod logo_menu;
mod preferences_menu;
pub mod prerender;
mod profile;
mod public_frame;
mod router;
mod section_page;
mod session;
mod sign_in_again;
mod sign_in_page;
mod studio;
mod users_host;

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::UserId;
use uuid::Uuid;

use crate::api::{ApiError, Client, Fetch};
use crate::embed::crash;
use crate::i18n::messages;
use crate::parts::Lazy;
use crate::reactive::{effect, memo};
#[cfg(debug_assertions)]
use crate::state::get_local_item;
use crate::state::{
    CurrentUser, Identity, Navigation, Preferences, Route, ScrollMemory, SessionStatus, explain,
};
use crate::style::{self, SheetRoot};
use crate::ui::{FirstRender, follow_translations};
use base_path::BasePath;
use join::{JoinToken, join};
use prerender::EmbeddedResponses;
use router::UrlNavigation;
use session::{AppSession, Notice};
use sign_in_again::sign_in_again;
use sign_in_page::sign_in_page;
use studio::Studio;

/// Starts the standalone page.
pub fn start() {
    crash::install_panic_hook();
    crash::watch_page();
    #[cfg(debug_assertions)]
    if get_local_item("studio-users.pseudo").is_some() {
        crate::i18n::pseudo::turn_on();
    }
    if let Err(error) = style::adopt(&document()) {
        leptos::logging::error!("Could not adopt the style sheet: {error:?}");
    }
    prerender::when_ready(|| mount_to_body(App));
}

/// The screen for each session status.
#[derive(Clone, PartialEq)]
enum Screen {
    SignedIn(UserId, Option<Uuid>),
    SignedOut,
    Join,
    Loading,
    Failed(ApiError),
}

#[component]
fn App() -> impl IntoView {
    let preferences = Preferences::load();
    let base = BasePath::find();
    let client = Client::new(EmbeddedResponses(Fetch::new(base.as_str(), None)));
    provide_context(base);
    provide_context(SheetRoot::new(&document()));
    provide_context(preferences);
    provide_context(client.clone());
    provide_context(AppSession::new(client, preferences));
    provide_context(JoinToken::load());
    provide_context(ScrollMemory::default());
    provide_context(FirstRender::default());
    if let Some(body) = document().body() {
        follow_translations(&body);
    }
    effect(move |_| {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("lang", preferences.language.get().tag());
            let _ = match preferences.theme.get().attribute() {
                Some(theme) => root.set_attribute("data-theme", theme),
                None => root.remove_attribute("data-theme"),
            };
        }
    });
    // A new language renders the page again. That is simpler and smaller than reactive texts.
    view! {
        <UrlNavigation>
            {move || {
                provide_context(preferences.language.get());
                view! { <Screens /> }
            }}
        </UrlNavigation>
    }
}

/// Shows the screen for the session status: the sign-in page, the studio or the page of an invitation link.
#[component]
fn Screens() -> impl IntoView {
    let language = crate::i18n::use_language();
    let session = expect_context::<AppSession>();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let token = expect_context::<JoinToken>();
    let notice = RwSignal::new(None::<Notice>);
    let memory = expect_context::<ScrollMemory>();
    navigation.with_value(|navigation| prerender::attach(navigation, memory));
    session.watch(navigation.get_value());
    session.reload_on_view_change(navigation);

    effect(move |_| {
        let taken = router::take_link_token();
        if let Some((Route::SignIn, token)) = taken {
            session.status.set(SessionStatus::Loading);
            spawn_local(async move {
                let failure = session.sign_in_with_link(token).await;
                let _ = notice.try_set(failure);
            });
            return;
        }
        if let Some((_, invitation_token)) = taken {
            // Taking the token has changed the URL, so this effect runs again.
            return token.set(invitation_token);
        }
        if session.status.with_untracked(|status| matches!(status, SessionStatus::Loading)) {
            spawn_local(session.load());
        }
    });
    // Redirects a signed-out user to the sign-in page, and after signing in to the requested route.
    effect(move |_| {
        let route = navigation.with_value(|navigation| navigation.route.get());
        let to = session.status.with(|status| match status {
            // The page of an invitation link needs no session.
            SessionStatus::Ready(_) if route == Route::Join => None,
            SessionStatus::Ready(Identity::SignedOut { by_choice }) if route != Route::SignIn => {
                session
                    .requested_route
                    .set_value((!by_choice && route != Route::Start).then(|| route.clone()));
                Some(Route::SignIn)
            }
            SessionStatus::Ready(Identity::SignedIn(current_user))
                if route == Route::Start || route == Route::SignIn =>
            {
                // The sign-in page stays until the user has seen why a link failed.
                let may_leave = notice.with(Option::is_none);
                may_leave.then(|| {
                    if token.resume(&current_user.session.user.email) {
                        return Route::Join;
                    }
                    let requested = session.requested_route.try_update_value(Option::take).flatten();
                    requested.unwrap_or_else(|| home_route(current_user))
                })
            }
            _ => None,
        });
        if let Some(to) = to {
            navigation.with_value(|navigation| navigation.redirect(to));
        }
    });
    effect(move |previous: Option<String>| {
        let route = navigation.with_value(|navigation| navigation.route.get());
        let page = match &route {
            Route::SignIn | Route::Start => messages::sign_in(language),
            Route::Join => messages::join(language),
            Route::Account => messages::your_account(language),
            Route::Roles => messages::roles(language),
            Route::NotFound => messages::page_not_found(language),
            Route::Users(_) | Route::Invite => messages::users(language),
            Route::Section { section, .. } => section.name(language),
        };
        let title = messages::page_title(language, page);
        let title = session.impersonation.running.with(|running| match running {
            Some(view) => messages::view_title(language, view.name(), &title),
            None => title.clone(),
        });
        if previous.as_ref() != Some(&title) {
            document().set_title(&title);
        }
        title
    });

    // The screen stays while the user stays the same, even if their permissions change. An impersonation is another
    // screen, so that no state leaks between the two.
    let current_user = StoredValue::new(None::<RwSignal<Arc<CurrentUser>>>);
    let is_joining =
        memo(move |_| navigation.with_value(|navigation| *navigation.route.read() == Route::Join));
    let screen = memo(move |_| match &*session.status.read() {
        SessionStatus::Ready(_) if is_joining.get() => Screen::Join,
        SessionStatus::Ready(Identity::SignedIn(current_user)) => {
            Screen::SignedIn(current_user.session.user.id, current_user.view())
        }
        SessionStatus::Ready(Identity::SignedOut { .. }) => Screen::SignedOut,
        SessionStatus::Loading => Screen::Loading,
        SessionStatus::Failed(error) => Screen::Failed(error.clone()),
    });
    effect(move |_| {
        if let (SessionStatus::Ready(Identity::SignedIn(now)), Some(current_user)) =
            (session.status.get(), current_user.get_value())
            && current_user.try_with_untracked(|current| current.view()) == Some(now.view())
        {
            let _ = current_user.try_set(now);
        }
    });

    // The prerendered view shows the studio. Any other screen removes it.
    effect(move |_| {
        if !matches!(screen.get(), Screen::SignedIn(..) | Screen::Loading) {
            prerender::remove();
        }
    });

    move || match screen.get() {
        Screen::SignedIn(..) => {
            let SessionStatus::Ready(Identity::SignedIn(now)) = session.status.get_untracked() else {
                return ().into_any();
            };
            if notice.with(Option::is_some) {
                let name = Some(now.name().to_owned());
                return view! { <Lazy load=sign_in_page with=(notice, name) /> }.into_any();
            }
            let signal = RwSignal::new(now);
            current_user.set_value(Some(signal));
            provide_context(session.client());
            let has_ended = memo(move |_| session.has_ended.get());
            view! {
                <Studio current_user=signal />
                <Lazy load=sign_in_again with=signal when=has_ended />
            }
            .into_any()
        }
        Screen::SignedOut => view! { <Lazy load=sign_in_page with=(notice, None) /> }.into_any(),
        Screen::Join => view! { <Lazy load=join with=token /> }.into_any(),
        Screen::Loading => view! {
            <main class="su app-loading" aria-busy="true">
                <p class="visually-hidden" role="status">
                    {messages::loading(language)}
                </p>
            </main>
        }
        .into_any(),
        Screen::Failed(error) => view! {
            <main class="su empty">
                <div role="alert">
                    <h1 class="empty__title">{messages::session_failed(language)}</h1>
                    <p class="empty__text">{explain(language, &error)}</p>
                </div>
                <div class="empty__actions">
                    <button class="button" type="button" on:click=move |_| spawn_local(session.load())>
                        {messages::retry(language)}
                    </button>
                </div>
            </main>
        }
        .into_any(),
    }
}

/// Returns the home route of a user: the users, if they manage any, otherwise the first section that they see.
pub(super) fn home_route(current_user: &CurrentUser) -> Route {
    let sections = current_user.sections(None);
    let users = studio_users_domain::Section::Users;
    let section = if sections.contains(&users) { Some(users) } else { sections.first().copied() };
    section
        .map_or(Route::Users(crate::state::UsersRoute::default()), |section| Route::of_section(section, None))
}
