//! The browser's URL as the page's place. The only place that knows `leptos_router`.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Router;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::{BrowserUrl, LocationProvider};

use crate::state::{History, Navigation, Place};

/// Provides the [`Navigation`] of the browser's URL to its children, and follows links within the page.
#[component]
pub(super) fn Routed(
    /// What is shown.
    children: ChildrenFn,
) -> impl IntoView {
    view! {
        <Router>
            {
                provide_navigation();
                children()
            }
        </Router>
    }
}

/// The token of a sign-in link, taken out of the URL so that it stays neither in the address bar nor in the
/// history.
pub(super) fn take_token() -> Option<String> {
    let location = use_location();
    let (path, hash) = (location.pathname.get(), location.hash.get());
    let token = hash.strip_prefix('#').filter(|token| !token.is_empty());
    let token = token.filter(|_| Place::parse(&path, "") == Place::SignIn)?.to_owned();
    use_navigate()(&Place::SignIn.url(), NavigateOptions { replace: true, ..options() });
    Some(token)
}

fn provide_navigation() {
    let location = use_location();
    let (pathname, search) = (location.pathname, location.search);
    let place = Memo::new(move |_| Place::parse(&pathname.read(), &search.read()));
    let navigate = use_navigate();
    provide_context(Navigation::new(place.into(), move |to, history| {
        navigate(&to.url(), NavigateOptions { replace: history == History::Replace, ..options() });
    }));

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
