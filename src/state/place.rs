use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::{Sort, SortKey};
use studio_users_domain::{NodeId, Role, RoleSet, Section, Status, UserId};
use uuid::Uuid;

/// Where in the page the reader is: everything that its URL says. The only place that parses or prints one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The start: leads on to the first section that the reader sees.
    Start,
    /// The sign-in page. The token of a link stands in the fragment, which is no part of the place.
    SignIn,
    /// The page of an invitation's link. Its token stands in the fragment too.
    Join,
    /// The reader's own name, language and sessions.
    Account,
    /// The users.
    Users(UsersPlace),
    /// The users, and inviting more of them: leads on to them, with the dialog open.
    Invite,
    /// What each role can do.
    Roles,
    /// Another section of the studio.
    Section {
        /// Which one; never [`Section::Users`].
        section: Section,
        /// The environment in focus.
        node: Option<NodeId>,
    },
    /// An address at which nothing stands.
    NotFound,
}

/// What the users table shows, and which user is open beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsersPlace {
    /// Which users.
    pub filters: Filters,
    /// The order. By default the newest users come first.
    pub sort: Sort,
    /// The user whose panel is open.
    pub open: Option<OpenUser>,
    /// The number of the page, from 1, where the list is shown in plain pages.
    pub page: Option<u32>,
}

/// Which users are shown: those who match all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// What is searched for; empty for nothing.
    pub search: String,
    /// The nodes at or below any of which they have access; none for all.
    pub nodes: Vec<NodeId>,
    /// Only those to whom something is given there, not those who inherit it alone.
    pub assigned: bool,
    /// The roles of which any counts for them; none for all.
    pub roles: RoleSet,
    /// How far they have come: any of these; none for all.
    pub statuses: Vec<Status>,
    /// How recently they were active.
    pub active: Option<ActiveWithin>,
}

/// A span of time that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActiveWithin {
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
    /// 90 days.
    Quarter,
}

/// A user whose panel is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenUser {
    /// Who.
    pub id: UserId,
    /// What of them is shown.
    pub tab: Tab,
}

/// A tab of the panel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    /// Who they are.
    #[default]
    Details,
    /// What they may do, and where that comes from.
    Access,
    /// What they did.
    AuditLog,
}

impl Default for UsersPlace {
    fn default() -> Self {
        let sort = Sort { key: SortKey::CreatedAt, descending: true };
        Self { filters: Filters::default(), sort, open: None, page: None }
    }
}

impl UsersPlace {
    /// The same list with this user's panel open, on the tab that is open already.
    #[must_use]
    pub fn with_open(&self, id: UserId) -> Self {
        let tab = self.open.map(|open| open.tab).unwrap_or_default();
        Self { open: Some(OpenUser { id, tab }), ..self.clone() }
    }
}

impl Filters {
    /// Whether anything but the search narrows the list.
    pub fn are_set(&self) -> bool {
        *self != Self { search: self.search.clone(), ..Self::default() }
    }

    /// Whether the list is not narrowed at all.
    pub fn are_empty(&self) -> bool {
        !self.are_set() && self.search.trim().is_empty()
    }
}

impl ActiveWithin {
    /// Every span, the shortest first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Quarter];

    /// How many days it lasts.
    pub const fn days(self) -> u32 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
        }
    }

    /// When it began.
    pub fn since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::days(self.days().into())
    }
}

impl Tab {
    /// Every tab, in the order in which they stand.
    pub const ALL: [Self; 3] = [Self::Details, Self::Access, Self::AuditLog];

    /// Its name in an address.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Details => "details",
            Self::Access => "access",
            Self::AuditLog => "audit-log",
        }
    }
}

impl Place {
    /// Reads a path and the query after its `?`. What a query says wrongly is left out, so that a link of
    /// yesterday still leads somewhere.
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

    /// Reads an address as [`Place::url`] writes one.
    pub fn read(url: &str) -> Self {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        Self::parse(path, query)
    }

    /// Reads a path and its query below a path of a host; none where it is elsewhere. What stands below is the users'
    /// alone: `/team` is their list, `/team/<id>` one of them, `/team/roles` what each role can do.
    pub fn parse_below(base: &str, path: &str, query: &str) -> Option<Self> {
        let below = path.strip_prefix(base.trim_end_matches('/'))?;
        if !(below.is_empty() || below.starts_with('/')) {
            return None;
        }
        let place = match below.trim_matches('/') {
            "roles" => Self::Roles,
            below => Self::parse(&format!("users/{below}"), query),
        };
        Some(if place == Self::NotFound { Self::Users(UsersPlace::default()) } else { place })
    }

    /// The path and query below a path of a host, as [`Place::parse_below`] reads them.
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

    /// The section that the place belongs to.
    pub fn section(&self) -> Option<Section> {
        match self {
            Self::Users(_) | Self::Invite | Self::Roles => Some(Section::Users),
            Self::Section { section, .. } => Some(*section),
            Self::Start | Self::SignIn | Self::Join | Self::Account | Self::NotFound => None,
        }
    }

    /// The node in focus; none where several are.
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

    /// A section with a node in focus.
    pub fn of_section(section: Section, node: Option<NodeId>) -> Self {
        match section {
            Section::Users => {
                let filters = Filters { nodes: node.into_iter().collect(), ..Filters::default() };
                Self::Users(UsersPlace { filters, ..UsersPlace::default() })
            }
            section => Self::Section { section, node },
        }
    }

    /// The same place with another node in focus.
    #[must_use]
    pub fn with_node(&self, node: Option<NodeId>) -> Self {
        match self {
            Self::Users(users) => {
                let filters = Filters { nodes: node.into_iter().collect(), ..users.filters.clone() };
                Self::Users(UsersPlace { filters, page: users.page.map(|_| 1), ..users.clone() })
            }
            Self::Section { section, .. } => Self::Section { section: *section, node },
            other => other.clone(),
        }
    }

    /// The path and query. What is as by default is left out.
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

impl UsersPlace {
    fn write(&self, query: &mut form_urlencoded::Serializer<'_, String>) {
        let Filters { search, nodes, assigned, roles, statuses, active } = &self.filters;
        if !search.is_empty() {
            query.append_pair("search", search);
        }
        for node in nodes {
            query.append_pair("node", &node.to_string());
        }
        if *assigned {
            query.append_pair("inherited", "no");
        }
        for role in roles.iter() {
            query.append_pair("role", role.wire_name());
        }
        for status in statuses {
            query.append_pair("status", status.wire_name());
        }
        if let Some(active) = active {
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

/// The query of a URL.
struct Query<'a>(&'a str);

impl Query<'_> {
    fn all<'q>(&'q self, name: &'q str) -> impl Iterator<Item = String> + 'q {
        let pairs = form_urlencoded::parse(self.0.as_bytes());
        pairs.filter(move |(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn first(&self, name: &str) -> Option<String> {
        self.all(name).next()
    }

    fn users(&self, open: Option<OpenUser>) -> UsersPlace {
        let mut filters = Filters {
            search: self.first("search").unwrap_or_default(),
            assigned: self.first("inherited").is_some_and(|inherited| inherited == "no"),
            active: self
                .first("active")
                .and_then(|days| ActiveWithin::ALL.into_iter().find(|span| span.days().to_string() == days)),
            ..Filters::default()
        };
        for node in self.all("node").filter_map(|node| node.parse().ok()) {
            if !filters.nodes.contains(&node) {
                filters.nodes.push(node);
            }
        }
        for name in self.all("role") {
            filters.roles.extend(Role::all().filter(|role| role.wire_name() == name));
        }
        // In one order, so that the same choice is the same place.
        let statuses: Vec<_> = self.all("status").collect();
        filters.statuses = [Status::Active, Status::Invited, Status::Expired]
            .into_iter()
            .filter(|status| statuses.iter().any(|name| name == status.wire_name()))
            .collect();
        let page = self.first("page").and_then(|page| page.parse().ok()).filter(|&page| page > 0);
        UsersPlace {
            filters,
            sort: self.first("sort").and_then(|sort| sort.parse().ok()).unwrap_or(UsersPlace::default().sort),
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
    use super::*;

    fn parse(url: &str) -> Place {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        Place::parse(path, query)
    }

    #[test]
    fn every_place_is_parsed_from_the_url_it_prints() {
        let node = Some(NodeId(Uuid::from_u128(7)));
        let mut places = vec![Place::Start, Place::SignIn, Place::Join, Place::Account, Place::Roles];
        places.extend(
            Section::all()
                .flat_map(|section| [Place::of_section(section, None), Place::of_section(section, node)]),
        );
        for key in SortKey::ALL {
            let filters = Filters {
                search: "Åsa & “co” +1%".into(),
                nodes: vec![NodeId(Uuid::from_u128(7)), NodeId(Uuid::from_u128(8))],
                assigned: true,
                roles: Role::Agent | Role::Planner,
                statuses: vec![Status::Active, Status::Expired],
                active: Some(ActiveWithin::Month),
            };
            for tab in Tab::ALL {
                let open = Some(OpenUser { id: UserId(Uuid::from_u128(9)), tab });
                let sort = Sort { key, descending: false };
                let page = (tab == Tab::Access).then_some(3);
                places.push(Place::Users(UsersPlace { filters: filters.clone(), sort, open, page }));
            }
        }
        for place in places {
            assert_eq!(parse(&place.url()), place, "{}", place.url());
        }
    }

    #[test]
    fn below_a_path_of_a_host_stand_the_users_and_nothing_else() {
        let open = UsersPlace::default().with_open(UserId(Uuid::from_u128(9)));
        let narrowed = Place::of_section(Section::Users, Some(NodeId(Uuid::from_u128(7))));
        let places =
            [Place::Users(UsersPlace::default()), Place::Users(open), narrowed, Place::Roles, Place::Invite];
        for base in ["/team", "/team/", "/a/b", "/", ""] {
            for place in &places {
                let url = place.url_below(base);
                let (path, query) = url.split_once('?').unwrap_or((&url, ""));
                assert_eq!(Place::parse_below(base, path, query).as_ref(), Some(place), "{url}");
                assert!(url.starts_with(base.trim_end_matches('/')) && url.starts_with('/'), "{url}");
            }
        }
        assert_eq!(Place::Roles.url_below("/team/"), "/team/roles");
        for elsewhere in ["/", "/teams", "/other/team"] {
            assert_eq!(Place::parse_below("/team", elsewhere, ""), None);
        }
        assert_eq!(Place::parse_below("/team", "/team/x", ""), Some(Place::Users(UsersPlace::default())));
    }

    #[test]
    fn what_is_as_by_default_is_not_in_the_url() {
        assert_eq!(Place::Users(UsersPlace::default()).url(), "/users");
        let open = UsersPlace::default().with_open(UserId(Uuid::nil()));
        assert_eq!(Place::Users(open).url(), "/users/00000000-0000-0000-0000-000000000000");
    }

    #[test]
    fn a_wrong_query_still_leads_to_the_page() {
        let wrong = parse("/users?sort=age&node=x&role=king&status=asleep&active=3&page=0&tab=x&colour=red");
        assert_eq!(wrong, Place::Users(UsersPlace::default()));
    }

    #[test]
    fn the_order_of_statuses_in_a_url_makes_no_other_place() {
        assert_eq!(
            parse("/users?status=expired&status=active"),
            parse("/users?status=active&status=expired")
        );
    }

    #[test]
    fn an_unknown_path_is_not_found() {
        assert_eq!(parse("/users/../x"), Place::NotFound);
        assert_eq!(parse("/users/nobody"), Place::NotFound);
        assert_eq!(parse("/nowhere"), Place::NotFound);
    }
}
