use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use studio_users_contract::{
    AddressKind, AddressPreview, Code, InvitationDraft, InvitationPreview, MAX_ADDRESSES, NodePreview,
    Problem, path,
};
use studio_users_domain::{
    Access, Assignments, NodeKind, Notified, Section, Status, Tree, capabilities_of, lacks_manager,
};

use crate::app::App;
use crate::changes::checked_grants;
use crate::editor::SignedIn;
use crate::problem::Refusal;
use crate::reader::{Body, Reader};
use crate::text;

/// Says what an invitation would do, and changes nothing.
///
/// Of an address it tells only what the reader sees anyway: whoever has an account elsewhere is new here.
#[utoipa::path(
    post, path = path::INVITATIONS_PREVIEW, request_body = InvitationDraft,
    responses((status = 200, description = "What it would do.", body = InvitationPreview),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(
    State(app): State<App>,
    by: SignedIn,
    Body(draft): Body<InvitationDraft>,
) -> Result<Json<InvitationPreview>, Refusal> {
    if draft.emails.len() > MAX_ADDRESSES {
        return Err(Refusal::InvalidField("emails", format!("at most {MAX_ADDRESSES} addresses")));
    }
    let mut reader = by.read(&app).await?;
    let grants = checked_grants(&draft.grants)?;
    let known = reader.visible_nodes();
    let tree = &reader.organisation.tree;
    if !grants.keys().all(|&node| tree.position(node).is_some_and(|at| known.contains(&at))) {
        return Err(Refusal::NotFound);
    }
    let addresses = addresses(&app, &mut reader, draft.emails).await?;
    let nodes = nodes(&app, &mut reader, &grants).await?;
    let (actor, _) = reader.acting();
    let denied = actor.may_promise(&Assignments::new(), &grants).err().map(Code::from);
    Ok(Json(InvitationPreview { addresses, nodes, denied }))
}

async fn addresses(
    app: &App,
    reader: &mut Reader,
    emails: Vec<String>,
) -> Result<Vec<AddressPreview>, Refusal> {
    let compared: Vec<String> = emails.iter().map(|email| text::email_norm(email)).collect();
    let Reader { tx, organisation, scope, .. } = reader;
    let seen = app.store.users_by_address(tx, organisation, scope, &compared, app.clock.now()).await?;
    let mut before = HashSet::new();
    let previews = emails.into_iter().zip(&compared).map(|(email, address)| {
        let row = seen.get(address);
        let kind = match row.map(|row| row.overview.status) {
            _ if !text::is_email(email.trim()) => AddressKind::Invalid,
            _ if !before.insert(address) => AddressKind::Repeated,
            None => AddressKind::New,
            Some(Status::Active) => AddressKind::Joined,
            Some(Status::Invited | Status::Expired) => AddressKind::Invited,
        };
        let name = row.filter(|_| kind == AddressKind::Joined).and_then(|row| row.account.name.clone());
        AddressPreview { email, kind, name }
    });
    Ok(previews.collect())
}

/// What the grants give at their nodes and in the environments below, as far as the reader manages them.
async fn nodes(app: &App, reader: &mut Reader, grants: &Assignments) -> Result<Vec<NodePreview>, Refusal> {
    let managers = app.store.managers(&mut reader.tx, &reader.organisation).await?;
    let tree: &Tree = &reader.organisation.tree;
    let access = Access::new(tree, grants);
    let reached = reader.scope.managed().iter().filter(|&at| {
        let here = access.at(at);
        let is_environment = tree.nodes()[at].kind == NodeKind::Environment;
        here.assigned.is_some() || (is_environment && !here.effective.is_empty())
    });
    let previews = reached.map(|at| {
        let (node, here) = (&tree.nodes()[at], access.at(at));
        let capabilities = capabilities_of(here.effective);
        let is_environment = node.kind == NodeKind::Environment;
        NodePreview {
            node_id: node.id,
            sections: Section::all().filter(|section| section.is_seen_with(capabilities)).collect(),
            notified: is_environment.then(|| Notified::judge(here, true).value),
            lacks_manager: lacks_manager(
                node.kind,
                managers.get(&node.id).copied().unwrap_or(0),
                here.assigned.unwrap_or_default(),
            ),
        }
    });
    Ok(previews.collect())
}
