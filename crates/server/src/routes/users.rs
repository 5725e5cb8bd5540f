use axum::Json;
use axum::extract::{RawQuery, State};
use chrono::{DateTime, Utc};
use studio_users_contract::{
    InvitationSummary, InvitedBy, MAX_LIMIT, MAX_NODES, MAX_SEARCH_CHARS, NodeName, Problem, RowEnvironments,
    UserPage, UserRow, UsersQuery, path,
};
use studio_users_domain::{Allowed, Role, Status};

use super::allowed::allowed;
use crate::app::App;
use crate::problem::Refusal;
use crate::reader::Reader;
use crate::store::{Organisation, Row, Selection, Window};

const DEFAULT_LIMIT: u32 = 50;
const ENVIRONMENTS_SHOWN: usize = 3;

/// The users whom the reader may see.
#[utoipa::path(
    get, path = path::USERS, params(UsersQuery),
    responses((status = 200, description = "A window of them.", body = UserPage),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(app): State<App>,
    mut reader: Reader,
    RawQuery(query): RawQuery,
) -> Result<Json<UserPage>, Refusal> {
    let query = parse(query.as_deref().unwrap_or_default())?;
    let organisation = reader.organisation.clone();
    let within = reader.within(&query.nodes)?;
    let window = Window {
        sort: query.sort.unwrap_or_default(),
        offset: query.offset.unwrap_or(0),
        limit: query.limit.unwrap_or(DEFAULT_LIMIT),
    };
    let now = app.clock.now();
    reader.tx = app.store.settle(reader.tx, now).await?;
    let selection = selection_of(query);
    let scopes = (&reader.scope, &within);
    let (total, rows) =
        app.store.users(&mut reader.tx, &organisation, scopes, &selection, window, now).await?;
    let (actor, tx) = reader.acting();
    let allowed = allowed(&app, tx, &organisation, &actor, &rows, now).await?;
    let items = rows.into_iter().zip(allowed).map(|(row, allowed)| describe(&organisation, row, allowed));
    Ok(Json(UserPage { total, items: items.collect() }))
}

/// Which users a query asks for.
pub(super) fn selection_of(query: UsersQuery) -> Selection {
    Selection {
        search: query.search,
        roles: query.roles,
        is_assigned: query.assigned,
        statuses: query.statuses,
        active_since: query.active_since,
    }
}

/// What the wire says of a row.
pub(super) fn describe(organisation: &Organisation, row: Row, allowed: Allowed) -> UserRow {
    let roles = row.overview.row_roles();
    let environments = row.overview.environments;
    let named = environments
        .iter()
        .take(ENVIRONMENTS_SHOWN)
        .filter_map(|&id| organisation.tree.node(id).map(|node| NodeName { id, name: node.name.clone() }));
    UserRow {
        id: row.account.id,
        name: row.account.name,
        email: row.account.email,
        status: row.overview.status,
        created_at: row.account.created_at,
        last_active_at: row.account.last_active_at,
        roles,
        environments: RowEnvironments {
            total: u32::try_from(environments.len()).unwrap_or(u32::MAX),
            first: named.collect(),
        },
        invitation: row.invitation.map(|grant| InvitationSummary { expires_at: grant.expires_at }),
        invited_by: row.invited_by.map(|(id, name)| InvitedBy { id, name }),
        allowed,
    }
}

/// Reads the query field by field, so that a refusal names the one at fault.
pub(super) fn parse(text: &str) -> Result<UsersQuery, Refusal> {
    let mut query = UsersQuery::default();
    for (field, value) in form_urlencoded::parse(text.as_bytes()) {
        let value = value.as_ref();
        match field.as_ref() {
            "search" => {
                if value.chars().count() > MAX_SEARCH_CHARS {
                    return Err(wrong("search", format!("at most {MAX_SEARCH_CHARS} characters")));
                }
                query.search = Some(value.into());
            }
            "node" => {
                if query.nodes.len() == MAX_NODES {
                    return Err(wrong("node", format!("at most {MAX_NODES} nodes")));
                }
                query.nodes.push(value.parse().map_err(|_| wrong("node", "an id is a UUID"))?);
            }
            "role" => query.roles |= named::<Role>("role", value)?,
            "assigned" => {
                query.assigned = value.parse().map_err(|_| wrong("assigned", "true or false"))?;
            }
            "status" => query.statuses.push(named::<Status>("status", value)?),
            "active_since" => {
                let time = DateTime::parse_from_rfc3339(value)
                    .map_err(|_| wrong("active_since", "a time is written as in RFC 3339"))?;
                query.active_since = Some(time.with_timezone(&Utc));
            }
            "sort" => query.sort = Some(value.parse().map_err(|error: String| wrong("sort", error))?),
            "offset" => {
                query.offset = Some(value.parse().map_err(|_| wrong("offset", "a number, 0 or more"))?);
            }
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                let limit = limit.ok_or_else(|| wrong("limit", format!("a number from 1 to {MAX_LIMIT}")))?;
                query.limit = Some(limit);
            }
            unknown => return Err(Refusal::UnknownField(unknown.into())),
        }
    }
    Ok(query)
}

fn named<T: serde::de::DeserializeOwned>(field: &'static str, value: &str) -> Result<T, Refusal> {
    serde_json::from_value(value.into()).map_err(|error| wrong(field, error.to_string()))
}

fn wrong(field: &'static str, detail: impl Into<String>) -> Refusal {
    Refusal::InvalidField(field, detail.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_whole() {
        let query =
            parse("search=J%C3%B6rg+%26&role=environment_manager&sort=-name&offset=3&limit=200").unwrap();
        assert_eq!(query.search.as_deref(), Some("Jörg &"));
        assert_eq!(query.roles, Role::OrganisationManager);
        assert_eq!((query.offset, query.limit), (Some(3), Some(200)));
        assert!(query.sort.unwrap().descending);
    }

    #[test]
    fn what_is_repeated_is_all_kept() {
        let query = parse("role=agent&status=invited&role=planner&status=expired").unwrap();
        assert_eq!(query.roles, Role::Agent | Role::Planner);
        assert_eq!(query.statuses, [Status::Invited, Status::Expired]);
        let nodes = ["node=00000000-0000-4000-8000-000000000001"; MAX_NODES + 1];
        assert_eq!(parse(&nodes[1..].join("&")).unwrap().nodes.len(), MAX_NODES);
        assert!(matches!(parse(&nodes.join("&")), Err(Refusal::InvalidField("node", _))));
    }

    #[test]
    fn the_field_at_fault_is_named() {
        let long = format!("search={}", "x".repeat(201));
        let cases = [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("offset=-1", "offset"),
            ("sort=age", "sort"),
            ("node=7", "node"),
            ("role=king", "role"),
            ("status=gone", "status"),
            ("active_since=yesterday", "active_since"),
            (&long, "search"),
        ];
        for (text, expected) in cases {
            assert!(
                matches!(parse(text), Err(Refusal::InvalidField(field, _)) if field == expected),
                "{text}"
            );
        }
        assert!(matches!(parse("colour=red"), Err(Refusal::UnknownField(field)) if field == "colour"));
    }
}
