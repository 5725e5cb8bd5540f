//! The host's address as the element's place, below a path that the host gives it. The rest of the address is the
//! host's, and so is whoever else writes it: nothing is listened to but what says that it changed.

use js_sys::Reflect;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, HtmlElement};

use super::events::{HostEvent, Whereabouts};
use crate::state::{Navigation, Place, UsersPlace};

/// A navigation by the address, below a path such as `/team/users`. A host hears of each change before it is written,
/// and may do that itself.
pub(super) fn navigation(base: String, host: HtmlElement) -> Navigation {
    let base = StoredValue::new(base);
    let host = StoredValue::new_local(host);
    let written = RwSignal::new(read(base).unwrap_or_else(|| Place::Users(UsersPlace::default())));
    let came_back = StoredValue::new(false);
    let address = move |place: &Place| base.try_with_value(|base| place.url_below(base)).unwrap_or_default();
    follow(move |is_back| {
        // Elsewhere, the host is about to take the element away.
        let Some(place) = read(base) else { return };
        if is_back {
            let _ = came_back.try_set_value(true);
        }
        if written.try_with_untracked(|before| *before != place) == Some(true) {
            let event = HostEvent::Navigate(Whereabouts::of(&place, Some(address(&place))));
            let _ = written.try_set(place);
            host.try_with_value(|host| event.tell(host));
        }
    });
    let navigation = Navigation::by_address(written.into(), move |place, replace| {
        let event = HostEvent::Navigate(Whereabouts::of(place, Some(address(place))).written(replace));
        let is_done = host.try_with_value(|host| event.ask(host)).unwrap_or_default();
        // Whoever listens to the address hears of what was known before.
        let _ = written.try_set(place.clone());
        if !is_done {
            write(&address(place), replace);
        }
    });
    navigation.with_addresses(address).returning(came_back)
}

/// The place that the address says; none where it is not below the base.
fn read(base: StoredValue<String>) -> Option<Place> {
    let location = window().location();
    let (path, query) = (location.pathname().ok()?, location.search().ok()?);
    base.try_with_value(|base| Place::parse_below(base, &path, query.trim_start_matches('?')))?
}

fn write(address: &str, replace: bool) {
    let Ok(history) = window().history() else { return };
    let written = if replace {
        // The entry is the host's as well: what it keeps there stays.
        let state = history.state().unwrap_or(JsValue::NULL);
        history.replace_state_with_url(&state, "", Some(address))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(address))
    };
    if let Err(error) = written {
        leptos::logging::warn!("The address could not be changed: {error:?}");
    }
}

/// Calls this when the address changed, by the browser's Back and Forward (true) or by the host's own hand (false),
/// where the browser tells of that.
fn follow(on_change: impl Fn(bool) + Clone + 'static) {
    let by_host = on_change.clone();
    let popped = window_event_listener(ev::popstate, move |_| on_change(true));
    on_cleanup(move || popped.remove());
    let navigation = Reflect::get(&window(), &"navigation".into()).ok();
    let Some(navigation) = navigation.and_then(|it| it.dyn_into::<EventTarget>().ok()) else { return };
    let listener = Closure::<dyn Fn()>::new(move || by_host(false));
    let _ =
        navigation.add_event_listener_with_callback("currententrychange", listener.as_ref().unchecked_ref());
    let held = StoredValue::new_local((navigation, listener));
    on_cleanup(move || {
        held.try_with_value(|(navigation, listener)| {
            let listener = listener.as_ref().unchecked_ref();
            let _ = navigation.remove_event_listener_with_callback("currententrychange", listener);
        });
    });
}
