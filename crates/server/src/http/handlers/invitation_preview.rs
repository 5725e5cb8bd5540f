use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use studio_users_contract::{
    AddressKind, AddressPreview, Code, InvitationDraft, InvitationPreview, MAX_ADDRESSES, MAX_GRANTS,
    NodePreview, Problem, path,
};
use studio_users_domain::{
    Access, Actor, AddressError, Assignments, EmailAddress, NodeKind, Notified, Section, Status, Tree,
    capabilities_of, lacks_manager,
};

use crate::error::AppError;
use crate::http::auth::JsonBody;
use crate::http::list_limits::require_at_most;
use crate::services::editor::Credentials;
use crate::services::{AuthUser, parse_addresses, validate_grants};
use crate::state::AppState;
use crate::store::UserRecord;

/// Previews the effect of an invitation, without changing anything.
///
/// The preview reveals only accounts that the caller may see. An address with any other account is reported as new.
#[utoipa::path(
    post, path = path::INVITATIONS_PREVIEW, request_body = InvitationDraft,
    responses((status = 200, description = "The effect of the invitation.", body = InvitationPreview),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(
    State(state): State<AppState>,
    credentials: Credentials,
    JsonBody(draft): JsonBody<InvitationDraft>,
) -> Result<Json<InvitationPreview>, AppError> {
    require_at_most("emails", draft.emails.len(), MAX_ADDRESSES, "addresses")?;
    require_at_most("grants", draft.grants.len(), MAX_GRANTS, "grants")?;
    let grants = validate_grants(&draft.grants)?;
    let parsed = parse_addresses(&state, &draft.emails).await;
    let mut auth = credentials.auth_user(&state).await?;
    let visible = auth.visible_nodes();
    let tree = &auth.organisation.tree;
    if !grants.keys().all(|&node| tree.position(node).is_some_and(|at| visible.contains(&at))) {
        return Err(AppError::NotFound);
    }
    let addresses = addresses(&state, &mut auth, draft.emails, &parsed).await?;
    let nodes = nodes(&state, &mut auth, &grants).await?;
    let (actor, _) = auth.actor_and_tx();
    let denied = actor.may_grant(Assignments::new(), &grants).err().map(Code::from);
    Ok(Json(InvitationPreview { addresses, nodes, denied }))
}

async fn addresses(
    state: &AppState,
    auth: &mut AuthUser,
    emails: Vec<String>,
    parsed: &[Result<EmailAddress, AddressError>],
) -> Result<Vec<AddressPreview>, AppError> {
    let normalised: Vec<String> = parsed.iter().flatten().map(EmailAddress::key).collect();
    let AuthUser { tx, organisation, scope, account, access, .. } = auth;
    let existing =
        state.store.users_by_address(tx, organisation, scope, &normalised, state.clock.now()).await?;
    let mut repeated = HashSet::new();
    let actor = Actor::new(&organisation.tree, account.id, access, false);
    // A user whose address is not confirmed is invited by mail instead.
    let gets_roles_at_once = |row: &UserRecord| actor.may_give_roles(&row.target).is_ok();
    let previews = emails.into_iter().zip(parsed).map(|(email, address)| {
        let address = match address {
            Ok(address) => address.key(),
            Err(error) => {
                let kind = AddressKind::Invalid;
                let address_error = Some(*error);
                return AddressPreview { email, kind, address_error, name: None, unacceptable: false };
            }
        };
        let row = existing.get(&address);
        let kind = match row.map(|row| row.overview.status) {
            _ if !repeated.insert(address) => AddressKind::Repeated,
            None => AddressKind::New,
            Some(Status::Active) if row.is_some_and(gets_roles_at_once) => AddressKind::Joined,
            Some(_) => AddressKind::Invited,
        };
        let name = row.filter(|_| kind == AddressKind::Joined).and_then(|row| row.account.name.clone());
        let unacceptable = kind == AddressKind::Invited && row.is_some_and(|row| !row.is_acceptable);
        AddressPreview { email, kind, address_error: None, name, unacceptable }
    });
    Ok(previews.collect())
}

/// Returns the effect of the grants at their nodes and in the environments below them, limited to nodes that the user
/// manages.
async fn nodes(
    state: &AppState,
    auth: &mut AuthUser,
    grants: &Assignments,
) -> Result<Vec<NodePreview>, AppError> {
    let managers = state.store.own_managers(&mut auth.tx, &auth.organisation).await?;
    let tree: &Tree = &auth.organisation.tree;
    let access = Access::new(tree, grants);
    let affected = auth.scope.managed().iter().filter(|&at| {
        let here = access.at(at);
        let is_environment = tree.nodes()[at].kind == NodeKind::Environment;
        here.assigned.is_some() || (is_environment && !here.effective.is_empty())
    });
    let previews = affected.map(|at| {
        let (node, here) = (&tree.nodes()[at], access.at(at));
        let capabilities = capabilities_of(here.effective);
        NodePreview {
            node_id: node.id,
            sections: Section::all().filter(|section| section.is_visible_with(capabilities)).collect(),
            notified: Notified::at(node, here, true).map(|notified| notified.value),
            lacks_manager: lacks_manager(
                node.kind,
                managers.get(&node.id).copied().unwrap_or(0),
                here.assigned.unwrap_or_default(),
            ),
        }
    });
    Ok(previews.collect())
}
