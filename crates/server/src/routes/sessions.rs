use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{AuditDetails, OwnSession, Problem, path};
use uuid::Uuid;

use super::session::signed_out;
use crate::app::App;
use crate::audit;
use crate::problem::Refusal;
use crate::reader::Reader;
use crate::viewing;

/// The reader's own sessions, the one used last first.
#[utoipa::path(
    get, path = path::SESSIONS,
    responses((status = 200, description = "Those that have not ended.", body = Vec<OwnSession>),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(app): State<App>,
    mut reader: Reader,
) -> Result<Json<Vec<OwnSession>>, Refusal> {
    let sessions = app.store.sessions(&mut reader.tx, reader.account.key(), app.clock.now()).await?;
    let sessions = sessions.into_iter().map(|session| OwnSession {
        id: session.id,
        device: session.device,
        started_at: session.started_at,
        last_seen_at: session.last_seen_at,
        current: session.id == reader.session,
    });
    Ok(Json(sessions.collect()))
}

/// Ends one of the reader's own sessions.
#[utoipa::path(
    delete, path = path::SESSION_BY_ID, params(("id" = Uuid, Path, description = "Which.")),
    responses((status = 204, description = "It has ended."),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn end(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let id: Uuid = id.parse().map_err(|_| Refusal::NotFound)?;
    let Reader { account, session: current, tx, .. } = reader;
    // Given back before another is asked for.
    drop(tx);
    let now = app.clock.now();
    let mut tx = app.store.write().await?;
    let device = app.store.end_session_of(&mut tx, account.key(), id, now).await?;
    let device = Some(device.ok_or(Refusal::NotFound)?);
    let details = AuditDetails { device, ..AuditDetails::default() };
    audit::record_session_end(&mut tx, &account, details, now).await?;
    viewing::sweep(&app, &mut tx, now).await?;
    tx.commit().await?;
    if id == current { signed_out(&app, &headers) } else { Ok(StatusCode::NO_CONTENT.into_response()) }
}
