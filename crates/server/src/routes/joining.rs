use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{
    AcceptInvitation, InspectInvitation, OpenInvitation, Problem, StartedSession, path,
};

use super::session::session_of;
use super::sign_in::begin_session;
use crate::app::App;
use crate::changes::{self, Accepted};
use crate::problem::Refusal;
use crate::reader::{Body, session_token};
use crate::store::UserKey;

/// Says what a link invites to. Nothing changes: opening a link uses nothing up.
#[utoipa::path(
    post, path = path::INVITATIONS_INSPECT, request_body = InspectInvitation,
    responses((status = 200, description = "Who invites, to what, as what.", body = OpenInvitation),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn inspect(
    State(app): State<App>,
    Body(asked): Body<InspectInvitation>,
) -> Result<Json<OpenInvitation>, Refusal> {
    let mut tx = app.store.read().await?;
    Ok(Json(changes::inspect(&app, &mut tx, &asked.token, app.clock.now()).await?))
}

/// Joins by a link. A new account gets a session; one that exists is never signed in to by it.
#[utoipa::path(
    post, path = path::INVITATIONS_ACCEPT, request_body = AcceptInvitation,
    responses((status = 201, description = "Joined, and signed in.", body = StartedSession),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn accept(
    State(app): State<App>,
    headers: HeaderMap,
    Body(asked): Body<AcceptInvitation>,
) -> Result<Response, Refusal> {
    let now = app.clock.now();
    let mut write = app.store.write().await?;
    let reader = match session_token(&app, &headers) {
        Some(token) => app.store.visitor(&mut write, token, now).await?,
        None => None,
    };
    let reader: Option<UserKey> = reader.map(|visitor| visitor.account.key());
    match changes::accept(&app, write, &asked, reader, now).await? {
        (Accepted::Joined, write, Some(user)) => {
            begin_session(&app, &headers, write, user, asked.bearer).await
        }
        (Accepted::Known, mut write, Some(user)) => {
            let session = session_of(&app, &mut write, user).await?;
            write.commit().await?;
            Ok((StatusCode::CREATED, Json(StartedSession { session, token: None })).into_response())
        }
        (Accepted::SignInFirst, write, _) => {
            write.commit().await?;
            Err(Refusal::SignInRequired)
        }
        (_, write, _) => {
            write.commit().await?;
            Err(Refusal::LinkInvalid)
        }
    }
}
