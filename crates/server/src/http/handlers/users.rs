use axum::Json;
use axum::extract::{RawQuery, State};
use studio_users_contract::{
    InvitationSummary, NodeName, Problem, QueryError, RowEnvironments, UserFilters, UserPage, UserRef,
    UserRow, UsersQuery, path,
};
use studio_users_domain::{Allowed, Status};

use crate::error::AppError;
use crate::services::AuthUser;
use crate::services::row_permissions::allowed;
use crate::state::AppState;
use crate::store::{ListWindow, Organisation, Scopes, UserRecord};

const DEFAULT_LIMIT: u32 = 50;
const ENVIRONMENTS_SHOWN: usize = 3;

/// Lists the users that the caller may see.
#[utoipa::path(
    get, path = path::USERS, params(UserFilters, UsersQuery),
    responses((status = 200, description = "A page of users.", body = UserPage),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    mut auth: AuthUser,
    RawQuery(query): RawQuery,
) -> Result<Json<UserPage>, AppError> {
    let query = parse(query.as_deref().unwrap_or_default())?;
    let organisation = auth.organisation.clone();
    let within = auth.scope_within(&query.filters.nodes)?;
    let window = ListWindow {
        sort: query.sort.unwrap_or_default(),
        offset: query.offset.unwrap_or(0),
        limit: query.limit.unwrap_or(DEFAULT_LIMIT),
    };
    let now = state.clock.now();
    let filters = query.filters;
    let scopes = Scopes { visible: &auth.scope, within: &within };
    let (total, rows) = state.store.users(&mut auth.tx, &organisation, scopes, &filters, window, now).await?;
    let (actor, tx) = auth.actor_and_tx();
    let allowed = allowed(&state, tx, &organisation, &actor, &rows, now).await?;
    let items = rows.into_iter().zip(allowed).map(|(row, allowed)| describe(&organisation, row, allowed));
    Ok(Json(UserPage { total, items: items.collect() }))
}

/// Returns a row as the contract describes it.
pub(super) fn describe(organisation: &Organisation, row: UserRecord, allowed: Allowed) -> UserRow {
    let roles = row.overview.row_roles();
    let environments = row.overview.environments;
    let first = environments
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
            first: first.collect(),
        },
        address_unconfirmed: row.target.unconfirmed_by.is_some() && row.overview.status == Status::Active,
        invitation: row.invitation.map(|grant| InvitationSummary {
            expires_at: grant.expires_at,
            unacceptable: !row.is_acceptable,
            undelivered: row.is_undelivered,
        }),
        invited_by: row.invited_by.map(|(id, name)| UserRef { id, name }),
        allowed,
    }
}

/// Parses a query string.
pub(super) fn parse(text: &str) -> Result<UsersQuery, AppError> {
    UsersQuery::decode(text).map_err(|error| match error {
        QueryError::Invalid(error) => error.into(),
        QueryError::Unknown(field) => AppError::UnknownField(field),
    })
}
