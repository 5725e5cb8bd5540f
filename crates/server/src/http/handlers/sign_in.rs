use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{NewSession, Problem, SignInLinkRequest, StartedSession, path};

use super::session::session_of;
use crate::error::AppError;
use crate::http::auth::{JsonBody, Site, bearer_token, cookie_token, session_cookie};
use crate::http::client_address::ClientAddress;
use crate::services::{sessions, sign_in_link};
use crate::state::AppState;
use crate::store::{UserKey, Write};
use crate::user_agent::describe_device;

/// Sends a sign-in link by e-mail, if the account exists.
///
/// The server responds before it looks up the account, so the response does not reveal whether the account exists.
#[utoipa::path(
    post, path = path::SIGN_IN_LINKS, security(()), request_body = SignInLinkRequest,
    responses((status = 202, description = "If the account exists, a link is on its way."),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn send_link(
    State(state): State<AppState>,
    ClientAddress(client): ClientAddress,
    JsonBody(request): JsonBody<SignInLinkRequest>,
) -> Result<StatusCode, AppError> {
    state.limits.links.take(client).await?;
    tokio::spawn(sign_in_link::queue_with_retries(state, request.email));
    Ok(StatusCode::ACCEPTED)
}

/// Signs in with the token of a sign-in link. A token can be used once.
#[utoipa::path(
    post, path = path::SESSIONS, security(()), request_body = NewSession,
    responses((status = 201, description = "Signed in. The session cookie is set, or the token is returned.", body = StartedSession),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    ClientAddress(client): ClientAddress,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewSession>,
) -> Result<Response, AppError> {
    // Takes from the rate limit before the check, so that concurrent attempts count like sequential ones.
    state.limits.failed_sign_ins.take(client).await?;
    let mut tx = state.store.write().await?;
    let user = sessions::use_sign_in_link(&state, &mut tx, &new.token).await?;
    let response = begin_session(&state, &headers, tx, user, new.bearer).await?;
    // After the commit, so that no transaction waits for the storage of the limit.
    state.limits.failed_sign_ins.refund(client).await;
    Ok(response)
}

/// Starts a session that replaces the session of the request, and responds with it: with a cookie, or with the token
/// for a bearer client. A request of another origin gets no cookie, so that no other site can sign a user in without
/// their knowledge ([login CSRF](https://en.wikipedia.org/wiki/Cross-site_request_forgery#Forging_login_requests)).
pub(crate) async fn begin_session(
    state: &AppState,
    headers: &HeaderMap,
    mut tx: Write,
    user: UserKey,
    is_bearer: bool,
) -> Result<Response, AppError> {
    if !is_bearer && Site::of(state, headers) == Site::Allowed {
        return Err(AppError::CrossSite);
    }
    let old = if is_bearer { bearer_token(headers) } else { cookie_token(state, headers) };
    if let Some(old) = old {
        sessions::end(state, &mut tx, old).await?;
    }
    let device = describe_device(headers.get(header::USER_AGENT).map_or(b"", HeaderValue::as_bytes));
    let token = sessions::start(state, &mut tx, user, device).await?;
    let session = session_of(state, &mut tx, user).await?;
    tx.commit().await?;
    if is_bearer {
        let started = StartedSession { session, token: Some(token.secret().to_owned()) };
        return Ok((StatusCode::CREATED, Json(started)).into_response());
    }
    let cookie = session_cookie(state, Some(&token))?;
    let started = StartedSession { session, token: None };
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(started)).into_response())
}
