use std::collections::HashSet;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use form_urlencoded::Serializer;
use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeId, Role, RoleSet, Status};

use crate::Sort;
use crate::roles::{MAX_ROLES, limited_roles};

/// The maximum page size, in rows.
pub const MAX_LIMIT: u32 = 200;
/// The maximum length of a search text, in characters.
pub const MAX_SEARCH_CHARS: usize = 200;
/// The maximum number of nodes in a filter.
pub const MAX_NODES: usize = 50;

/// The maximum number of statuses in a filter, with repeated ones.
pub const MAX_STATUSES: usize = 50;

/// Filters of users. A user must match all of them; an empty list or text filters nothing. As query parameters, `node`,
/// `role` and `status` can be repeated to match any of their values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams, utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct UserFilters {
    /// Words, each of which is a part of the name or of the e-mail address, in any order. Ignores case, accents, and the
    /// forms of apostrophes, hyphens and blanks. Up to 200 characters.
    #[cfg_attr(feature = "openapi", param(required = false, max_length = 200), schema(max_length = 200))]
    pub search: Option<String>,
    /// Only users with access or an invitation at or below any of these nodes, and only their access there. Up to 50
    /// values.
    #[cfg_attr(
        feature = "openapi",
        param(rename = "node", required = false, max_items = 50),
        schema(max_items = 50)
    )]
    pub nodes: Vec<NodeId>,
    /// Only users with any of these effective roles in the caller's scope. Up to 50 values.
    #[cfg_attr(
        feature = "openapi",
        param(rename = "role", required = false, value_type = Vec<Role>, max_items = 50),
        schema(value_type = Vec<Role>, max_items = 50)
    )]
    #[serde(deserialize_with = "limited_roles")]
    pub roles: RoleSet,
    /// Only users with an assignment or a grant at or below the nodes themselves. Leaves out users who only inherit
    /// access from above the nodes. The default is false.
    #[cfg_attr(feature = "openapi", param(required = false))]
    pub assigned: bool,
    /// Only users with any of these statuses. Up to 50 values.
    #[cfg_attr(
        feature = "openapi",
        param(rename = "status", required = false, max_items = 50),
        schema(max_items = 50)
    )]
    pub statuses: Vec<Status>,
    /// Only invited users whose invitation e-mail did not arrive: the mail server refused it, or it was given up. The
    /// default is false.
    // Left out if false, because earlier backends refuse unknown fields.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", param(required = false))]
    pub undelivered: bool,
    /// Only users who were active at this time or later. Example: `2026-01-31T00:00:00Z`.
    #[cfg_attr(feature = "openapi", param(required = false))]
    pub active_since: Option<DateTime<Utc>>,
}

/// The query parameters of `GET /users`: [`UserFilters`], and the order and range of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct UsersQuery {
    /// The filters.
    #[cfg_attr(feature = "openapi", param(ignore))]
    pub filters: UserFilters,
    /// The sort key: `name`, `email`, `status`, `last_active_at` or `created_at`, with the prefix `-` for descending
    /// order. The default is `name`. Users without a value come last. Ties are ordered by id.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "-created_at", pattern = "^-?(name|email|status|last_active_at|created_at)$"))]
    pub sort: Option<Sort>,
    /// The number of rows to skip. The default is 0.
    #[cfg_attr(feature = "openapi", param(format = Int64, maximum = 4_294_967_295_u32))]
    pub offset: Option<u32>,
    /// The maximum number of rows: 1 to 200. The default is 50.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
}

/// An error in a query string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryError {
    /// A parameter has an invalid value.
    Invalid(InvalidParameter),
    /// A parameter does not exist.
    Unknown(String),
}

/// A query parameter or a field with an invalid value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidParameter {
    /// The name of the parameter or the field.
    pub name: &'static str,
    /// A phrase that tells a developer which values are valid.
    pub expected: &'static str,
}

impl From<InvalidParameter> for QueryError {
    fn from(error: InvalidParameter) -> Self {
        Self::Invalid(error)
    }
}

impl UserFilters {
    /// Appends the filters that are set as query parameters.
    pub fn append_to(&self, query: &mut Serializer<'_, String>) {
        if let Some(search) = &self.search {
            query.append_pair("search", search);
        }
        for node in &self.nodes {
            query.append_pair("node", &node.to_string());
        }
        for role in self.roles.iter() {
            query.append_pair("role", role.wire_name());
        }
        for status in &self.statuses {
            query.append_pair("status", status.wire_name());
        }
        if self.assigned {
            query.append_pair("assigned", "true");
        }
        if self.undelivered {
            query.append_pair("undelivered", "true");
        }
        if let Some(since) = self.active_since {
            query.append_pair("active_since", &since.to_rfc3339());
        }
    }

    /// Sets the filter of one query parameter. Returns false if the parameter is not a filter. Leaves out `active_since`:
    /// the page's URL has a time span instead.
    ///
    /// # Errors
    /// For an invalid value. The filters then stay as they are.
    pub fn set(&mut self, name: &str, value: &str) -> Result<bool, InvalidParameter> {
        match name {
            "search" => {
                validate_search(value)?;
                self.search = Some(value.into());
            }
            "node" => {
                validate_node_count("node", self.nodes.len() + 1)?;
                self.nodes.push(parse("node", value, "must be a UUID")?);
            }
            "role" => {
                // The former name of a role is read too.
                let role = Role::from_wire_name(value);
                self.roles |= role.ok_or(invalid("role", "must be the name of a role"))?;
            }
            "status" => {
                let status = Status::ALL.into_iter().find(|status| status.wire_name() == value);
                let status = status.ok_or(invalid("status", "active, invited or expired"))?;
                validate_status_count("status", self.statuses.len() + 1)?;
                self.statuses.push(status);
            }
            "assigned" => self.assigned = parse("assigned", value, "true or false")?,
            "undelivered" => self.undelivered = parse("undelivered", value, "true or false")?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Checks the limits of filters in a request body. [`Self::set`] checks those of query parameters.
    ///
    /// # Errors
    /// For the first field that exceeds its limit.
    pub fn validate(&self) -> Result<(), InvalidParameter> {
        validate_node_count("nodes", self.nodes.len())?;
        validate_status_count("statuses", self.statuses.len())?;
        validate_search(self.search.as_deref().unwrap_or_default())
    }

    /// Removes repeated nodes and statuses. Keeps the order of the first ones.
    pub fn remove_repeated(&mut self) {
        let mut nodes = HashSet::new();
        self.nodes.retain(|node| nodes.insert(*node));
        let mut statuses = HashSet::new();
        self.statuses.retain(|status| statuses.insert(*status));
    }
}

impl UsersQuery {
    /// Formats the query string, without `?`. Omits what is not set.
    pub fn encode(&self) -> String {
        let mut query = Serializer::new(String::new());
        self.filters.append_to(&mut query);
        if let Some(sort) = self.sort {
            query.append_pair("sort", &sort.to_string());
        }
        if let Some(offset) = self.offset {
            query.append_pair("offset", &offset.to_string());
        }
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        query.finish()
    }

    /// Parses a query string, without `?`.
    ///
    /// # Errors
    /// For the first invalid or unknown parameter.
    pub fn decode(text: &str) -> Result<Self, QueryError> {
        let mut query = Self::default();
        let mut role_count = 0;
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if name == "role" {
                role_count += 1;
                validate_role_count(role_count)?;
            }
            match name.as_ref() {
                "active_since" => {
                    let time = DateTime::parse_from_rfc3339(&value)
                        .map_err(|_| invalid("active_since", "must be an RFC 3339 timestamp"))?;
                    query.filters.active_since = Some(time.with_timezone(&Utc));
                }
                "sort" => {
                    query.sort = Some(parse("sort", &value, "a sort key, with - before it for descending")?);
                }
                "offset" => query.offset = Some(parse("offset", &value, "a number, 0 or more")?),
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                    query.limit = Some(limit.ok_or(invalid("limit", "a number from 1 to 200"))?);
                }
                name if query.filters.set(name, &value)? => {}
                unknown => return Err(QueryError::Unknown(unknown.into())),
            }
        }
        query.filters.remove_repeated();
        Ok(query)
    }
}

fn validate_search(search: &str) -> Result<(), InvalidParameter> {
    let is_valid = search.chars().count() <= MAX_SEARCH_CHARS;
    if is_valid { Ok(()) } else { Err(invalid("search", "at most 200 characters")) }
}

/// The field of a body and the query parameter have different names.
fn validate_node_count(name: &'static str, count: usize) -> Result<(), InvalidParameter> {
    if count <= MAX_NODES { Ok(()) } else { Err(invalid(name, "at most 50 nodes")) }
}

fn validate_status_count(name: &'static str, count: usize) -> Result<(), InvalidParameter> {
    if count <= MAX_STATUSES { Ok(()) } else { Err(invalid(name, "at most 50 statuses")) }
}

/// Counts repeated roles too. A body has this limit in [`limited_roles`].
fn validate_role_count(count: usize) -> Result<(), InvalidParameter> {
    if count <= MAX_ROLES { Ok(()) } else { Err(invalid("role", "at most 50 roles")) }
}

fn parse<T: FromStr>(name: &'static str, value: &str, expected: &'static str) -> Result<T, InvalidParameter> {
    value.parse().map_err(|_| invalid(name, expected))
}

const fn invalid(name: &'static str, expected: &'static str) -> InvalidParameter {
    InvalidParameter { name, expected }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::SortKey;

    fn filters() -> impl Strategy<Value = UserFilters> {
        let roles = prop::collection::vec(prop::sample::select(Role::all().collect::<Vec<_>>()), 0..4);
        let statuses = prop::sample::subsequence(Status::ALL.to_vec(), 0..=3);
        let times = (0..4_000_000_000_000_i64)
            .prop_map(|millis| DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis));
        (
            prop::option::of(".{0,40}"),
            prop::collection::vec(any::<u128>().prop_map(|id| NodeId(Uuid::from_u128(id))), 0..5),
            roles,
            any::<(bool, bool)>(),
            statuses,
            prop::option::of(times),
        )
            .prop_map(|(search, nodes, roles, (assigned, undelivered), statuses, active_since)| {
                UserFilters {
                    search,
                    nodes,
                    roles: roles.into_iter().collect(),
                    assigned,
                    undelivered,
                    statuses,
                    active_since,
                }
            })
    }

    proptest! {
        #[test]
        fn decodes_every_query_that_it_encodes(
            filters in filters(),
            key in prop::sample::select(SortKey::ALL.to_vec()),
            descending: bool,
            offset: Option<u32>,
            limit in prop::option::of(1..=MAX_LIMIT),
        ) {
            let query = UsersQuery { filters, sort: Some(Sort { key, descending }), offset, limit };
            prop_assert_eq!(UsersQuery::decode(&query.encode()), Ok(query));
        }

        #[test]
        fn never_panics_on_a_query_string(text in ".{0,80}") {
            let _ = UsersQuery::decode(&text);
        }
    }

    #[test]
    fn encodes_reserved_characters_and_omits_unset_parameters() {
        let filters = UserFilters { search: Some("a&b=ç +%".into()), ..UserFilters::default() };
        let query = UsersQuery { filters, limit: Some(5), ..UsersQuery::default() };
        assert_eq!(query.encode(), "search=a%26b%3D%C3%A7+%2B%25&limit=5");
        assert_eq!(UsersQuery::default().encode(), "");
    }

    #[test]
    fn accepts_the_former_name_of_a_role_and_repeated_parameters() {
        let query = UsersQuery::decode("role=environment_manager&status=invited&role=planner&status=expired")
            .unwrap();
        assert_eq!(query.filters.roles, Role::OrganisationManager | Role::Planner);
        assert_eq!(query.filters.statuses, [Status::Invited, Status::Expired]);
        let nodes = ["node=00000000-0000-4000-8000-000000000001"; MAX_NODES + 1];
        assert_eq!(UsersQuery::decode(&nodes[1..].join("&")).unwrap().filters.nodes.len(), 1);
        assert!(matches!(
            UsersQuery::decode(&nodes.join("&")),
            Err(QueryError::Invalid(InvalidParameter { name: "node", .. }))
        ));
    }

    #[test]
    fn limits_the_search_and_the_nodes_of_a_body() {
        let id = NodeId(Uuid::from_u128(1));
        let filters = |characters: usize, nodes: usize| UserFilters {
            search: Some("é".repeat(characters)),
            nodes: vec![id; nodes],
            ..UserFilters::default()
        };
        let error = |filters: UserFilters| filters.validate().unwrap_err().name;
        assert_eq!(UserFilters::default().validate(), Ok(()));
        assert_eq!(filters(MAX_SEARCH_CHARS, MAX_NODES).validate(), Ok(()));
        assert_eq!(error(filters(MAX_SEARCH_CHARS + 1, 0)), "search");
        assert_eq!(error(filters(0, MAX_NODES + 1)), "nodes");
    }

    #[test]
    fn names_the_invalid_parameter() {
        let long = format!("search={}", "x".repeat(MAX_SEARCH_CHARS + 1));
        let cases = [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("offset=-1", "offset"),
            ("sort=age", "sort"),
            ("node=7", "node"),
            ("role=king", "role"),
            ("status=gone", "status"),
            ("assigned=maybe", "assigned"),
            ("undelivered=maybe", "undelivered"),
            ("active_since=yesterday", "active_since"),
            (&long, "search"),
        ];
        for (text, expected) in cases {
            let result = UsersQuery::decode(text);
            assert!(matches!(result, Err(QueryError::Invalid(error)) if error.name == expected), "{text}");
        }
        assert_eq!(UsersQuery::decode("colour=red"), Err(QueryError::Unknown("colour".into())));
    }

    #[test]
    fn states_the_limits_in_its_errors() {
        let error = |text: &str| match UsersQuery::decode(text) {
            Err(QueryError::Invalid(error)) => error.expected,
            other => panic!("{text}: {other:?}"),
        };
        let nodes = ["node=00000000-0000-4000-8000-000000000001"; MAX_NODES + 1].join("&");
        assert_eq!(error(&nodes), format!("at most {MAX_NODES} nodes"));
        assert_eq!(
            error(&format!("search={}", "x".repeat(201))),
            format!("at most {MAX_SEARCH_CHARS} characters")
        );
        assert_eq!(error("limit=0"), format!("a number from 1 to {MAX_LIMIT}"));
    }

    #[test]
    fn bounds_and_removes_repeated_values() {
        let repeated = ["status=active&status=invited"; MAX_STATUSES / 2].join("&");
        let query = UsersQuery::decode(&repeated).unwrap();
        assert_eq!(query.filters.statuses, [Status::Active, Status::Invited]);
        let roles = ["role=agent"; MAX_ROLES + 1];
        assert_eq!(UsersQuery::decode(&roles[1..].join("&")).unwrap().filters.roles, Role::Agent);
        assert_eq!(
            UsersQuery::decode(&roles.join("&")).unwrap_err(),
            invalid("role", "at most 50 roles").into()
        );
        let error = UsersQuery::decode(&format!("{repeated}&status=active")).unwrap_err();
        assert_eq!(error, invalid("status", "at most 50 statuses").into());
        let filters = UserFilters { statuses: vec![Status::Expired; MAX_STATUSES + 1], ..<_>::default() };
        assert_eq!(filters.validate(), Err(invalid("statuses", "at most 50 statuses")));
    }
}
