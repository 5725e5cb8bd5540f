//! The browser's URL as the page's place. The only place that knows `leptos_router`.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Router;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::{BrowserUrl, LocationProvider};

use crate::state::{Navigation, Place};

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
    let navigate = use_navigate();
    let navigation = Navigation::by_address(written.into(), move |place, replace| {
        navigate(&place.url(), NavigateOptions { replace, ..options() });
    });
    provide_context(navigation.with_addresses(Place::url).returning(came_back));

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
