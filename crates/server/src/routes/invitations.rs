use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{InvitationLink, InvitationResult, NewInvitation, Problem, path};
use studio_users_domain::UserId;

use crate::app::App;
use crate::changes;
use crate::editor::{Editor, SignedIn};
use crate::problem::Refusal;
use crate::reader::{Body, Id};
use crate::store::Known;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const MOST_KEY_BYTES: usize = 200;

/// Invites people. With an `Idempotency-Key` it is done once, however often it is asked within a day.
#[utoipa::path(
    post, path = path::INVITATIONS, request_body = NewInvitation,
    params(("Idempotency-Key" = Option<String>, Header, description = "At most 200 visible letters.")),
    responses((status = 200, description = "What became of each address.", body = InvitationResult),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn invite(
    State(app): State<App>,
    by: SignedIn,
    headers: HeaderMap,
    Body(new): Body<NewInvitation>,
) -> Result<Response, Refusal> {
    let key = key_of(&headers)?;
    let mut editor = by.edit(&app).await?;
    let request = serde_json::to_vec(&new).map_err(|error| Refusal::Invalid(error.to_string()))?;
    if let Some(key) = key {
        let user = editor.who.account.key();
        match app.store.known_request(&mut editor.write, user, key, &request, editor.now).await? {
            Known::New => {}
            Known::Answered(answer) => return Ok(as_json(answer)),
            Known::Differs => return Err(Refusal::KeyReused),
        }
    }
    let result = changes::invite(&app, &mut editor, &new).await?;
    let answer = serde_json::to_string(&result).map_err(|error| Refusal::Invalid(error.to_string()))?;
    if let Some(key) = key {
        let Editor { who, now, write } = &mut editor;
        app.store.keep_answer(write, who.account.key(), (key, &request), &answer, *now).await?;
    }
    editor.write.commit().await?;
    Ok(as_json(answer))
}

/// Makes a link to be copied, for someone whose mail did not arrive. It is shown this once.
#[utoipa::path(
    post, path = path::USER_INVITATION_LINK, params(("id" = UserId, Path, description = "Whose.")),
    responses((status = 201, description = "The link.", body = InvitationLink),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn copy_link(
    State(app): State<App>,
    by: SignedIn,
    Id(user): Id<UserId>,
) -> Result<(StatusCode, Json<InvitationLink>), Refusal> {
    let mut editor = by.edit(&app).await?;
    let link = changes::copy_link(&app, &mut editor, user).await?;
    editor.write.commit().await?;
    Ok((StatusCode::CREATED, Json(link)))
}

/// Mails the invitation again: the link mailed before ends, and the time to accept begins anew.
#[utoipa::path(
    post, path = path::USER_INVITATION_RESEND, params(("id" = UserId, Path, description = "Whose.")),
    responses((status = 204, description = "The mail is on its way."),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn resend(
    State(app): State<App>,
    by: SignedIn,
    Id(user): Id<UserId>,
) -> Result<StatusCode, Refusal> {
    let mut editor = by.edit(&app).await?;
    changes::resend(&app, &mut editor, user).await?;
    editor.write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Revokes an invitation, at every node that the actor manages.
#[utoipa::path(
    delete, path = path::USER_INVITATION, params(("id" = UserId, Path, description = "Whose.")),
    responses((status = 204, description = "It can no longer be accepted."),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    by: SignedIn,
    Id(user): Id<UserId>,
) -> Result<StatusCode, Refusal> {
    let mut editor = by.edit(&app).await?;
    changes::revoke(&app, &mut editor, user).await?;
    editor.write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn key_of(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    key.to_str()
        .ok()
        .filter(|key| !key.is_empty() && key.len() <= MOST_KEY_BYTES)
        .map(Some)
        .ok_or_else(|| Refusal::InvalidField("Idempotency-Key", "1 to 200 visible letters".into()))
}

fn as_json(answer: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], answer).into_response()
}
