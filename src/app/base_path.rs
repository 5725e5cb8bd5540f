//! The path below which the backend serves the page, if its public URL has one.

use std::sync::Arc;

use leptos::prelude::*;

use crate::state::Route;

/// The element in which the backend names the path (`crates/server/src/http/page/files.rs`).
const ELEMENT: &str = "meta[name=studio-users-base]";

/// The path: empty, or with a leading and without a trailing slash. Without a context it is empty.
#[derive(Debug, Clone, Default)]
pub(super) struct BasePath(Arc<str>);

/// Returns the base path of the context.
pub(super) fn use_base_path() -> BasePath {
    use_context().unwrap_or_default()
}

impl BasePath {
    pub(super) fn new(path: &str) -> Self {
        Self(path.into())
    }

    /// Reads the path from the document.
    pub(super) fn find() -> Self {
        let element = document().query_selector(ELEMENT).ok().flatten();
        Self::new(&element.and_then(|element| element.get_attribute("content")).unwrap_or_default())
    }

    /// Returns the path as text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the URL of a route, from the root of the origin.
    pub(super) fn url(&self, route: &Route) -> String {
        self.url_of(&route.url())
    }

    /// Returns the URL of a path of the server.
    pub(super) fn url_of(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Parses the route of a URL. A URL outside of the path is no route.
    pub(super) fn route(&self, path: &str, query: &str) -> Route {
        match path.strip_prefix(&*self.0) {
            Some(below) if below.is_empty() || below.starts_with('/') => Route::parse(below, query),
            _ => Route::NotFound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_below_the_path() {
        let base = BasePath::new("/users");
        assert_eq!(base.url(&Route::Roles), "/users/roles");
        assert_eq!(base.url_of("/api/v1/session"), "/users/api/v1/session");
        for (path, route) in [
            ("/users", Route::Start),
            ("/users/", Route::Start),
            ("/users/roles", Route::Roles),
            ("/users/join", Route::Join),
            ("/usersx", Route::NotFound),
            ("/roles", Route::NotFound),
        ] {
            assert_eq!(base.route(path, ""), route, "{path}");
        }
        assert!(matches!(base.route("/users/users", "page=2"), Route::Users(_)));
        assert_eq!(BasePath::default().route("/roles", ""), Route::Roles);
    }
}
