use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use studio_users_contract::{DemoPerson, DemoSignIn, Problem, StartedSession, path};

use super::sign_in::begin_session;
use crate::error::AppError;
use crate::http::auth::JsonBody;
use crate::state::AppState;

/// Lists the users that a visitor of the demo can sign in as.
#[utoipa::path(
    get, path = path::DEMO_PEOPLE, security(()),
    responses((status = 200, description = "The demo users.", body = Vec<DemoPerson>),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn people(State(state): State<AppState>) -> Result<Json<Vec<DemoPerson>>, AppError> {
    let people = state.demo.as_ref().ok_or(AppError::NotFound)?;
    Ok(Json(people.list().to_vec()))
}

/// Signs in as a demo user.
#[utoipa::path(
    post, path = path::DEMO_SESSIONS, security(()), request_body = DemoSignIn,
    responses((status = 201, description = "Signed in. The session cookie is set, or the token is returned.", body = StartedSession),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Result<JsonBody<DemoSignIn>, AppError>,
) -> Result<Response, AppError> {
    // Outside a demo the path does not exist, even for an invalid body.
    let people = state.demo.as_ref().ok_or(AppError::NotFound)?;
    let JsonBody(request) = body?;
    let person =
        people.list().iter().find(|person| person.id == request.user_id).ok_or(AppError::NotFound)?;
    let mut tx = state.store.write().await?;
    let user = state.store.user_key(&mut tx, person.id).await?.ok_or(AppError::NotFound)?;
    begin_session(&state, &headers, tx, user, request.bearer).await
}
