use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{NewSession, Problem, SignInLinkRequest, StartedSession, path};

use super::session::session_of;
use crate::app::App;
use crate::audit;
use crate::cli::Failure;
use crate::device::device_of;
use crate::mail::Mail;
use crate::origin::Site;
use crate::problem::Refusal;
use crate::reader::{Body, bearer_token, cookie_token, session_cookie};
use crate::store::{NewMail, UserKey, Write};
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
pub(crate) async fn send_link(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Body(asked): Body<SignInLinkRequest>,
) -> Result<StatusCode, Refusal> {
    app.limits.links.take(peer.ip(), app.clock.now())?;
    tokio::spawn(async move {
        if let Err(error) = mail_link(&app, &asked.email).await {
            tracing::error!(error, "a sign-in link is not mailed");
        }
    });
    Ok(StatusCode::ACCEPTED)
}

/// Signs in with the token of a link, which is used up.
#[utoipa::path(
    post, path = path::SESSIONS, request_body = NewSession,
    responses((status = 201, description = "Signed in: the cookie is set, or the token answered.", body = StartedSession),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn sign_in(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(new): Body<NewSession>,
) -> Result<Response, Refusal> {
    let now = app.clock.now();
    // Taken first, so that attempts side by side count as those one after the other do.
    app.limits.failed_sign_ins.take(peer.ip(), now)?;
    let mut tx = app.store.write().await?;
    let user = app.store.use_sign_in_link(&mut tx, &new.token, now).await?.ok_or(Refusal::LinkInvalid)?;
    app.limits.failed_sign_ins.give_back(peer.ip());
    begin_session(&app, &headers, tx, user, new.bearer).await
}

/// Begins a session in place of the one that the request names, and answers it: with a cookie, or with the token
/// for a bearer. Another site gets no cookie set, so that it signs nobody in without their knowing.
pub(crate) async fn begin_session(
    app: &App,
    headers: &HeaderMap,
    mut tx: Write,
    user: UserKey,
    is_bearer: bool,
) -> Result<Response, Refusal> {
    if !is_bearer && Site::of(app, headers) == Site::Allowed {
        return Err(Refusal::CrossSite);
    }
    let old = if is_bearer { bearer_token(headers) } else { cookie_token(app, headers) };
    if let Some(old) = old {
        audit::session_ended(app, &mut tx, old).await?;
        app.store.end_session(&mut tx, old).await?;
        viewing::sweep(app, &mut tx, app.clock.now()).await?;
    }
    let device = device_of(headers.get(header::USER_AGENT).map_or(b"", HeaderValue::as_bytes));
    let token = app.store.start_session(&mut tx, user, &device, app.clock.now()).await?;
    let session = session_of(app, &mut tx, user).await?;
    audit::session_started(&mut tx, &session.user, Some(device), app.clock.now()).await?;
    tx.commit().await?;
    if is_bearer {
        let started = StartedSession { session, token: Some(token.secret().to_owned()) };
        return Ok((StatusCode::CREATED, Json(started)).into_response());
    }
    let cookie = session_cookie(app, Some(&token))?;
    let started = StartedSession { session, token: None };
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(started)).into_response())
}

async fn mail_link(app: &App, email: &str) -> Result<(), Failure> {
    let mut tx = app.store.read().await?;
    let account = app.store.account_by_email(&mut tx, email).await?;
    drop(tx);
    let Some(account) = account.filter(|account| account.joined_at.is_some()) else { return Ok(()) };
    let mut tx = app.store.write().await?;
    let mail = NewMail { to: account.key(), by: None, language: None, mail: Mail::SignIn };
    if tx.send(&mail, app.clock.now()).await?.is_err() {
        tracing::warn!("somebody was sent as many mails as there are for a day");
        return Ok(());
    }
    Ok(tx.commit().await?)
}
