use studio_users_contract::{Sort, SortKey};
use studio_users_domain::{NodeId, Section};

/// Where in the page the reader is: everything that its URL says. The only place that parses or prints one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The start: leads on to the first section that the reader sees.
    Start,
    /// The sign-in page. The token of a link stands in the fragment, which is no part of the place.
    SignIn,
    /// The users.
    Users(UsersPlace),
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

/// What the users table shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsersPlace {
    /// What is searched for; empty for nothing.
    pub search: String,
    /// The order. By default the newest users come first.
    pub sort: Sort,
    /// The node at or below which the users have access.
    pub node: Option<NodeId>,
}

impl Default for UsersPlace {
    fn default() -> Self {
        let sort = Sort { key: SortKey::CreatedAt, descending: true };
        Self { search: String::new(), sort, node: None }
    }
}

impl Place {
    /// Reads a path and the query after its `?`. What a query says wrongly is left out, so that a link of
    /// yesterday still leads somewhere.
    pub fn parse(path: &str, query: &str) -> Self {
        let value = |name: &str| {
            form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value)
        };
        let node = value("node").and_then(|node| node.parse().ok());
        match path.trim_matches('/') {
            "" => Self::Start,
            "sign-in" => Self::SignIn,
            "users" => Self::Users(UsersPlace {
                search: value("search").unwrap_or_default().into_owned(),
                sort: value("sort").and_then(|sort| sort.parse().ok()).unwrap_or(UsersPlace::default().sort),
                node,
            }),
            other => Section::all()
                .find(|&section| slug(section) == other)
                .map_or(Self::NotFound, |section| Self::Section { section, node }),
        }
    }

    /// The section that the place belongs to.
    pub fn section(&self) -> Option<Section> {
        match self {
            Self::Users(_) => Some(Section::Users),
            Self::Section { section, .. } => Some(*section),
            Self::Start | Self::SignIn | Self::NotFound => None,
        }
    }

    /// The node in focus.
    pub fn node(&self) -> Option<NodeId> {
        match self {
            Self::Users(users) => users.node,
            Self::Section { node, .. } => *node,
            Self::Start | Self::SignIn | Self::NotFound => None,
        }
    }

    /// A section with a node in focus.
    pub fn of_section(section: Section, node: Option<NodeId>) -> Self {
        match section {
            Section::Users => Self::Users(UsersPlace { node, ..UsersPlace::default() }),
            section => Self::Section { section, node },
        }
    }

    /// The same place with another node in focus.
    #[must_use]
    pub fn with_node(&self, node: Option<NodeId>) -> Self {
        match self {
            Self::Users(users) => Self::Users(UsersPlace { node, ..users.clone() }),
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
            Self::Users(users) => {
                if !users.search.is_empty() {
                    query.append_pair("search", &users.search);
                }
                if users.sort != UsersPlace::default().sort {
                    query.append_pair("sort", &users.sort.to_string());
                }
                "/users"
            }
            Self::Section { section, .. } => &format!("/{}", slug(*section)),
        };
        if let Some(node) = self.node() {
            query.append_pair("node", &node.to_string());
        }
        let query = query.finish();
        if query.is_empty() { path.into() } else { format!("{path}?{query}") }
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
    use uuid::Uuid;

    fn parse(url: &str) -> Place {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        Place::parse(path, query)
    }

    #[test]
    fn every_place_is_parsed_from_the_url_it_prints() {
        let node = Some(NodeId(Uuid::from_u128(7)));
        let mut places = vec![Place::Start, Place::SignIn];
        places.extend(
            Section::all()
                .flat_map(|section| [Place::of_section(section, None), Place::of_section(section, node)]),
        );
        for key in SortKey::ALL {
            let search = String::from("Åsa & “co” +1%");
            places.push(Place::Users(UsersPlace { search, sort: Sort { key, descending: false }, node }));
        }
        for place in places {
            assert_eq!(parse(&place.url()), place, "{}", place.url());
        }
    }

    #[test]
    fn what_is_as_by_default_is_not_in_the_url() {
        assert_eq!(Place::Users(UsersPlace::default()).url(), "/users");
    }

    #[test]
    fn a_wrong_query_still_leads_to_the_page() {
        assert_eq!(parse("/users?sort=age&node=x&colour=red"), Place::Users(UsersPlace::default()));
    }

    #[test]
    fn an_unknown_path_is_not_found() {
        assert_eq!(parse("/users/../x"), Place::NotFound);
        assert_eq!(parse("/nowhere"), Place::NotFound);
    }
}
