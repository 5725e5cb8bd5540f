//! The browser's URL as the page's place. The only place that knows `leptos_router`.

use std::time::Duration;

use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Router;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::{BrowserUrl, LocationProvider};

use crate::state::{History, Navigation, Place};

/// How long the address may lag behind what is typed.
const WRITE_AFTER: Duration = Duration::from_millis(150);

/// Provides the [`Navigation`] of the browser's URL to its children, and follows links within the page.
#[component]
pub(super) fn Routed(
    /// What is shown.
    children: ChildrenFn,
) -> impl IntoView {
    // Before the router, which listens to the same event: between two listeners there is time for all that follows from
    // the first.
    let came_back = StoredValue::new(false);
    let popped = window_event_listener(leptos::ev::popstate, move |_| {
        came_back.try_update_value(|came_back| *came_back = true);
    });
    on_cleanup(move || popped.remove());
    view! {
        <Router>
            {
                provide_navigation(came_back);
                children()
            }
        </Router>
    }
}

/// The token of a link to sign in or to join, with the place that it leads to. It is taken out of the URL, so that it
/// stays neither in the address bar nor in the history.
pub(super) fn take_token() -> Option<(Place, String)> {
    let location = use_location();
    let (path, hash) = (location.pathname.get(), location.hash.get());
    let token = hash.strip_prefix('#').filter(|token| !token.is_empty())?.to_owned();
    let place = Place::parse(&path, "");
    let place = matches!(place, Place::SignIn | Place::Join).then_some(place)?;
    use_navigate()(&place.url(), NavigateOptions { replace: true, ..options() });
    Some((place, token))
}

fn provide_navigation(came_back: StoredValue<bool>) {
    let location = use_location();
    let (pathname, search) = (location.pathname, location.search);
    let written = Memo::new(move |_| Place::parse(&pathname.read(), &search.read()));
    let place = RwSignal::new(written.get_untracked());
    let delayed = StoredValue::new(None::<(Place, TimeoutHandle)>);
    let cancel = move || {
        let due = delayed.try_update_value(Option::take).flatten();
        due.map(|(place, timeout)| {
            timeout.clear();
            place
        })
    };
    let navigate = use_navigate();
    let write = StoredValue::new(move |place: &Place, replace: bool| {
        navigate(&place.url(), NavigateOptions { replace, ..options() });
    });
    // Back, forward and links change the address first; the place follows.
    Effect::new(move |_| {
        let written = written.get();
        if place.get_untracked() != written {
            cancel();
            place.set(written);
        }
    });
    let navigation = Navigation::new(place.into(), move |to, history| {
        let before = cancel();
        place.set(to.clone());
        match history {
            History::Push => {
                if let Some(before) = before {
                    write.with_value(|write| write(&before, true));
                }
                write.with_value(|write| write(&to, false));
            }
            History::Replace => write.with_value(|write| write(&to, true)),
            // Browsers refuse to have the address replaced for every letter of a quick typist.
            History::Type => {
                let due = to.clone();
                let timeout = set_timeout_with_handle(
                    move || {
                        if let Some(place) = cancel() {
                            write.with_value(|write| write(&place, true));
                        }
                    },
                    WRITE_AFTER,
                );
                match timeout {
                    Ok(timeout) => delayed.set_value(Some((due, timeout))),
                    Err(_) => write.with_value(|write| write(&due, true)),
                }
            }
        }
    });
    provide_context(navigation.returning(came_back));

    // A click on a link changes the address bar once the page has followed it. That is `Routes`'s to say; here
    // the place is the route, so following is done at once.
    let browser = use_context::<BrowserUrl>();
    Effect::new(move |_| {
        pathname.track();
        if let Some(browser) = &browser {
            browser.ready_to_complete();
        }
    });
}

fn options() -> NavigateOptions {
    NavigateOptions { resolve: false, scroll: false, ..NavigateOptions::default() }
}
