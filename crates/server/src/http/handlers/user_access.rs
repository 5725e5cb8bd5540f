//! A user's access by node, with an `ETag` for optimistic locking.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use studio_users_contract::{AccessChanges, AccessNode, MAX_CHANGES, Problem, UserAccess, path};
use studio_users_domain::{
    NodeSet, Notified, Provenance, RoleSet, Scope, Status, TargetUser, Tree, UserId, pending_assignments,
};

use crate::error::AppError;
use crate::http::auth::{Id, JsonBody};
use crate::http::list_limits::require_at_most;
use crate::services;
use crate::services::AuthUser;
use crate::services::editor::{Credentials, Editor};
use crate::state::AppState;
use crate::store::{Organisation, Tx};

/// Returns a user's access at the nodes that the caller manages.
#[utoipa::path(
    get, path = path::USER_ACCESS,
    params(("id" = UserId, Path, description = "The user."),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of the caller’s cached version.")),
    responses((status = 200, description = "The user’s access, by node.", body = UserAccess,
            headers(("ETag" = String, description = "Identifies exactly the access that this caller sees."))),
        (status = 304, description = "Not modified."),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(
    State(state): State<AppState>,
    mut auth: AuthUser,
    Id(user): Id<UserId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let access = visible_access(&state, &mut auth.tx, &auth.organisation, &auth.scope, user).await?;
    let access = access.ok_or(AppError::NotFound)?;
    let etag_value = etag(&access)?;
    if contains_etag(&headers, &header::IF_NONE_MATCH, &etag_value) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag_value)]).into_response());
    }
    Ok(([(header::ETAG, etag_value)], Json(access)).into_response())
}

/// Changes a user's access: all changes are applied, or none. `If-Match` names the version that the caller has seen.
#[utoipa::path(
    patch, path = path::USER_ACCESS, request_body = AccessChanges,
    params(("id" = UserId, Path, description = "The user."),
        ("If-Match" = String, Header, description = "The ETag of the version that is changed.")),
    responses((status = 200, description = "The new access, with warnings.", body = UserAccess,
            headers(("ETag" = String, description = "Identifies exactly the access that this caller sees."))),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn change(
    State(state): State<AppState>,
    credentials: Credentials,
    Id(user): Id<UserId>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<AccessChanges>,
) -> Result<Response, AppError> {
    require_at_most("changes", request.changes.len(), MAX_CHANGES, "changes")?;
    let requested = services::validate_changes(&request.changes)?;
    let mut editor = credentials.edit(&state).await?;
    let Editor { principal, write, .. } = &mut editor;
    let before = visible_access(&state, write, &principal.organisation, &principal.scope, user).await?;
    let before = before.ok_or(AppError::NotFound)?;
    if !headers.contains_key(header::IF_MATCH) {
        return Err(AppError::VersionMissing);
    }
    if !contains_etag(&headers, &header::IF_MATCH, &etag(&before)?) {
        return Err(AppError::VersionMismatch);
    }
    let warnings = services::change_access(&state, &mut editor, user, &requested).await?;
    let Editor { principal, write, .. } = &mut editor;
    let after = visible_access(&state, write, &principal.organisation, &principal.scope, user).await?;
    // A caller who removed the user's last role no longer sees the user.
    let after = after.unwrap_or_else(|| {
        access_of(principal.tree(), principal.scope.managed(), &TargetUser::default(), false)
    });
    editor.write.commit().await?;
    Ok(([(header::ETAG, etag(&after)?)], Json(UserAccess { warnings, ..after })).into_response())
}

/// Returns the access of a user that is visible in a scope. Returns `None` if the user is not visible there.
pub(crate) async fn visible_access(
    state: &AppState,
    tx: &mut Tx,
    organisation: &Organisation,
    scope: &Scope,
    user: UserId,
) -> Result<Option<UserAccess>, AppError> {
    let row = state.store.user(tx, organisation, scope, user, state.clock.now()).await?;
    Ok(row.map(|row| {
        let has_joined = row.overview.status == Status::Active;
        access_of(&organisation.tree, scope.managed(), &row.target, has_joined)
    }))
}

/// Returns a user's access at these nodes. `has_joined` says whether the user has joined at one of them.
pub(crate) fn access_of(tree: &Tree, within: &NodeSet, target: &TargetUser, has_joined: bool) -> UserAccess {
    let held = target.held.access(tree);
    let pending_assignments = pending_assignments(tree, within, &target.pending);
    let nodes = within.iter().map(|at| {
        let (node, here) = (&tree.nodes()[at], held.at(at));
        let (gained, lost) = match here.provenance() {
            Provenance::Overrides { gained, lost, .. } => (gained, lost),
            _ => (RoleSet::empty(), RoleSet::empty()),
        };
        AccessNode {
            node_id: node.id,
            assigned: here.assigned,
            effective: here.effective,
            provenance: here.into(),
            gained,
            lost,
            pending: pending_assignments.get(&node.id).copied().unwrap_or_default(),
            notified: Notified::at(node, here, has_joined),
        }
    });
    UserAccess { nodes: nodes.collect(), warnings: Vec::new() }
}

/// Returns the `ETag` of the visible access. It is a hash of nothing else, so that it reveals nothing about other nodes.
/// Warnings are not part of it, because they belong to a change.
pub(crate) fn etag(access: &UserAccess) -> Result<HeaderValue, AppError> {
    let nodes = serde_json::to_vec(&access.nodes).map_err(AppError::unexpected)?;
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(nodes));
    HeaderValue::try_from(format!("\"{hash}\"")).map_err(AppError::unexpected)
}

/// Whether a precondition header ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-13.1)) contains this `ETag`.
fn contains_etag(headers: &HeaderMap, header: &HeaderName, etag_value: &HeaderValue) -> bool {
    let values = headers.get_all(header).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).any(|value| {
        value == "*" || value.strip_prefix("W/").unwrap_or(value).as_bytes() == etag_value.as_bytes()
    })
}
