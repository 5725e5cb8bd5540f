use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use studio_users_contract::{NewView, OwnViews, Problem, StudioView, path};
use studio_users_domain::MAX_VIEW_REASON_CHARS;
use uuid::Uuid;

use crate::error::AppError;
use crate::http::auth::{Id, JsonBody};
use crate::services::RealUser;
use crate::services::editor::Credentials;
use crate::services::impersonation::{Impersonation, own_views};
use crate::services::names::validate_text;
use crate::state::AppState;

/// The maximum number of own views in a page.
const OWN_VIEWS: u32 = 50;

/// Starts an impersonation: the caller sees the studio as another user, at the nodes that the caller manages,
/// read-only.
///
/// Requests during the view send its id in the header `Studio-View`.
#[utoipa::path(
    post, path = path::VIEWS, request_body = NewView,
    responses((status = 201, description = "The view.", body = StudioView),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn begin(
    State(state): State<AppState>,
    credentials: Credentials,
    JsonBody(new): JsonBody<NewView>,
) -> Result<(StatusCode, Json<StudioView>), AppError> {
    let detail = format!("1 to {MAX_VIEW_REASON_CHARS} characters");
    let reason = validate_text("reason", &new.reason, MAX_VIEW_REASON_CHARS, &detail)?;
    let reason = reason.ok_or(AppError::InvalidField("reason", detail))?;
    let real_user = credentials.real_user(&state).await?;
    let view = Impersonation::start(&state, real_user, new.user_id, reason).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Lists the views in which other people saw the studio as the caller, with the reasons that they gave.
///
/// Inside a view, these are still those of the signed-in user.
#[utoipa::path(
    get, path = path::SESSION_VIEWS,
    params(("before" = Option<String>, Query, description = "The cursor: `next` of the previous page.")),
    responses((status = 200, description = "The latest views first, at most 50.", body = OwnViews),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list_own(
    State(state): State<AppState>,
    mut real_user: RealUser,
    RawQuery(query): RawQuery,
) -> Result<Json<OwnViews>, AppError> {
    let mut before = None;
    for (field, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if field != "before" {
            return Err(AppError::UnknownField(field.into_owned()));
        }
        before = Some(value.parse().map_err(|_| unknown_cursor())?);
    }
    let user = real_user.account.id;
    let views = own_views(&state, &mut real_user.tx, user, before, OWN_VIEWS).await?;
    Ok(Json(views.ok_or_else(unknown_cursor)?))
}

fn unknown_cursor() -> AppError {
    AppError::InvalidField("before", "unknown cursor".into())
}

/// Returns an active view of the caller's session. A host's backend can check a view by passing on the user's cookie
/// or token.
#[utoipa::path(
    get, path = path::VIEW, params(("id" = Uuid, Path)),
    responses((status = 200, description = "The view is active.", body = StudioView),
        (status = "4XX", description = "The view has ended or is unknown.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(
    State(state): State<AppState>,
    real_user: RealUser,
    Id(id): Id<Uuid>,
) -> Result<Json<StudioView>, AppError> {
    let found = Impersonation::find(&state, real_user, id).await?;
    let (real_user, impersonation) = found.ok_or(AppError::NotFound)?;
    Ok(Json(impersonation.describe(&real_user.organisation.tree)))
}

/// Ends a view of the caller's session. This is the only write that is allowed during a view.
#[utoipa::path(
    delete, path = path::VIEW, params(("id" = Uuid, Path)),
    responses((status = 204, description = "The view has ended."),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn end(
    State(state): State<AppState>,
    real_user: RealUser,
    Id(id): Id<Uuid>,
) -> Result<StatusCode, AppError> {
    let is_known = Impersonation::exit(&state, real_user, id).await?;
    if is_known { Ok(StatusCode::NO_CONTENT) } else { Err(AppError::NotFound) }
}
