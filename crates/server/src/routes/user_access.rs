//! What a user has where, and the tag that stands for it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use studio_users_contract::{AccessChanges, AccessNode, Problem, UserAccess, path};
use studio_users_domain::{
    Access, NodeKind, NodeSet, Notified, Provenance, RoleSet, Scope, Status, Subject, Tree, UserId, promised,
};

use crate::app::App;
use crate::changes;
use crate::editor::{Editor, SignedIn};
use crate::problem::Refusal;
use crate::reader::{Body, Id, Reader};
use crate::store::{Organisation, Tx};

/// What a user has at the nodes that the reader manages.
#[utoipa::path(
    get, path = path::USER_ACCESS,
    params(("id" = UserId, Path, description = "The user."),
        ("If-None-Match" = Option<String>, Header, description = "The tag of what the caller has already.")),
    responses((status = 200, description = "Node by node.", body = UserAccess,
            headers(("ETag" = String, description = "Stands for exactly what this reader sees."))),
        (status = 304, description = "The caller has it already."),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(
    State(app): State<App>,
    mut reader: Reader,
    Id(user): Id<UserId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let seen = seen_access(&app, &mut reader.tx, &reader.organisation, &reader.scope, user).await?;
    let access = seen.ok_or(Refusal::NotFound)?;
    let tag = etag(&access)?;
    if is_named(&headers, &header::IF_NONE_MATCH, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(([(header::ETAG, tag)], Json(access)).into_response())
}

/// Changes what a user has: all of it or nothing. `If-Match` says which state is changed.
#[utoipa::path(
    patch, path = path::USER_ACCESS, request_body = AccessChanges,
    params(("id" = UserId, Path, description = "The user."),
        ("If-Match" = String, Header, description = "The tag of the state that is changed.")),
    responses((status = 200, description = "What they have now, and what is worth a second thought.", body = UserAccess,
            headers(("ETag" = String, description = "Stands for exactly what this reader sees."))),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn change(
    State(app): State<App>,
    by: SignedIn,
    Id(user): Id<UserId>,
    headers: HeaderMap,
    Body(asked): Body<AccessChanges>,
) -> Result<Response, Refusal> {
    let mut editor = by.edit(&app).await?;
    let Editor { who, write, .. } = &mut editor;
    let before = seen_access(&app, write, &who.organisation, &who.scope, user).await?;
    let before = before.ok_or(Refusal::NotFound)?;
    if !headers.contains_key(header::IF_MATCH) {
        return Err(Refusal::VersionMissing);
    }
    if !is_named(&headers, &header::IF_MATCH, &etag(&before)?) {
        return Err(Refusal::VersionMismatch);
    }
    let warnings = changes::edit(&app, &mut editor, user, &asked.changes).await?;
    let Editor { who, write, .. } = &mut editor;
    let after = seen_access(&app, write, &who.organisation, &who.scope, user).await?;
    // Whoever took the last of somebody away sees them no longer.
    let after =
        after.unwrap_or_else(|| access_of(who.tree(), who.scope.managed(), &Subject::default(), false));
    editor.write.commit().await?;
    Ok(([(header::ETAG, etag(&after)?)], Json(UserAccess { warnings, ..after })).into_response())
}

/// What the readers of a scope see of a user's access; nothing where they do not see the user.
pub(crate) async fn seen_access(
    app: &App,
    tx: &mut Tx,
    organisation: &Organisation,
    scope: &Scope,
    user: UserId,
) -> Result<Option<UserAccess>, Refusal> {
    let row = app.store.user(tx, organisation, scope, user, app.clock.now()).await?;
    Ok(row.map(|row| {
        let has_joined = row.overview.status == Status::Active;
        access_of(&organisation.tree, scope.managed(), &row.subject, has_joined)
    }))
}

/// What a user has at these nodes, who has joined at one of them or has not.
pub(crate) fn access_of(tree: &Tree, within: &NodeSet, subject: &Subject, has_joined: bool) -> UserAccess {
    let held = Access::new(tree, &subject.held);
    let promised = promised(tree, within, &subject.pending);
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
            pending: promised.get(&node.id).copied().unwrap_or_default(),
            notified: (node.kind == NodeKind::Environment).then(|| Notified::judge(here, has_joined)),
        }
    });
    UserAccess { nodes: nodes.collect(), warnings: Vec::new() }
}

/// The tag of what is seen: a hash over that and nothing else, so that it tells nothing of what is not. Warnings
/// belong to a change, not to the state.
pub(crate) fn etag(access: &UserAccess) -> Result<HeaderValue, Refusal> {
    let seen = serde_json::to_vec(&access.nodes).map_err(|_| Refusal::Unavailable)?;
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(seen));
    HeaderValue::try_from(format!("\"{hash}\"")).map_err(|_| Refusal::Unavailable)
}

/// Whether the caller names this tag.
fn is_named(headers: &HeaderMap, header: &HeaderName, tag: &HeaderValue) -> bool {
    let known = headers.get_all(header).iter().filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag.as_bytes())
}
