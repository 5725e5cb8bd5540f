use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{Problem, ProfileChange, Session, SessionNode, SessionUser, path};
use studio_users_domain::{Access, NodeKind, Notified, Scope, capabilities_of};

use crate::app::App;
use crate::audit;
use crate::editor::{Editor, SignedIn};
use crate::problem::Refusal;
use crate::reader::{Body, Reader, has_bearer, session_cookie, session_token};
use crate::store::{Account, Organisation, Tx, UserKey};
use crate::text::checked_name;
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
    by: SignedIn,
    Body(asked): Body<ProfileChange>,
) -> Result<Json<Session>, Refusal> {
    let name = asked.name.as_deref().map(checked_name).transpose()?;
    let Editor { who, now, mut write } = by.edit(&app).await?;
    if let Some(name) = name {
        app.store.rename(&mut write, &who.organisation, &who.account, &name, now).await?;
    }
    if let Some(locale) = asked.locale {
        app.store.set_locale(&mut write, &who.account, locale).await?;
    }
    let session = session_of(&app, &mut write, who.account.key()).await?;
    write.commit().await?;
    Ok(Json(session))
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
