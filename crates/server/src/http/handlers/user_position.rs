use axum::Json;
use axum::extract::{RawQuery, State};
use studio_users_contract::{Problem, UserFilters, UserPosition, UsersQuery, path};
use studio_users_domain::UserId;

use super::users::parse;
use crate::error::AppError;
use crate::http::auth::Id;
use crate::services::AuthUser;
use crate::state::AppState;

/// Returns the position of a user in the list that `GET /users` returns for the same filters and order. `offset` and
/// `limit` have no effect.
#[utoipa::path(
    get, path = path::USER_POSITION,
    params(("id" = UserId, Path, description = "The user."), UserFilters, UsersQuery),
    responses((status = 200, description = "The user’s position.", body = UserPosition),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(
    State(state): State<AppState>,
    mut auth: AuthUser,
    Id(user): Id<UserId>,
    RawQuery(query): RawQuery,
) -> Result<Json<UserPosition>, AppError> {
    let query = parse(query.as_deref().unwrap_or_default())?;
    let organisation = auth.organisation.clone();
    let now = state.clock.now();
    let found = state.store.user(&mut auth.tx, &organisation, &auth.scope, user, now).await?;
    found.ok_or(AppError::NotFound)?;
    let within = auth.scope_within(&query.filters.nodes)?;
    let sort = query.sort.unwrap_or_default();
    let position =
        state.store.position(&mut auth.tx, &organisation, &within, &query.filters, sort, user).await?;
    Ok(Json(UserPosition { position }))
}
