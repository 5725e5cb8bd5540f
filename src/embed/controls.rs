//! The options and the state of a mounted feature, which the host's methods and the view share.

use js_sys::Function;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::{NodeId, UserId};
use web_sys::HtmlElement;

use super::url_routing;
use crate::api::{Client, Fetch, TokenProvider};
use crate::i18n::Language;
use crate::state::{
    Change, Changes, Dialogs, Filters, Navigation, OpenUser, Route, ScrollMemory, SessionCheck, SessionStore,
    Tab, Theme, UsersRoute,
};
use crate::ui::FirstRender;

/// The options of a host.
#[derive(Debug, Clone)]
pub struct Options {
    /// The base URL of the backend, without `/api/v1`. Empty for the page's own origin.
    pub api_base: String,
    /// Provides the session's token. `None` for a session cookie.
    pub token_provider: Option<Function>,
    /// The language of the texts.
    pub language: Language,
    /// The colour scheme. `None` inherits that of the host page.
    pub theme: Option<Theme>,
    /// The storage of the route.
    pub routing: Routing,
    /// The environment in focus at the start.
    pub environment: Option<NodeId>,
    /// The user whose panel is open at the start.
    pub user: Option<UserId>,
}

/// The storage of the route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Routing {
    /// In memory. The URL belongs to the host alone.
    Memory,
    /// In the URL, below a base path of the host.
    Url {
        /// The base path, such as `/team/users`.
        base: String,
    },
}

/// The state of a mounted feature, for the host's methods and for the view.
#[derive(Clone)]
pub(super) struct Controls {
    pub(super) host: StoredValue<HtmlElement, LocalStorage>,
    pub(super) session: SessionStore,
    pub(super) navigation: Navigation,
    pub(super) language: RwSignal<Language>,
    pub(super) scroll_memory: ScrollMemory,
    pub(super) first_render: FirstRender,
    pub(super) dialogs: Dialogs,
    pub(super) changes: Changes,
}

impl Controls {
    pub(super) fn new(host: HtmlElement, options: Options) -> Self {
        let Options { api_base, token_provider, language, routing, environment, user, .. } = options;
        let client = Client::new(Fetch::new(&api_base, token_provider.map(TokenProvider::new)));
        let navigation = match routing {
            Routing::Url { base } => url_routing::navigation(base, host.clone()),
            Routing::Memory => Navigation::in_memory(Route::Users(UsersRoute::default())),
        };
        let controls = Self {
            host: StoredValue::new_local(host),
            session: SessionStore::new(client),
            navigation,
            language: RwSignal::new(language),
            scroll_memory: ScrollMemory::default(),
            first_render: FirstRender::default(),
            dialogs: Dialogs::default(),
            changes: Changes::default(),
        };
        controls.set_initial_route(environment, user);
        controls
    }

    /// Applies the host's initial environment and user, unless the URL already has another route.
    fn set_initial_route(&self, environment: Option<NodeId>, user: Option<UserId>) {
        let start = Route::Users(UsersRoute::default());
        if self.navigation.route.get_untracked() == start {
            let filters = Filters { nodes: environment.into_iter().collect(), ..Filters::default() };
            let open = user.map(|id| OpenUser { id, tab: Tab::default() });
            self.navigation.redirect(Route::Users(UsersRoute { filters, open, ..UsersRoute::default() }));
        }
    }

    /// Checks who is signed in now. The same user continues. For another user the state is cleared and loaded again.
    pub(super) fn check(&self) {
        let Self { session, navigation, changes, .. } = self.clone();
        spawn_local(async move {
            let was_signed_in = session.current_user().is_some();
            match session.check().await {
                Ok(SessionCheck::SameUser) => changes.notify(Change::Users),
                Ok(SessionCheck::OtherUser) => {
                    if was_signed_in {
                        navigation.redirect(Route::Users(UsersRoute::default()));
                    }
                    session.load().await;
                }
                // The view shows a signed-out user. If the backend is unreachable, the current state stays.
                Ok(SessionCheck::SignedOut) | Err(_) => {}
            }
        });
    }
}
