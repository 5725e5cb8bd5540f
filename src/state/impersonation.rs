use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use studio_users_contract::{StudioView, ViewEnd, ViewedUser};
use studio_users_domain::UserId;
use uuid::Uuid;

use super::tab_lock::{TabLock, acquire_tab_lock};
use super::{Route, get_session_item, set_session_item};
use crate::api::{ApiError, Client};
use crate::i18n::clock;

// `index.html` reads this key too, to hide the prerendered view.
const KEY: &str = "studio-users.view";
/// The delay before the next check when the view has expired by the browser's clock but not by the backend's.
const CLOCK_SKEW_DELAY: Duration = Duration::from_secs(2);

/// The impersonation of this tab: the current user views the studio as another user. It is stored in `sessionStorage`,
/// so it survives a reload and applies to no other tab. A duplicated tab finds the view locked by the original and
/// drops its copy (`state::tab_lock`).
#[derive(Clone, Copy)]
pub struct Impersonation {
    /// The active view. `None` without an impersonation.
    pub running: RwSignal<Option<ActiveView>>,
    /// A view that the backend ended, until the user dismisses the notice.
    pub end_notice: RwSignal<Option<EndedView>>,
    return_focus: StoredValue<Option<ReturnFocus>>,
    tab_lock: StoredValue<Option<TabLock>, LocalStorage>,
    on_change: StoredValue<Option<Callback<ViewChange>>>,
}

/// The active view, as stored in `sessionStorage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveView {
    /// The id of the view, sent with each request.
    pub id: Uuid,
    /// The impersonated user.
    pub user: ViewedUser,
    /// The reason that the current user entered.
    pub reason: String,
    /// The expiry, by this browser's clock.
    pub until: DateTime<Utc>,
    /// The URL at the start of the view, to return to.
    back: String,
    origin: ReturnFocus,
}

/// The button that started a view. It receives the focus after the view has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnFocus {
    /// The user whose button it was.
    pub user: UserId,
    /// Whether the button is in the panel rather than in a row.
    pub is_panel: bool,
}

/// A view that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedView {
    /// The user who was impersonated.
    pub user: ViewedUser,
    /// The reason for the end. `None` if the backend no longer knows the view.
    pub reason: Option<ViewEnd>,
}

/// The start or end of a view, for the host page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewChange {
    /// A view started. The page refetches its data as the impersonated user.
    Started {
        /// The view.
        view: Box<StudioView>,
        /// The reason that the current user entered.
        reason: String,
    },
    /// A view ended. The page refetches its data as the real user.
    Ended {
        /// The id of the view.
        id: Uuid,
        /// The impersonated user and the reason for the end.
        ended: EndedView,
        /// The route at the start of the view.
        back: Box<Route>,
    },
}

impl Default for Impersonation {
    fn default() -> Self {
        Self {
            running: RwSignal::new(None),
            end_notice: RwSignal::new(None),
            return_focus: StoredValue::new(None),
            tab_lock: StoredValue::new_local(None),
            on_change: StoredValue::new(None),
        }
    }
}

impl Impersonation {
    /// Registers the host page's listener for the start and end of views. It replaces an earlier listener.
    pub fn on_change(self, on_change: impl Fn(ViewChange) + Send + Sync + 'static) {
        let _ = self.on_change.try_set_value(Some(Callback::new(on_change)));
    }

    /// Restores the view stored by this tab, unless another tab holds its lock.
    pub async fn resume(self) {
        if self.running.try_with_untracked(Option::is_some) != Some(false) {
            return;
        }
        let stored =
            get_session_item(KEY).and_then(|stored| serde_json::from_str::<ActiveView>(&stored).ok());
        let Some(stored) = stored else { return set_session_item(KEY, None) };
        match acquire_tab_lock(&lock_name(stored.id)).await {
            Some(tab_lock) => {
                let _ = self.tab_lock.try_set_value(Some(tab_lock));
                let _ = self.running.try_set(Some(stored));
            }
            None => set_session_item(KEY, None),
        }
    }

    /// Starts a view that the backend has created. `route` and `return_focus` are restored at its end.
    pub fn start(self, view: StudioView, reason: String, route: &Route, return_focus: ReturnFocus) {
        let running = ActiveView {
            id: view.id,
            user: view.user.clone(),
            reason: reason.clone(),
            until: clock::now() + (view.expires_at - view.started_at),
            back: route.url(),
            origin: return_focus,
        };
        set_session_item(KEY, serde_json::to_string(&running).ok().as_deref());
        let (id, name) = (view.id, lock_name(view.id));
        let _ = self.end_notice.try_set(None);
        let _ = self.running.try_set(Some(running));
        spawn_local(async move {
            let tab_lock = acquire_tab_lock(&name).await;
            // The view may have ended while the lock was acquired.
            if self.id() == Some(id) {
                let _ = self.tab_lock.try_set_value(tab_lock);
            }
        });
        self.emit(ViewChange::Started { view: Box::new(view), reason });
    }

    /// Ends the view after the backend reported that it has ended, and shows the reason to the user.
    pub fn ended(self, reason: Option<ViewEnd>) {
        self.end(reason, true);
    }

    fn end(self, reason: Option<ViewEnd>, shows_notice: bool) {
        let Some(ActiveView { id, user, back, origin, .. }) = self.take_view() else { return };
        let ended = EndedView { user, reason };
        if shows_notice {
            let _ = self.end_notice.try_set(Some(ended.clone()));
        }
        let _ = self.return_focus.try_set_value(Some(origin));
        self.emit(ViewChange::Ended { id, ended, back: Box::new(Route::parse_url(&back)) });
    }

    /// Discards the view without a notice, for example after another user has signed in.
    pub fn discard(self) {
        self.take_view();
        let _ = self.end_notice.try_set(None);
    }

    /// Ends the view at the user's request. The tab leaves it at once and never waits for the backend, which ends the view
    /// itself at its expiry.
    pub fn exit(self, client: Client) {
        let Some(id) = self.id() else { return };
        self.end(Some(ViewEnd::Exited), false);
        spawn_local(async move {
            let _ = client.end_view(id).await;
        });
    }

    /// Handles the expiry by the browser's clock. The backend's clock decides: while the backend still knows the view,
    /// the check is repeated.
    pub fn expire(self, client: Client) {
        let Some(id) = self.id() else { return };
        spawn_local(async move {
            match client.view(id).await {
                Ok(_) => set_timeout(move || self.expire(client), CLOCK_SKEW_DELAY),
                // The client has called `ended` already.
                Err(ApiError::Aborted) => {}
                Err(_) => self.ended(Some(ViewEnd::Expired)),
            }
        });
    }

    /// Returns the client for new requests: inside the active view, or `own` without one.
    pub fn client(self, own: &Client) -> Client {
        match self.id() {
            Some(id) => own.clone().inside_view(id, move |reason| {
                // Ignores responses that belong to an earlier view.
                if self.id() == Some(id) {
                    self.ended(reason);
                }
            }),
            None => own.clone(),
        }
    }

    /// Returns the button to focus after the view has ended, once, if `is_wanted` accepts it.
    pub fn take_return_focus(self, is_wanted: impl Fn(ReturnFocus) -> bool) -> Option<ReturnFocus> {
        let target = self.return_focus.try_get_value().flatten().filter(|&target| is_wanted(target))?;
        let _ = self.return_focus.try_set_value(None);
        Some(target)
    }

    fn id(self) -> Option<Uuid> {
        self.running.try_with_untracked(|running| running.as_ref().map(|running| running.id)).flatten()
    }

    fn take_view(self) -> Option<ActiveView> {
        set_session_item(KEY, None);
        drop(self.tab_lock.try_update_value(Option::take));
        self.running.try_update(Option::take).flatten()
    }

    fn emit(self, change: ViewChange) {
        if let Some(on_change) = self.on_change.try_get_value().flatten() {
            let _ = on_change.try_run(change);
        }
    }
}

impl EndedView {
    /// The display name of the user who was impersonated.
    pub fn name(&self) -> &str {
        name_of(&self.user)
    }
}

impl ActiveView {
    /// The display name of the impersonated user.
    pub fn name(&self) -> &str {
        name_of(&self.user)
    }
}

fn name_of(user: &ViewedUser) -> &str {
    user.name.as_deref().unwrap_or(&user.email)
}

fn lock_name(view: Uuid) -> String {
    format!("{KEY}.{view}")
}

/// Returns the impersonation of this tab from the context.
pub fn use_impersonation() -> Impersonation {
    expect_context()
}
