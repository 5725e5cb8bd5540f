use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{OwnSession, Problem, path};
use uuid::Uuid;

use super::session::signed_out;
use crate::error::AppError;
use crate::http::auth::Id;
use crate::services::AuthUser;
use crate::services::sessions;
use crate::state::AppState;

/// Lists the caller's active sessions, the last used first.
#[utoipa::path(
    get, path = path::SESSIONS,
    responses((status = 200, description = "The active sessions.", body = Vec<OwnSession>),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    mut auth: AuthUser,
) -> Result<Json<Vec<OwnSession>>, AppError> {
    let sessions = state.store.sessions(&mut auth.tx, auth.account.key(), state.clock.now()).await?;
    let sessions = sessions.into_iter().map(|session| OwnSession {
        id: session.id,
        device: session.device,
        started_at: session.started_at,
        last_seen_at: session.last_seen_at,
        current: session.id == auth.session,
    });
    Ok(Json(sessions.collect()))
}

/// Ends one of the caller's sessions.
#[utoipa::path(
    delete, path = path::SESSION_BY_ID, params(("id" = Uuid, Path, description = "The session’s id.")),
    responses((status = 204, description = "The session has ended."),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn end(
    State(state): State<AppState>,
    auth: AuthUser,
    Id(id): Id<Uuid>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let AuthUser { account, session: current, tx, .. } = auth;
    // Returns the connection to the pool before another is taken.
    drop(tx);
    let mut tx = state.store.write().await?;
    sessions::end_by_id(&state, &mut tx, &account, id).await?;
    tx.commit().await?;
    if id == current { signed_out(&state, &headers) } else { Ok(StatusCode::NO_CONTENT.into_response()) }
}
