//! The page's navigation over the browser's URL. Only this module uses `leptos_router`.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Router;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::{BrowserUrl, LocationProvider};

use super::base_path::use_base_path;
use crate::reactive::{effect, memo};
use crate::state::{Navigation, Route};

/// Provides the [`Navigation`] of the browser's URL to its children and handles links within the page.
#[component]
pub(super) fn UrlNavigation(children: ChildrenFn) -> impl IntoView {
    // Must be registered before the router's listener for the same event. Microtasks run between two listeners, so the
    // effects of the router's listener run before any later listener.
    let is_traversal = StoredValue::new(false);
    let popped = window_event_listener(leptos::ev::popstate, move |_| {
        is_traversal.try_update_value(|is_traversal| *is_traversal = true);
    });
    on_cleanup(move || popped.remove());
    // The router handles links below this path only. It leaves the others to the browser.
    let base = use_base_path().as_str().to_owned();
    view! {
        <Router base>
            {
                provide_navigation(is_traversal);
                children()
            }
        </Router>
    }
}

/// Takes the token of a sign-in or invitation link out of the URL fragment, with the route of the link. The token thus
/// stays neither in the address bar nor in the history.
pub(super) fn take_link_token() -> Option<(Route, String)> {
    let location = use_location();
    let (path, hash) = (location.pathname.get(), location.hash.get());
    let token = hash.strip_prefix('#').filter(|token| !token.is_empty())?.to_owned();
    let base = use_base_path();
    let route = base.route(&path, "");
    let route = matches!(route, Route::SignIn | Route::Join).then_some(route)?;
    use_navigate()(&base.url(&route), NavigateOptions { replace: true, ..options() });
    Some((route, token))
}

fn provide_navigation(is_traversal: StoredValue<bool>) {
    let location = use_location();
    let (pathname, search) = (location.pathname, location.search);
    let base = use_base_path();
    let route_base = base.clone();
    let url_route = memo(move |_| route_base.route(&pathname.read(), &search.read()));
    let navigate = use_navigate();
    let navigation_base = base.clone();
    let navigation = Navigation::for_url(url_route.into(), move |route, replace| {
        navigate(&navigation_base.url(route), NavigateOptions { replace, ..options() });
    });
    let navigation = navigation.with_urls(move |route| base.url(route));
    provide_context(navigation.with_traversal_flag(is_traversal));

    // After a click on a link, the router updates the address bar when the navigation is complete. Normally `Routes`
    // reports that. Without `Routes` the navigation is complete at once.
    let browser = use_context::<BrowserUrl>();
    effect(move |_| {
        pathname.track();
        if let Some(browser) = &browser {
            browser.ready_to_complete();
        }
    });
}

fn options() -> NavigateOptions {
    NavigateOptions { resolve: false, scroll: false, ..NavigateOptions::default() }
}
