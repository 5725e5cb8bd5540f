//! Extractors: the signed-in user, credentials, a JSON body, an id in the path.

use std::error::Error;
use std::io;
use std::str::FromStr;

use axum::extract::{self, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::credentials::{session_token, view_id};
use crate::error::AppError;
use crate::services::editor::Credentials;
use crate::services::{AuthUser, RealUser, record_activity};
use crate::state::AppState;

/// A JSON object as the request body.
pub(crate) struct JsonBody<T>(pub(crate) T);

/// The parameter of a path. A value that cannot be decoded or parsed is `NotFound`, like an unknown id.
///
/// All handlers use it instead of [`axum::extract::Path`], which responds to such a value with 400 in plain text.
pub(crate) struct Id<T>(pub(crate) T);

impl FromRequestParts<AppState> for AuthUser {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let user = RealUser::from_request_parts(parts, state).await?;
        Self::with_impersonation(state, user, view_id(&parts.headers)?).await
    }
}

impl FromRequestParts<AppState> for RealUser {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let now = state.clock.now();
        let token = session_token(state, &parts.headers).ok_or(AppError::Unauthenticated)?;
        let mut tx = state.store.read().await?;
        let session =
            state.store.active_session(&mut tx, token, now).await?.ok_or(AppError::Unauthenticated)?;
        if session.is_activity_stale(now) {
            // Returns the connection to the pool while the activity is written.
            drop(tx);
            record_activity(state, session.account.key(), token).await;
            tx = state.store.read().await?;
        }
        Self::load(state, tx, token, session).await
    }
}

/// Whether the content type is JSON. A form of another site cannot send this content type, so a JSON body
/// [forces a preflight](https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS#simple_requests).
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// Whether an error, or one of its sources, is a timeout of the connection.
fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    let is_here =
        error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut);
    is_here || error.source().is_some_and(is_timeout)
}

#[expect(clippy::disallowed_types, reason = "the extractor of all parameters")]
impl<T: FromStr> FromRequestParts<AppState> for Id<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let path = extract::Path::<String>::from_request_parts(parts, state).await.ok();
        path.and_then(|extract::Path(id)| id.parse().ok()).map(Self).ok_or(AppError::NotFound)
    }
}

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, AppError> {
        if !is_json(request.headers()) {
            return Err(AppError::Invalid("the Content-Type must be application/json".into()));
        }
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                AppError::TooLarge
            } else if is_timeout(&rejection) {
                AppError::BodyTimeout
            } else {
                AppError::Invalid("the request body is incomplete".into())
            }
        })?;
        // Serde would also deserialise a struct from an array, by the order of its fields.
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err(AppError::Invalid("the body must be a JSON object".into()));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| AppError::Invalid(error.to_string()))
    }
}

impl FromRequestParts<AppState> for Credentials {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let token = session_token(state, &parts.headers).ok_or(AppError::Unauthenticated)?;
        let view_id = view_id(&parts.headers)?;
        let mut tx = state.store.read().await?;
        state
            .store
            .active_session(&mut tx, token, state.clock.now())
            .await?
            .ok_or(AppError::Unauthenticated)?;
        Ok(Self { token, view_id })
    }
}
