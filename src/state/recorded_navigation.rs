//! Navigation during prerendering: the page's own handlers give the URLs of its links.

use leptos::prelude::*;

use super::{Navigation, Route};

/// The route to which a handler has navigated. Provided as a context.
#[derive(Clone, Copy)]
struct RecordedRoute(StoredValue<Option<Route>>);

impl Navigation {
    /// Creates a navigation for prerendering. It stays at its route, and records the routes of [`url_after`].
    pub fn recording(route: Route) -> Self {
        let recorded = StoredValue::new(None);
        provide_context(RecordedRoute(recorded));
        Self::new(Signal::stored(route), move |to, _| recorded.set_value(Some(to)))
    }
}

/// Returns the URL to which a handler navigates, so that a link can do the same without the program. A handler that does
/// not navigate has the current URL.
pub fn url_after(handler: impl FnOnce()) -> String {
    let navigation = expect_context::<Navigation>();
    let RecordedRoute(recorded) = expect_context();
    recorded.set_value(None);
    handler();
    let route = recorded.get_value().unwrap_or_else(|| navigation.route.get_untracked());
    navigation.href(&route)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{History, UsersRoute};

    #[test]
    fn returns_where_a_handler_goes() {
        Owner::new().with(|| {
            let here = Route::Users(UsersRoute::default());
            let navigation = Navigation::recording(here.clone()).with_urls(Route::url);
            provide_context(navigation.clone());
            assert_eq!(url_after(|| navigation.go(Route::Roles, History::Push)), "/roles");
            assert_eq!(url_after(|| {}), "/users");
            assert_eq!(navigation.route.get_untracked(), here);
        });
    }
}
