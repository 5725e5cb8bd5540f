//! The addresses of the list of users, and the requests that the program sends there first.

use chrono::{DateTime, Utc};
use studio_users_contract::path;
use studio_users_domain::UserId;

use crate::api::{user_url, users_url};
use crate::features::users::first_rows;
use crate::state::{OpenUser, Route, Tab, UsersRoute};

/// An address that shows the list of users: its search, filters, order and page, and the user whose panel is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListAddress {
    pub(super) route: UsersRoute,
    /// Whether the address is the root path, which leads to the user's first section.
    pub(super) is_start: bool,
}

impl ListAddress {
    /// Parses a path below the base path of the page, and a query without its `?`. Returns `None` for other pages.
    pub fn parse(path: &str, query: &str) -> Option<Self> {
        match Route::parse(path, query) {
            Route::Start => Some(Self { route: UsersRoute::default(), is_start: true }),
            Route::Users(route) => Some(Self { route, is_start: false }),
            _ => None,
        }
    }

    /// The URL from which the program fetches the first rows.
    pub fn users_url(&self, now: DateTime<Utc>) -> String {
        users_url(&first_rows(&self.route, now))
    }

    /// The URL from which the program fetches the open user.
    pub fn user_url(&self) -> Option<String> {
        self.user().map(user_url)
    }

    /// The URL of the open user's access, which the program fetches after the panel has opened.
    pub fn access_url(&self) -> Option<String> {
        self.user().map(|user| path::USER_ACCESS.replace("{id}", &user.to_string()))
    }

    fn user(&self) -> Option<UserId> {
        self.route.open.map(|open| open.id)
    }

    /// The route to prerender. Only the Details tab works without the program.
    pub(super) fn prerendered_route(&self) -> UsersRoute {
        let open = self.route.open.map(|open| OpenUser { tab: Tab::Details, ..open });
        UsersRoute { open, ..self.route.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(url: &str) -> Option<(String, Option<String>)> {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let address = ListAddress::parse(path, query)?;
        let now = DateTime::from_timestamp(1_700_000_000, 0)?;
        Some((address.users_url(now), address.user_url()))
    }

    #[test]
    fn knows_the_requests_of_an_address() {
        let users = |url: &str| urls(url).map(|(users, _)| users);
        let default = Some(path::INITIAL_REQUESTS[2].to_owned());
        assert_eq!(
            (users("/"), users("/users"), users("/users/")),
            (default.clone(), default.clone(), default)
        );
        assert_eq!(
            users("/users?search=van+dijk&sort=name&view=pages&page=3&status=invited"),
            Some("/api/v1/users?search=van+dijk&status=invited&sort=name&offset=100&limit=50".into())
        );
        let user = "00000000-0000-4000-8000-000000000001";
        let (_, open) = urls(&format!("/users/{user}?tab=access&search=x")).unwrap();
        assert_eq!(open, Some(format!("/api/v1/users/{user}")));
    }

    #[test]
    fn ignores_other_pages() {
        for url in ["/roles", "/account", "/sign-in", "/users?invite=1", "/users/nobody", "/inbox"] {
            assert_eq!(urls(url), None, "{url}");
        }
    }
}
