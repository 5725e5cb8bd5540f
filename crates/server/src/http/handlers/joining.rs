use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{
    AcceptInvitation, InspectInvitation, InvitationDetails, Problem, StartedSession, path,
};

use super::session::session_of;
use super::sign_in::begin_session;
use crate::error::AppError;
use crate::http::auth::{JsonBody, session_token};
use crate::services::{self, AcceptOutcome};
use crate::state::AppState;
use crate::store::UserKey;

/// Returns the invitation that a link belongs to. Opening a link does not use it up.
#[utoipa::path(
    post, path = path::INVITATIONS_INSPECT, security(()), request_body = InspectInvitation,
    responses((status = 200, description = "The inviter, the environments and the roles.", body = InvitationDetails),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn inspect(
    State(state): State<AppState>,
    JsonBody(request): JsonBody<InspectInvitation>,
) -> Result<Json<InvitationDetails>, AppError> {
    let mut tx = state.store.read().await?;
    Ok(Json(services::inspect(&state, &mut tx, &request.token, state.clock.now()).await?))
}

/// Accepts an invitation. A new account gets a session. An account that has joined before has to sign in first.
#[utoipa::path(
    post, path = path::INVITATIONS_ACCEPT, security(()), request_body = AcceptInvitation,
    responses((status = 201, description = "Joined, and signed in.", body = StartedSession),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn accept(
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<AcceptInvitation>,
) -> Result<Response, AppError> {
    let mut write = state.store.write().await?;
    let now = write.now();
    let session = match session_token(&state, &headers) {
        Some(token) => state.store.active_session(&mut write, token, now).await?,
        None => None,
    };
    let signed_in_user: Option<UserKey> = session.map(|session| session.account.key());
    let (outcome, mut write) = services::accept(&state, write, &request, signed_in_user).await?;
    match outcome {
        AcceptOutcome::Joined(user) => begin_session(&state, &headers, write, user, request.bearer).await,
        AcceptOutcome::JoinedInSession(user) => {
            let session = session_of(&state, &mut write, user).await?;
            write.commit().await?;
            Ok((StatusCode::CREATED, Json(StartedSession { session, token: None })).into_response())
        }
        AcceptOutcome::SignInRequired => {
            write.commit().await?;
            Err(AppError::SignInRequired)
        }
        AcceptOutcome::LinkInvalid => {
            write.commit().await?;
            Err(AppError::LinkInvalid)
        }
    }
}
