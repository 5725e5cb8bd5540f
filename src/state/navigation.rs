use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use leptos::ev::MouseEvent;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;

use super::Route;
use crate::reactive::{effect, memo};

/// The debounce delay of URL updates while the user types.
const URL_DEBOUNCE: Duration = Duration::from_millis(150);

/// The effect of a navigation on the session history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Adds a history entry: for a deliberate choice of the user.
    Push,
    /// Replaces the current history entry: for redirects.
    Replace,
    /// Replaces the current history entry after a debounce delay: for text that the user types.
    ReplaceDebounced,
}

/// The current route and navigation to other routes. The standalone page uses the browser's URL; a host may keep the
/// route in memory.
///
/// A [`Blocker`] protects unsaved changes: every navigation away, including Back and links, waits for the user's
/// decision.
#[derive(Clone)]
pub struct Navigation {
    /// The current route.
    pub route: Signal<Route>,
    location: Signal<Route>,
    go: Arc<dyn Fn(Route, History) + Send + Sync>,
    url_of: Option<Arc<UrlOf>>,
    blockers: RwSignal<Vec<ActiveBlocker>>,
    blocked_by: Signal<Option<usize>>,
    pending: RwSignal<Option<(Route, History)>>,
    is_traversal: StoredValue<bool>,
}

/// A navigation blocker, like `useBlocker` of React Router. While it is active, the user must confirm a navigation that
/// would lose unsaved changes. Of several active blockers, the one activated last asks first.
#[derive(Clone)]
pub struct Blocker {
    navigation: Navigation,
    id: usize,
}

/// An active blocker.
#[derive(Clone)]
struct ActiveBlocker {
    id: usize,
    is_allowed: IsAllowed,
}

/// Formats the URL of a route.
type UrlOf = dyn Fn(&Route) -> String + Send + Sync;

/// Whether a navigation to a route is allowed despite a blocker, because it loses no changes.
type IsAllowed = Arc<dyn Fn(&Route) -> bool + Send + Sync>;

impl Navigation {
    /// Creates a navigation from the location and a function that changes it.
    pub fn new(location: Signal<Route>, go: impl Fn(Route, History) + Send + Sync + 'static) -> Self {
        let blockers = RwSignal::new(Vec::<ActiveBlocker>::new());
        let pending = RwSignal::new(None::<(Route, History)>);
        let blocker = move |route: &Route| blockers.with(|blockers| blocker_of(blockers, route));
        // Back and links have changed the URL already. A blocked navigation leaves the page on the previous route.
        let route = memo(move |before: Option<&Route>| {
            let location = location.get();
            before.filter(|_| blocker(&location).is_some()).cloned().unwrap_or(location)
        });
        let blocked_by = memo(move |_| {
            let of_pending = pending.with(|pending| pending.as_ref().and_then(|(route, _)| blocker(route)));
            of_pending.or_else(|| location.with(blocker))
        });
        Self {
            route: route.into(),
            location,
            go: Arc::new(go),
            url_of: None,
            blockers,
            blocked_by: blocked_by.into(),
            pending,
            is_traversal: StoredValue::new(false),
        }
    }

    /// Creates a navigation over a URL, which Back, links and a host may also change. `url_route` is the route of the
    /// URL. `write_url` updates the URL; its second argument is `true` to replace the history entry.
    pub fn for_url(
        url_route: Signal<Route>,
        write_url: impl Fn(&Route, bool) + Send + Sync + 'static,
    ) -> Self {
        let route = RwSignal::new(url_route.get_untracked());
        let delayed = StoredValue::new(None::<(Route, TimeoutHandle)>);
        let cancel = move || {
            let due = delayed.try_update_value(Option::take).flatten();
            due.map(|(route, timeout)| {
                timeout.clear();
                route
            })
        };
        let write_url = StoredValue::new(write_url);
        let write_url = move |route: &Route, replace| {
            let _ = write_url.try_with_value(|write_url| write_url(route, replace));
        };
        // Follows changes of the URL that did not come from this navigation.
        effect(move |_| {
            let url_route = url_route.get();
            if route.get_untracked() != url_route {
                cancel();
                route.set(url_route);
            }
        });
        Self::new(route.into(), move |to, history| {
            let before = cancel();
            route.set(to.clone());
            match history {
                History::Push => {
                    if let Some(before) = before {
                        write_url(&before, true);
                    }
                    write_url(&to, false);
                }
                History::Replace => write_url(&to, true),
                // Browsers limit the rate of `replaceState` calls, so the URL is not updated for every keystroke.
                History::ReplaceDebounced => {
                    let due = to.clone();
                    let timeout = set_timeout_with_handle(
                        move || {
                            if let Some(route) = cancel() {
                                write_url(&route, true);
                            }
                        },
                        URL_DEBOUNCE,
                    );
                    match timeout {
                        Ok(timeout) => delayed.set_value(Some((due, timeout))),
                        Err(_) => write_url(&due, true),
                    }
                }
            }
        })
    }

    /// Creates a navigation that keeps the route in memory.
    pub fn in_memory(start: Route) -> Self {
        let route = RwSignal::new(start);
        Self::new(route.into(), move |to, _| route.set(to))
    }

    /// Whether the user came to the current route by Back or Forward. Then the page restores its previous state, such
    /// as the scroll position.
    pub fn is_traversal(&self) -> bool {
        self.is_traversal.try_get_value().unwrap_or_default()
    }

    /// Returns the same navigation with a flag that its owner sets on `popstate`.
    #[must_use]
    pub fn with_traversal_flag(self, is_traversal: StoredValue<bool>) -> Self {
        Self { is_traversal, ..self }
    }

    /// Returns the same navigation with URLs for its routes.
    #[must_use]
    pub fn with_urls(self, url_of: impl Fn(&Route) -> String + Send + Sync + 'static) -> Self {
        Self { url_of: Some(Arc::new(url_of)), ..self }
    }

    /// Returns the URL of a route, from the root of the origin. `None` if routes have no URLs.
    pub fn url(&self, route: &Route) -> Option<String> {
        self.url_of.as_ref().map(|url_of| url_of(route))
    }

    /// Returns the `href` of a link to a route. If routes have no URLs, this is the URL of the host page, which a new
    /// tab opens at its start.
    pub fn href(&self, route: &Route) -> String {
        self.url(route).unwrap_or_else(|| window().location().href().unwrap_or_default())
    }

    /// Handles a click on a link to a route, unless the click opens a new tab or window.
    pub fn follow_link(&self, event: &MouseEvent, route: Route) {
        if is_plain(event) {
            event.prevent_default();
            self.go(route, History::Push);
        }
    }

    /// Navigates to a route. Does nothing if it is the current route.
    pub fn go(&self, route: Route, history: History) {
        if self.route.with_untracked(|current| *current == route) {
            return;
        }
        if self.blockers.with_untracked(|blockers| blocker_of(blockers, &route).is_some()) {
            self.pending.set(Some((route, history)));
        } else {
            self.is_traversal.try_update_value(|is_traversal| *is_traversal = false);
            (self.go)(route, history);
        }
    }

    /// Redirects to a route, ignoring blockers, because the current route is no longer valid.
    pub fn redirect(&self, route: Route) {
        let _ = self.pending.try_set(None);
        let _ = self.blockers.try_set(Vec::new());
        self.go(route, History::Replace);
    }

    /// Returns to a previous route and restores its state, like a Back navigation. Ignores blockers.
    pub fn return_to(&self, route: Route) {
        self.redirect(route);
        self.restore_state();
    }

    /// Makes the page restore the state of the current route, like after a Back navigation.
    pub fn restore_state(&self) {
        let _ = self.is_traversal.try_set_value(true);
    }

    /// Whether any blocker is active, that is, whether there are unsaved changes.
    pub fn has_active_blocker(&self) -> bool {
        self.blockers.with(|blockers| !blockers.is_empty())
    }

    /// Creates an inactive blocker. It is removed when the current reactive owner is cleaned up.
    pub fn blocker(&self) -> Blocker {
        static NEXT_ID: AtomicUsize = AtomicUsize::new(0);
        let blocker = Blocker { navigation: self.clone(), id: NEXT_ID.fetch_add(1, Ordering::Relaxed) };
        let disposed = StoredValue::new(blocker.clone());
        on_cleanup(move || {
            disposed.try_with_value(Blocker::unblock);
        });
        blocker
    }
}

impl Blocker {
    /// Whether this blocker has blocked a navigation, and the user must decide.
    pub fn is_blocked(&self) -> bool {
        self.navigation.blocked_by.get() == Some(self.id)
    }

    /// Activates the blocker. Navigations to routes for which `is_allowed` returns `true` are not blocked.
    pub fn block_except(&self, is_allowed: impl Fn(&Route) -> bool + Send + Sync + 'static) {
        let active = ActiveBlocker { id: self.id, is_allowed: Arc::new(is_allowed) };
        let _ = self.navigation.blockers.try_update(|blockers| {
            blockers.retain(|other| other.id != active.id);
            blockers.push(active);
        });
    }

    /// Deactivates the blocker and drops a pending navigation.
    pub fn unblock(&self) {
        let Navigation { blockers, pending, .. } = &self.navigation;
        if blockers.try_with_untracked(|blockers| blockers.iter().any(|active| active.id == self.id))
            == Some(true)
        {
            let _ = pending.try_set(None);
            let _ = blockers.try_update(|blockers| blockers.retain(|active| active.id != self.id));
        }
    }

    /// Cancels the blocked navigation and resets the URL to the current route.
    pub fn cancel(&self) {
        let Navigation { route, location, pending, go, .. } = &self.navigation;
        pending.set(None);
        let route = route.get_untracked();
        if location.with_untracked(|location| *location != route) {
            go(route, History::Push);
        }
    }

    /// Deactivates this blocker and continues the blocked navigation, unless another blocker is active.
    pub fn proceed(&self) {
        let pending = self.navigation.pending.try_update(Option::take).flatten();
        self.unblock();
        if let Some((route, history)) = pending {
            self.navigation.go(route, history);
        }
    }
}

/// Whether a click opens a link in this tab rather than in a new tab or window.
fn is_plain(event: &MouseEvent) -> bool {
    let has_modifier = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    event.button() == 0 && !has_modifier && !event.default_prevented()
}

/// Returns the id of the blocker that blocks a navigation to a route: of several, the one activated last.
fn blocker_of(blockers: &[ActiveBlocker], route: &Route) -> Option<usize> {
    blockers.iter().rev().find(|active| !(active.is_allowed)(route)).map(|active| active.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::UsersRoute;

    fn users() -> Route {
        Route::Users(UsersRoute::default())
    }

    /// Creates a navigation over a location that Back and links change directly, and a log of its history updates.
    fn page() -> (Navigation, RwSignal<Route>, StoredValue<Vec<History>>) {
        let location = RwSignal::new(users());
        let history_log = StoredValue::new(Vec::new());
        let navigation = Navigation::new(location.into(), move |to, history| {
            history_log.update_value(|history_log| history_log.push(history));
            location.set(to);
        });
        assert_eq!(navigation.route.get_untracked(), users());
        (navigation, location, history_log)
    }

    #[test]
    fn blocks_a_navigation_until_the_user_decides() {
        Owner::new().with(|| {
            let (navigation, location, history_log) = page();
            let blocker = navigation.blocker();
            blocker.block_except(|route| *route == users());
            navigation.go(Route::Roles, History::Push);
            assert!(untrack(|| blocker.is_blocked()));
            assert_eq!(location.get_untracked(), users());

            blocker.cancel();
            assert!(!untrack(|| blocker.is_blocked()));
            assert_eq!((navigation.route.get_untracked(), history_log.get_value()), (users(), vec![]));

            navigation.go(Route::Roles, History::Push);
            blocker.proceed();
            assert_eq!(
                (navigation.route.get_untracked(), location.get_untracked()),
                (Route::Roles, Route::Roles)
            );
            assert!(!untrack(|| blocker.is_blocked()));
        });
    }

    #[test]
    fn blocks_back_and_links_and_restores_the_url() {
        Owner::new().with(|| {
            let (navigation, location, history_log) = page();
            let blocker = navigation.blocker();
            blocker.block_except(|route| *route == users());
            location.set(Route::Roles);
            assert_eq!(navigation.route.get_untracked(), users());
            assert!(untrack(|| blocker.is_blocked()));

            blocker.cancel();
            assert_eq!((location.get_untracked(), navigation.route.get_untracked()), (users(), users()));
            assert_eq!(history_log.get_value(), [History::Push]);

            location.set(Route::Roles);
            blocker.proceed();
            assert_eq!(navigation.route.get_untracked(), Route::Roles);
        });
    }

    #[test]
    fn asks_the_innermost_blocker_first() {
        Owner::new().with(|| {
            let (navigation, location, _) = page();
            let (outer, inner) = (navigation.blocker(), navigation.blocker());
            outer.block_except(|route| *route == users());
            inner.block_except(|route| *route == users());
            let are_blocked = || untrack(|| (outer.is_blocked(), inner.is_blocked()));
            for goes in [true, false] {
                if goes {
                    navigation.go(Route::Roles, History::Push);
                } else {
                    location.set(Route::Roles);
                }
                assert_eq!(are_blocked(), (false, true));
                inner.proceed();
                assert_eq!((are_blocked(), navigation.route.get_untracked()), ((true, false), users()));
                outer.cancel();
                assert_eq!((are_blocked(), location.get_untracked()), ((false, false), users()));
                inner.block_except(|route| *route == users());
            }
            inner.unblock();
            navigation.go(Route::Roles, History::Push);
            outer.proceed();
            assert_eq!(navigation.route.get_untracked(), Route::Roles);
        });
    }

    #[test]
    fn redirects_despite_a_blocker() {
        Owner::new().with(|| {
            let (navigation, location, _) = page();
            navigation.blocker().block_except(|_| false);
            navigation.redirect(Route::SignIn);
            assert_eq!(location.get_untracked(), Route::SignIn);
            assert_eq!(navigation.route.get_untracked(), Route::SignIn);
        });
    }
}
