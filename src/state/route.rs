use studio_users_contract::{Sort, SortKey, UserFilters};
use studio_users_domain::{NodeId, Section, Status, UserId};
use uuid::Uuid;

use super::filters::{ActiveWithin, Filters, List};

/// A route of the page: everything that its URL contains. Only this module parses and formats these URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The root path. It redirects to the first section that the current user sees.
    Start,
    /// The sign-in page. The token of a sign-in link is in the URL fragment, which is not part of the route.
    SignIn,
    /// The page of an invitation link. Its token is in the URL fragment too.
    Join,
    /// The profile of the current user: name, language and sessions.
    Account,
    /// The list of users.
    Users(UsersRoute),
    /// The list of users with the invitation dialog. It redirects to the list and opens the dialog.
    Invite,
    /// The overview of roles.
    Roles,
    /// Another section of the studio.
    Section {
        /// The section; never [`Section::Users`].
        section: Section,
        /// The environment in focus.
        node: Option<NodeId>,
    },
    /// A URL without a page.
    NotFound,
}

/// The state of the users table in the URL, and the user whose panel is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsersRoute {
    /// The filters of the list.
    pub filters: Filters,
    /// The sort order. The default is newest first.
    pub sort: Sort,
    /// The user whose panel is open.
    pub open: Option<OpenUser>,
    /// The page number, from 1, if the list is paginated. `None` for the scrolled list.
    pub page: Option<u32>,
}

/// The user whose panel is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenUser {
    /// The id of the user.
    pub id: UserId,
    /// The selected tab.
    pub tab: Tab,
}

/// A tab of the user panel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    /// The profile and the invitation.
    #[default]
    Details,
    /// The roles at each node, and the nodes they are inherited from.
    Access,
    /// The user's activity.
    AuditLog,
}

impl Default for UsersRoute {
    fn default() -> Self {
        let sort = Sort { key: SortKey::CreatedAt, descending: true };
        Self { filters: Filters::default(), sort, open: None, page: None }
    }
}

impl UsersRoute {
    /// Returns the list that the route shows.
    pub fn list(&self) -> List {
        List { filters: self.filters.clone(), sort: self.sort }
    }

    /// Returns the same list with this user's panel open. The selected tab stays.
    #[must_use]
    pub fn with_open(&self, id: UserId) -> Self {
        let tab = self.open.map(|open| open.tab).unwrap_or_default();
        Self { open: Some(OpenUser { id, tab }), ..self.clone() }
    }
}

impl Tab {
    /// Every tab, in display order.
    pub const ALL: [Self; 3] = [Self::Details, Self::Access, Self::AuditLog];

    /// The name of the tab in a URL.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Details => "details",
            Self::Access => "access",
            Self::AuditLog => "audit-log",
        }
    }
}

impl Route {
    /// Parses a path and a query (without its `?`). Invalid query parameters are ignored, so that outdated links keep
    /// working.
    pub fn parse(path: &str, query: &str) -> Self {
        let query = Query(query);
        let node = query.first("node").and_then(|node| node.parse().ok());
        match path.trim_matches('/') {
            "" => Self::Start,
            "sign-in" => Self::SignIn,
            "join" => Self::Join,
            "account" => Self::Account,
            "roles" => Self::Roles,
            "users" if query.first("invite").is_some() => Self::Invite,
            "users" => Self::Users(query.users(None)),
            other => {
                if let Some(user) = other.strip_prefix("users/") {
                    return user.parse::<Uuid>().map_or(Self::NotFound, |id| {
                        let tab = query.first("tab");
                        let tab = Tab::ALL.into_iter().find(|known| tab.as_deref() == Some(known.slug()));
                        let open = OpenUser { id: UserId(id), tab: tab.unwrap_or_default() };
                        Self::Users(query.users(Some(open)))
                    });
                }
                Section::all()
                    .find(|&section| slug(section) == other)
                    .map_or(Self::NotFound, |section| Self::Section { section, node })
            }
        }
    }

    /// Parses a URL formatted by [`Route::url`].
    pub fn parse_url(url: &str) -> Self {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        Self::parse(path, query)
    }

    /// Parses a path and a query below the base path of a host. `None` if the path is not below it. Only the users
    /// feature has routes there: `/team` is the list, `/team/<id>` a user, `/team/roles` the overview of roles.
    pub fn parse_below(base: &str, path: &str, query: &str) -> Option<Self> {
        let below = path.strip_prefix(base.trim_end_matches('/'))?;
        if !(below.is_empty() || below.starts_with('/')) {
            return None;
        }
        let route = match below.trim_matches('/') {
            "roles" => Self::Roles,
            below => Self::parse(&format!("users/{below}"), query),
        };
        Some(if route == Self::NotFound { Self::Users(UsersRoute::default()) } else { route })
    }

    /// Formats the path and query below the base path of a host, the inverse of [`Route::parse_below`].
    pub fn url_below(&self, base: &str) -> String {
        let (base, url) = (base.trim_end_matches('/'), self.url());
        let below = match self {
            Self::Users(_) | Self::Invite => url.strip_prefix("/users").unwrap_or_default(),
            Self::Roles => &url,
            _ => "",
        };
        let root = if base.is_empty() && !below.starts_with('/') { "/" } else { base };
        format!("{root}{below}")
    }

    /// The section that the route belongs to.
    pub fn section(&self) -> Option<Section> {
        match self {
            Self::Users(_) | Self::Invite | Self::Roles => Some(Section::Users),
            Self::Section { section, .. } => Some(*section),
            Self::Start | Self::SignIn | Self::Join | Self::Account | Self::NotFound => None,
        }
    }

    /// The node in focus. `None` for no node or several nodes.
    pub fn node(&self) -> Option<NodeId> {
        match self {
            Self::Users(users) => match users.filters.nodes[..] {
                [node] => Some(node),
                _ => None,
            },
            Self::Section { node, .. } => *node,
            Self::Start
            | Self::SignIn
            | Self::Join
            | Self::Account
            | Self::Invite
            | Self::Roles
            | Self::NotFound => None,
        }
    }

    /// Returns the route of a section with a node in focus.
    pub fn of_section(section: Section, node: Option<NodeId>) -> Self {
        match section {
            Section::Users => {
                let filters = Filters { nodes: node.into_iter().collect(), ..Filters::default() };
                Self::Users(UsersRoute { filters, ..UsersRoute::default() })
            }
            section => Self::Section { section, node },
        }
    }

    /// Returns the same route with another node in focus.
    #[must_use]
    pub fn with_node(&self, node: Option<NodeId>) -> Self {
        match self {
            Self::Users(users) => {
                let filters = Filters { nodes: node.into_iter().collect(), ..users.filters.clone() };
                Self::Users(UsersRoute { filters, page: users.page.map(|_| 1), ..users.clone() })
            }
            Self::Section { section, .. } => Self::Section { section: *section, node },
            other => other.clone(),
        }
    }

    /// Formats the path and query. Default values are omitted.
    pub fn url(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let path = match self {
            Self::Start | Self::NotFound => "/",
            Self::SignIn => "/sign-in",
            Self::Join => "/join",
            Self::Account => "/account",
            Self::Invite => "/users?invite=1",
            Self::Roles => "/roles",
            Self::Users(users) => {
                users.write(&mut query);
                match users.open {
                    None => "/users",
                    Some(open) => &format!("/users/{}", open.id),
                }
            }
            Self::Section { section, node } => {
                if let Some(node) = node {
                    query.append_pair("node", &node.to_string());
                }
                &format!("/{}", slug(*section))
            }
        };
        let query = query.finish();
        if query.is_empty() { path.into() } else { format!("{path}?{query}") }
    }
}

impl UsersRoute {
    fn write(&self, query: &mut form_urlencoded::Serializer<'_, String>) {
        self.filters.timeless().append_to(query);
        if let Some(active) = self.filters.active {
            query.append_pair("active", &active.days().to_string());
        }
        if self.sort != Self::default().sort {
            query.append_pair("sort", &self.sort.to_string());
        }
        if let Some(open) = self.open.filter(|open| open.tab != Tab::default()) {
            query.append_pair("tab", open.tab.slug());
        }
        if let Some(page) = self.page {
            query.append_pair("view", "pages");
            if page > 1 {
                query.append_pair("page", &page.to_string());
            }
        }
    }
}

/// The query string of a URL.
struct Query<'a>(&'a str);

impl Query<'_> {
    fn all<'q>(&'q self, name: &'q str) -> impl Iterator<Item = String> + 'q {
        let pairs = form_urlencoded::parse(self.0.as_bytes());
        pairs.filter(move |(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn first(&self, name: &str) -> Option<String> {
        self.all(name).next()
    }

    fn users(&self, open: Option<OpenUser>) -> UsersRoute {
        let mut encoded = UserFilters::default();
        for (name, value) in form_urlencoded::parse(self.0.as_bytes()) {
            // Ignores an invalid value: a wrong query still leads to the page.
            let _ = encoded.set(&name, &value);
        }
        let UserFilters { search, nodes, roles, assigned, statuses, undelivered, .. } = encoded;
        let mut filters = Filters {
            search: search.unwrap_or_default(),
            // The URLs of earlier versions have `inherited=no`.
            assigned: assigned || self.first("inherited").is_some_and(|inherited| inherited == "no"),
            roles,
            undelivered,
            // A canonical order, so that the same filters give the same route.
            statuses: Status::ALL.into_iter().filter(|status| statuses.contains(status)).collect(),
            active: self
                .first("active")
                .and_then(|days| ActiveWithin::ALL.into_iter().find(|span| span.days().to_string() == days)),
            nodes: Vec::new(),
        };
        for node in nodes {
            if !filters.nodes.contains(&node) {
                filters.nodes.push(node);
            }
        }
        let page = self.first("page").and_then(|page| page.parse().ok()).filter(|&page| page > 0);
        UsersRoute {
            filters,
            sort: self.first("sort").and_then(|sort| sort.parse().ok()).unwrap_or(UsersRoute::default().sort),
            open,
            page: self.first("view").filter(|view| view == "pages").map(|_| page.unwrap_or(1)),
        }
    }
}

const fn slug(section: Section) -> &'static str {
    match section {
        Section::Inbox => "inbox",
        Section::Crm => "crm",
        Section::Cms => "cms",
        Section::Analytics => "analytics",
        Section::Planning => "planning",
        Section::Settings => "settings",
        Section::Backups => "backups",
        Section::Environments => "environments",
        Section::Users => "users",
    }
}

#[cfg(test)]
mod tests {
    use studio_users_domain::Role;

    use super::*;

    fn parse(url: &str) -> Route {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        Route::parse(path, query)
    }

    #[test]
    fn parses_every_route_from_its_url() {
        let node = Some(NodeId(Uuid::from_u128(7)));
        let mut routes = vec![Route::Start, Route::SignIn, Route::Join, Route::Account, Route::Roles];
        routes.extend(
            Section::all()
                .flat_map(|section| [Route::of_section(section, None), Route::of_section(section, node)]),
        );
        for key in SortKey::ALL {
            let filters = Filters {
                search: "Åsa & “co” +1%".into(),
                nodes: vec![NodeId(Uuid::from_u128(7)), NodeId(Uuid::from_u128(8))],
                assigned: true,
                roles: Role::Agent | Role::Planner,
                statuses: vec![Status::Active, Status::Expired],
                undelivered: true,
                active: Some(ActiveWithin::Month),
            };
            for tab in Tab::ALL {
                let open = Some(OpenUser { id: UserId(Uuid::from_u128(9)), tab });
                let sort = Sort { key, descending: false };
                let page = (tab == Tab::Access).then_some(3);
                routes.push(Route::Users(UsersRoute { filters: filters.clone(), sort, open, page }));
            }
        }
        for route in routes {
            assert_eq!(parse(&route.url()), route, "{}", route.url());
        }
    }

    #[test]
    fn reads_the_parameter_of_earlier_versions() {
        let Route::Users(users) = parse("/users?inherited=no") else { panic!("a list of users") };
        assert!(users.filters.assigned);
        assert_eq!(Route::Users(users).url(), "/users?assigned=true");
    }

    #[test]
    fn parses_only_users_routes_below_a_base_path() {
        let open = UsersRoute::default().with_open(UserId(Uuid::from_u128(9)));
        let narrowed = Route::of_section(Section::Users, Some(NodeId(Uuid::from_u128(7))));
        let routes =
            [Route::Users(UsersRoute::default()), Route::Users(open), narrowed, Route::Roles, Route::Invite];
        for base in ["/team", "/team/", "/a/b", "/", ""] {
            for route in &routes {
                let url = route.url_below(base);
                let (path, query) = url.split_once('?').unwrap_or((&url, ""));
                assert_eq!(Route::parse_below(base, path, query).as_ref(), Some(route), "{url}");
                assert!(url.starts_with(base.trim_end_matches('/')) && url.starts_with('/'), "{url}");
            }
        }
        assert_eq!(Route::Roles.url_below("/team/"), "/team/roles");
        for elsewhere in ["/", "/teams", "/other/team"] {
            assert_eq!(Route::parse_below("/team", elsewhere, ""), None);
        }
        assert_eq!(Route::parse_below("/team", "/team/x", ""), Some(Route::Users(UsersRoute::default())));
    }

    #[test]
    fn omits_default_values_from_the_url() {
        assert_eq!(Route::Users(UsersRoute::default()).url(), "/users");
        let open = UsersRoute::default().with_open(UserId(Uuid::nil()));
        assert_eq!(Route::Users(open).url(), "/users/00000000-0000-0000-0000-000000000000");
    }

    #[test]
    fn ignores_invalid_query_parameters() {
        let wrong = parse("/users?sort=age&node=x&role=king&status=asleep&active=3&page=0&tab=x&colour=red");
        assert_eq!(wrong, Route::Users(UsersRoute::default()));
    }

    #[test]
    fn ignores_the_order_of_statuses() {
        assert_eq!(
            parse("/users?status=expired&status=active"),
            parse("/users?status=active&status=expired")
        );
    }

    #[test]
    fn returns_not_found_for_an_unknown_path() {
        assert_eq!(parse("/users/../x"), Route::NotFound);
        assert_eq!(parse("/users/nobody"), Route::NotFound);
        assert_eq!(parse("/nowhere"), Route::NotFound);
    }
}
