use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use studio_users_contract::{NewView, Problem, StudioView, path};
use studio_users_domain::MAX_VIEW_REASON_CHARS;
use uuid::Uuid;

use crate::app::App;
use crate::editor::SignedIn;
use crate::problem::Refusal;
use crate::reader::{Body, Oneself};
use crate::viewing::Viewing;

/// Begins to see the studio as a user sees it: at the nodes that one manages, and without changing anything.
///
/// Requests of the view carry its id as `Studio-View`.
#[utoipa::path(
    post, path = path::VIEWS, request_body = NewView,
    responses((status = 201, description = "The view that has begun.", body = StudioView),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn begin(
    State(app): State<App>,
    by: SignedIn,
    Body(new): Body<NewView>,
) -> Result<(StatusCode, Json<StudioView>), Refusal> {
    let reason = new.reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_VIEW_REASON_CHARS {
        let detail = format!("1 to {MAX_VIEW_REASON_CHARS} characters");
        return Err(Refusal::InvalidField("reason", detail));
    }
    let reader = by.read(&app).await?;
    let view = Viewing::begin(&app, reader, new.user_id, reason.into()).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// A view of one's own session, as long as it runs: so that a host's own backend, which passes on the person's
/// cookie or token, can check it.
#[utoipa::path(
    get, path = path::VIEW, params(("id" = Uuid, Path)),
    responses((status = 200, description = "It runs.", body = StudioView),
        (status = "4XX", description = "It has ended, or there is none.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(
    State(app): State<App>,
    Oneself(reader): Oneself,
    Path(id): Path<String>,
) -> Result<Json<StudioView>, Refusal> {
    let (reader, viewing) = Viewing::find(&app, reader, parse(&id)?).await?.ok_or(Refusal::NotFound)?;
    Ok(Json(viewing.describe(&reader.organisation.tree)))
}

/// Ends a view of one's own session; the only change that is made inside of one.
#[utoipa::path(
    delete, path = path::VIEW, params(("id" = Uuid, Path)),
    responses((status = 204, description = "It has ended, now or before."),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn end(
    State(app): State<App>,
    Oneself(reader): Oneself,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let is_known = Viewing::exit(&app, reader, parse(&id)?).await?;
    if is_known { Ok(StatusCode::NO_CONTENT) } else { Err(Refusal::NotFound) }
}

/// What is no id names nothing.
fn parse(id: &str) -> Result<Uuid, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}
