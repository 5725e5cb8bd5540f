use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{Problem, ProfileChange, Session, SessionNode, SessionUser, path};
use studio_users_domain::{Access, Notified, Scope, capabilities_of};

use crate::error::AppError;
use crate::http::auth::{JsonBody, has_bearer, session_cookie, session_token};
use crate::services::AuthUser;
use crate::services::editor::{Credentials, Editor};
use crate::services::impersonation::Impersonation;
use crate::services::names::validate_name;
use crate::services::rename;
use crate::services::sessions;
use crate::state::AppState;
use crate::store::{Account, Organisation, Tx, UserKey};

/// Returns the signed-in user, with their roles and capabilities by node.
#[utoipa::path(
    get, path = path::SESSION,
    responses((status = 200, description = "The session.", body = Session),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(
    State(state): State<AppState>,
    mut auth: AuthUser,
) -> Result<Json<Session>, AppError> {
    let digests = state.store.gets_digests(&mut auth.tx, auth.account.key()).await?;
    let AuthUser { account, organisation, access, scope, impersonation, .. } = &auth;
    Ok(Json(describe(account, digests, organisation, access, scope, impersonation.as_ref())))
}

/// Signs out.
#[utoipa::path(
    delete, path = path::SESSION,
    responses((status = 204, description = "Signed out."),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn end(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, AppError> {
    if let Some(token) = session_token(&state, &headers) {
        let mut tx = state.store.write().await?;
        sessions::end(&state, &mut tx, token).await?;
        tx.commit().await?;
    }
    signed_out(&state, &headers)
}

/// Returns the response to a user who has ended their session. Deletes the cookie, unless the request used a bearer
/// token.
pub(crate) fn signed_out(state: &AppState, headers: &HeaderMap) -> Result<Response, AppError> {
    if has_bearer(headers) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session_cookie(state, None)?)]).into_response())
}

/// Changes the name, the language or the e-mail settings of the signed-in user.
#[utoipa::path(
    patch, path = path::SESSION, request_body = ProfileChange,
    responses((status = 200, description = "The session after the change.", body = Session),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn change(
    State(state): State<AppState>,
    credentials: Credentials,
    JsonBody(request): JsonBody<ProfileChange>,
) -> Result<Json<Session>, AppError> {
    let name = request.name.as_deref().map(validate_name).transpose()?;
    let mut editor = credentials.edit(&state).await?;
    if let Some(name) = name {
        rename(&state, &mut editor, &name).await?;
    }
    let Editor { principal, mut write, .. } = editor;
    if let Some(locale) = request.locale {
        state.store.set_locale(&mut write, &principal.account, locale).await?;
    }
    if let Some(digests) = request.digests {
        state.store.set_digests(&mut write, principal.account.key(), digests).await?;
    }
    let session = session_of(&state, &mut write, principal.account.key()).await?;
    write.commit().await?;
    Ok(Json(session))
}

/// Returns the session of a user who has just signed in or joined.
pub(crate) async fn session_of(state: &AppState, tx: &mut Tx, user: UserKey) -> Result<Session, AppError> {
    let organisation = state.store.organisation(tx).await?.ok_or_else(AppError::no_organisation)?;
    let account = state.store.account(tx, user).await?.ok_or(AppError::LinkInvalid)?;
    let assignments = state.store.assignments(tx, &organisation, user).await?;
    let access = Access::new(&organisation.tree, &assignments);
    let scope = Scope::of(&organisation.tree, &access);
    let digests = state.store.gets_digests(tx, user).await?;
    Ok(describe(&account, digests, &organisation, &access, &scope, None))
}

fn describe(
    account: &Account,
    digests: bool,
    organisation: &Organisation,
    access: &Access,
    scope: &Scope,
    impersonation: Option<&Impersonation>,
) -> Session {
    let nodes = organisation.tree.nodes();
    let has_roles =
        nodes.iter().zip(access.iter()).enumerate().filter(|(_, (_, here))| !here.effective.is_empty());
    let has_joined = |at: usize| match impersonation {
        None => account.joined_at.is_some(),
        Some(impersonation) => impersonation.has_joined_at(at),
    };
    Session {
        user: SessionUser {
            id: account.id,
            name: account.name.clone(),
            email: account.email.clone(),
            locale: account.locale,
            digests,
        },
        managed: scope.managed().iter().map(|position| nodes[position].id).collect(),
        nodes: has_roles
            .map(|(at, (node, here))| SessionNode {
                node_id: node.id,
                roles: here.effective,
                inherited: here.assigned.is_none(),
                capabilities: capabilities_of(here.effective),
                notified: Notified::at(node, here, has_joined(at)),
            })
            .collect(),
        view: impersonation.map(|impersonation| impersonation.describe(&organisation.tree)),
    }
}
