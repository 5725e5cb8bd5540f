use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{
    AddressCorrection, CorrectedInvitation, InvitationLink, InvitationResult, MAX_ADDRESSES, MAX_GRANTS,
    NewInvitation, Problem, path,
};
use studio_users_domain::UserId;

use crate::error::AppError;
use crate::http::auth::{Id, JsonBody};
use crate::http::header_names::IDEMPOTENCY_KEY;
use crate::http::list_limits::require_at_most;
use crate::services;
use crate::services::editor::{Credentials, Editor};
use crate::state::AppState;
use crate::store::IdempotencyStatus;

const MAX_KEY_BYTES: usize = 200;

/// Invites users. A request with an `Idempotency-Key` is executed once; repeating it within a day returns the same
/// response.
#[utoipa::path(
    post, path = path::INVITATIONS, request_body = NewInvitation,
    params(("Idempotency-Key" = Option<String>, Header, description = "At most 200 visible ASCII characters.")),
    responses((status = 200, description = "The result for each address.", body = InvitationResult),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn invite(
    State(state): State<AppState>,
    credentials: Credentials,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewInvitation>,
) -> Result<Response, AppError> {
    let key = idempotency_key(&headers)?;
    require_at_most("emails", new.emails.len(), MAX_ADDRESSES, "addresses")?;
    require_at_most("grants", new.grants.len(), MAX_GRANTS, "grants")?;
    let grants = services::validate_grants(&new.grants)?;
    let addresses = services::parse_addresses(&state, &new.emails).await;
    let mut editor = credentials.edit(&state).await?;
    let request = serde_json::to_vec(&new).map_err(AppError::unexpected)?;
    if let Some(key) = key {
        let user = editor.principal.account.key();
        match state.store.check_idempotency_key(&mut editor.write, user, key, &request).await? {
            IdempotencyStatus::New => {}
            IdempotencyStatus::Completed(body) => return Ok(json_response(body)),
            IdempotencyStatus::Mismatch => return Err(AppError::KeyReused),
        }
    }
    let result = services::invite(&state, &mut editor, &new, &grants, &addresses).await?;
    let body = serde_json::to_string(&result).map_err(AppError::unexpected)?;
    if let Some(key) = key {
        let Editor { principal, write, .. } = &mut editor;
        state.store.save_response(write, principal.account.key(), (key, &request), &body).await?;
    }
    editor.write.commit().await?;
    Ok(json_response(body))
}

/// Creates an invitation link to copy, for a user who did not receive the e-mail. The link is returned only once.
#[utoipa::path(
    post, path = path::USER_INVITATION_LINK, params(("id" = UserId, Path, description = "The user’s id.")),
    responses((status = 201, description = "The link.", body = InvitationLink),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn copy_link(
    State(state): State<AppState>,
    credentials: Credentials,
    Id(user): Id<UserId>,
) -> Result<(StatusCode, Json<InvitationLink>), AppError> {
    let mut editor = credentials.edit(&state).await?;
    let link = services::copy_link(&state, &mut editor, user).await?;
    editor.write.commit().await?;
    Ok((StatusCode::CREATED, Json(link)))
}

/// Sends the invitation e-mail again. This revokes the link that was sent before, and extends the expiry.
#[utoipa::path(
    post, path = path::USER_INVITATION_RESEND, params(("id" = UserId, Path, description = "The user’s id.")),
    responses((status = 204, description = "The e-mail is queued."),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn resend(
    State(state): State<AppState>,
    credentials: Credentials,
    Id(user): Id<UserId>,
) -> Result<StatusCode, AppError> {
    let mut editor = credentials.edit(&state).await?;
    services::resend(&state, &mut editor, user).await?;
    editor.write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Corrects the e-mail address of an invited user, until they join.
///
/// The grants that the caller may give are revoked and given to the other address, to which the invitation is sent. Other
/// grants stay. The former links no longer give the moved grants.
#[utoipa::path(
    post, path = path::USER_INVITATION_CORRECT, request_body = AddressCorrection,
    params(("id" = UserId, Path, description = "The invited user’s id.")),
    responses((status = 200, description = "The user with the right address.", body = CorrectedInvitation),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn correct(
    State(state): State<AppState>,
    credentials: Credentials,
    Id(user): Id<UserId>,
    JsonBody(request): JsonBody<AddressCorrection>,
) -> Result<Json<CorrectedInvitation>, AppError> {
    let parsed = services::parse_addresses(&state, &[request.email]).await;
    let address = parsed.into_iter().next().ok_or_else(|| AppError::missing("the corrected address"))?;
    let mut editor = credentials.edit(&state).await?;
    let user_id = services::correct(&state, &mut editor, user, address).await?;
    editor.write.commit().await?;
    Ok(Json(CorrectedInvitation { user_id }))
}

/// Revokes an invitation at every node that the caller manages.
#[utoipa::path(
    delete, path = path::USER_INVITATION, params(("id" = UserId, Path, description = "The user’s id.")),
    responses((status = 204, description = "The invitation can no longer be accepted."),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn revoke(
    State(state): State<AppState>,
    credentials: Credentials,
    Id(user): Id<UserId>,
) -> Result<StatusCode, AppError> {
    let mut editor = credentials.edit(&state).await?;
    services::revoke(&state, &mut editor, user).await?;
    editor.write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the `Idempotency-Key` of a request.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, AppError> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= MAX_KEY_BYTES).map(Some).ok_or_else(|| {
        AppError::InvalidField("Idempotency-Key", "must be 1 to 200 visible ASCII characters".into())
    })
}

fn json_response(body: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
