//! Routing over the host page's URL, below a base path that the host provides. The rest of the URL belongs to the host,
//! and the host's own router may write the URL too. This module therefore only observes changes and never patches the
//! History API.

use js_sys::Reflect;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, HtmlElement};

use super::events::{HostEvent, PlaceDetail};
use crate::state::{Navigation, Route, UsersRoute};

/// Creates a navigation over the URL below a base path such as `/team/users`. A cancelable event precedes each change
/// of the URL. A host that cancels it writes the URL itself, with its own router.
pub(super) fn navigation(base: String, host: HtmlElement) -> Navigation {
    let base = StoredValue::new(base);
    let host = StoredValue::new_local(host);
    let url_route = RwSignal::new(read_route(base).unwrap_or_else(|| Route::Users(UsersRoute::default())));
    let is_traversal = StoredValue::new(false);
    let url_of = move |route: &Route| base.try_with_value(|base| route.url_below(base)).unwrap_or_default();
    on_url_change(move |is_popstate| {
        // Outside the base path, the host is about to remove the element.
        let Some(route) = read_route(base) else { return };
        if is_popstate {
            let _ = is_traversal.try_set_value(true);
        }
        if url_route.try_with_untracked(|before| *before != route) == Some(true) {
            let event = HostEvent::Navigate(PlaceDetail::of(&route, Some(url_of(&route))));
            let _ = url_route.try_set(route);
            host.try_with_value(|host| event.dispatch(host));
        }
    });
    let navigation = Navigation::for_url(url_route.into(), move |route, replace| {
        let event = HostEvent::Navigate(PlaceDetail::of(route, Some(url_of(route))).with_replace(replace));
        let is_canceled = host.try_with_value(|host| event.dispatch_cancelable(host)).unwrap_or_default();
        // Set before the URL is written, so that the listener for URL changes sees no difference.
        let _ = url_route.try_set(route.clone());
        if !is_canceled {
            write_url(&url_of(route), replace);
        }
    });
    navigation.with_urls(url_of).with_traversal_flag(is_traversal)
}

/// Parses the route of the current URL. `None` outside the base path.
fn read_route(base: StoredValue<String>) -> Option<Route> {
    let location = window().location();
    let (path, query) = (location.pathname().ok()?, location.search().ok()?);
    base.try_with_value(|base| Route::parse_below(base, &path, query.trim_start_matches('?')))?
}

fn write_url(url: &str, replace: bool) {
    let Ok(history) = window().history() else { return };
    let result = if replace {
        // Preserves the state that the host stored in the history entry.
        let state = history.state().unwrap_or(JsValue::NULL);
        history.replace_state_with_url(&state, "", Some(url))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(url))
    };
    if let Err(error) = result {
        leptos::logging::warn!("Could not change the URL: {error:?}");
    }
}

/// Calls `on_change` when the URL has changed: with `true` on `popstate` (Back and Forward), with `false` after a
/// change by the host. The latter needs the [Navigation
/// API](https://developer.mozilla.org/en-US/docs/Web/API/Navigation_API).
fn on_url_change(on_change: impl Fn(bool) + Clone + 'static) {
    let by_host = on_change.clone();
    let popped = window_event_listener(ev::popstate, move |_| on_change(true));
    on_cleanup(move || popped.remove());
    let navigation = Reflect::get(&window(), &"navigation".into()).ok();
    let Some(navigation) = navigation.and_then(|it| it.dyn_into::<EventTarget>().ok()) else { return };
    let listener = Closure::<dyn Fn()>::new(move || by_host(false));
    let _ =
        navigation.add_event_listener_with_callback("currententrychange", listener.as_ref().unchecked_ref());
    let listening = StoredValue::new_local((navigation, listener));
    on_cleanup(move || {
        listening.try_with_value(|(navigation, listener)| {
            let listener = listener.as_ref().unchecked_ref();
            let _ = navigation.remove_event_listener_with_callback("currententrychange", listener);
        });
    });
}
