use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{NewSession, Problem, Session, SignInLinkRequest, path};

use super::session::session_of;
use crate::app::App;
use crate::audit;
use crate::cli::Failure;
use crate::problem::Refusal;
use crate::reader::{Body, session_cookie, session_secret};
use crate::store::{UserKey, Write};
use crate::token::Token;
use crate::viewing;

/// The URL of a sign-in link. The token is the fragment, which browsers send to no server and put into no
/// `Referer`.
pub(crate) fn sign_in_url(public_url: &str, token: &Token) -> String {
    format!("{public_url}/sign-in#{}", token.secret())
}

/// Mails a sign-in link, if the account exists.
///
/// The answer comes before the work, and is the same whether or not there is anything to do.
#[utoipa::path(
    post, path = path::SIGN_IN_LINKS, request_body = SignInLinkRequest,
    responses((status = 202, description = "If there is such an account, the link is on its way."),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn send_link(State(app): State<App>, Body(asked): Body<SignInLinkRequest>) -> StatusCode {
    tokio::spawn(async move {
        if let Err(error) = mail_link(&app, &asked.email).await {
            tracing::error!(error, "a sign-in link was not mailed");
        }
    });
    StatusCode::ACCEPTED
}

/// Signs in with the token of a link, which is used up.
#[utoipa::path(
    post, path = path::SESSIONS, request_body = NewSession,
    responses((status = 201, description = "Signed in; the cookie is set.", body = Session),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    Body(new): Body<NewSession>,
) -> Result<Response, Refusal> {
    let now = app.clock.now();
    let mut tx = app.store.write().await?;
    let user = app.store.use_sign_in_link(&mut tx, &new.token, now).await?.ok_or(Refusal::LinkInvalid)?;
    begin_session(&app, &headers, tx, user).await
}

/// Begins a session in place of the one that the browser has, and answers it.
pub(crate) async fn begin_session(
    app: &App,
    headers: &HeaderMap,
    mut tx: Write,
    user: UserKey,
) -> Result<Response, Refusal> {
    if let Some(old) = session_secret(app, headers) {
        audit::session_ended(app, &mut tx, old).await?;
        app.store.end_session(&mut tx, old).await?;
        viewing::sweep(app, &mut tx, app.clock.now()).await?;
    }
    let token = app.store.start_session(&mut tx, user, app.clock.now()).await?;
    let session = session_of(app, &mut tx, user).await?;
    audit::session_started(&mut tx, &session.user, None, app.clock.now()).await?;
    tx.commit().await?;
    let cookie = session_cookie(app, Some(&token))?;
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(session)).into_response())
}

async fn mail_link(app: &App, email: &str) -> Result<(), Failure> {
    let mut tx = app.store.read().await?;
    let account = app.store.account_by_email(&mut tx, email).await?;
    drop(tx);
    let Some(account) = account.filter(|account| account.joined_at.is_some()) else { return Ok(()) };
    let Some(token) = app.store.create_mailed_link(account.key(), app.clock.now()).await? else {
        tracing::warn!("somebody got as many sign-in links as there are for a day");
        return Ok(());
    };
    Ok(app.mailer.send_sign_in_link(&account, &sign_in_url(&app.public_url, &token)).await?)
}
