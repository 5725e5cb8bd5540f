use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{
    MAX_NAME_CHARS, Problem, ProfileChange, Session, SessionNode, SessionUser, path,
};
use studio_users_domain::{Access, NodeKind, Notified, Scope, capabilities_of};

use crate::app::App;
use crate::audit;
use crate::problem::Refusal;
use crate::reader::{Body, Reader, has_bearer, session_cookie, session_token};
use crate::store::{Account, Organisation, Tx, UserKey};
use crate::viewing::{self, Viewing};

/// Who is signed in, and what they may do where.
#[utoipa::path(
    get, path = path::SESSION,
    responses((status = 200, description = "Who is signed in.", body = Session),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(reader: Reader) -> Json<Session> {
    let Reader { account, organisation, access, scope, view, .. } = &reader;
    Json(describe(account, organisation, access, scope, view.as_ref()))
}

/// Signs out.
#[utoipa::path(
    delete, path = path::SESSION,
    responses((status = 204, description = "Nobody is signed in any more."),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn end(State(app): State<App>, headers: HeaderMap) -> Result<Response, Refusal> {
    if let Some(token) = session_token(&app, &headers) {
        let mut tx = app.store.write().await?;
        audit::session_ended(&app, &mut tx, token).await?;
        app.store.end_session(&mut tx, token).await?;
        viewing::sweep(&app, &mut tx, app.clock.now()).await?;
        tx.commit().await?;
    }
    signed_out(&app, &headers)
}

/// The answer to whoever has ended their session: their cookie goes too, where it is by a cookie that they came.
pub(crate) fn signed_out(app: &App, headers: &HeaderMap) -> Result<Response, Refusal> {
    if has_bearer(headers) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session_cookie(app, None)?)]).into_response())
}

/// Changes the reader's own name or language.
#[utoipa::path(
    patch, path = path::SESSION, request_body = ProfileChange,
    responses((status = 200, description = "Who is signed in, as they are now.", body = Session),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn change(
    State(app): State<App>,
    reader: Reader,
    Body(asked): Body<ProfileChange>,
) -> Result<Json<Session>, Refusal> {
    let name = asked.name.as_deref().map(checked_name).transpose()?;
    let user = reader.account.key();
    drop(reader);
    let mut tx = app.store.write().await?;
    let organisation = app.store.organisation(&mut tx).await?.ok_or(Refusal::Unavailable)?;
    let account = app.store.account(&mut tx, user).await?.ok_or(Refusal::Unauthenticated)?;
    if let Some(name) = name {
        app.store.rename(&mut tx, &organisation, &account, name, app.clock.now()).await?;
    }
    if let Some(locale) = asked.locale {
        app.store.set_locale(&mut tx, &account, locale).await?;
    }
    let session = session_of(&app, &mut tx, user).await?;
    tx.commit().await?;
    Ok(Json(session))
}

fn checked_name(name: &str) -> Result<&str, Refusal> {
    let name = name.trim();
    let is_long = name.chars().count() > MAX_NAME_CHARS;
    let wrong = |detail: String| Err(Refusal::InvalidField("name", detail));
    match () {
        () if name.is_empty() => wrong("a name is not empty".into()),
        () if is_long => wrong(format!("at most {MAX_NAME_CHARS} characters")),
        () if name.chars().any(char::is_control) => wrong("a name has no control characters".into()),
        () => Ok(name),
    }
}

/// The session that a user has just begun.
pub(crate) async fn session_of(app: &App, tx: &mut Tx, user: UserKey) -> Result<Session, Refusal> {
    let organisation = app.store.organisation(tx).await?.ok_or(Refusal::Unavailable)?;
    let account = app.store.account(tx, user).await?.ok_or(Refusal::LinkInvalid)?;
    let assignments = app.store.assignments(tx, &organisation, user).await?;
    let access = Access::new(&organisation.tree, &assignments);
    let scope = Scope::of(&organisation.tree, &access);
    Ok(describe(&account, &organisation, &access, &scope, None))
}

fn describe(
    account: &Account,
    organisation: &Organisation,
    access: &Access,
    scope: &Scope,
    view: Option<&Viewing>,
) -> Session {
    let nodes = organisation.tree.nodes();
    let has_roles =
        nodes.iter().zip(access.iter()).enumerate().filter(|(_, (_, here))| !here.effective.is_empty());
    let has_joined = |at: usize| match view {
        None => account.joined_at.is_some(),
        Some(view) => view.has_joined_at(at),
    };
    Session {
        user: SessionUser {
            id: account.id,
            name: account.name.clone(),
            email: account.email.clone(),
            locale: account.locale,
        },
        managed: scope.managed().iter().map(|position| nodes[position].id).collect(),
        nodes: has_roles
            .map(|(at, (node, here))| SessionNode {
                node_id: node.id,
                roles: here.effective,
                inherited: here.assigned.is_none(),
                capabilities: capabilities_of(here.effective),
                notified: (node.kind == NodeKind::Environment).then(|| Notified::judge(here, has_joined(at))),
            })
            .collect(),
        view: view.map(|view| view.describe(&organisation.tree)),
    }
}
