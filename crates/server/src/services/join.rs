//! Opens an invitation link, and accepts the invitation.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use studio_users_contract::{
    AcceptInvitation, Action, AuditDetails, GRANT_NOT_ALLOWED, GrantDetails, InvitationDetails,
};
use studio_users_domain::{
    AssignmentDiff, Assignments, Denial, NodeId, NodeSet, TargetUser, UserId, pending_assignments,
    with_grants,
};

use super::names::validate_name;
use super::{assign, finish_change, person, sessions};
use crate::audit;
use crate::error::AppError;
use crate::mail::{Digest, DigestUser};
use crate::services::editor::{EditedUser, Editor, Principal};
use crate::state::AppState;
use crate::store::{GrantRecord, InvitationLinkRow, Tx, UserKey, Write, revoke_link};
use crate::token::TokenHash;

/// The outcome of accepting an invitation.
pub(crate) enum AcceptOutcome {
    /// The invitee has joined. The caller starts a session for them.
    Joined(UserKey),
    /// The invitee has joined, and keeps the session that they are signed in with.
    JoinedInSession(UserKey),
    /// Nothing was accepted, because the account exists already. A sign-in link is on its way to its address.
    SignInRequired,
    /// The link is unknown, used or expired, or none of its grants can be accepted.
    LinkInvalid,
}

/// A link with the grants that it covers.
struct LinkGrants {
    link: InvitationLinkRow,
    creator: Principal,
    invitee: EditedUser,
    /// The grants that this link accepts.
    valid: Vec<GrantRecord>,
    /// The grants that only a mailed link accepts, because the address is not confirmed.
    mail_only: Vec<GrantRecord>,
    /// The grants whose grantors may no longer give them.
    invalid: Vec<GrantRecord>,
}

/// Returns the details of the invitation that a link belongs to, without using up the link.
pub(crate) async fn inspect(
    state: &AppState,
    tx: &mut Tx,
    token: &str,
    now: DateTime<Utc>,
) -> Result<InvitationDetails, AppError> {
    let opened = open_link(state, tx, token, now).await?.ok_or(AppError::LinkInvalid)?;
    let LinkGrants { creator, invitee, mut valid, mail_only, .. } = opened;
    if invitee.account.joined_at.is_some() {
        // Signing in with a mailed link confirms the address first.
        valid.extend(mail_only);
    }
    if valid.is_empty() {
        return Err(AppError::LinkInvalid);
    }
    let tree = creator.tree();
    let grants = valid.iter().map(|pending| &pending.grant);
    let expires_at = grants.clone().map(|grant| grant.expires_at).max().unwrap_or(now);
    let everywhere = NodeSet::range(tree, 0..tree.len());
    let open_grants =
        pending_assignments(tree, &everywhere, grants).into_iter().filter_map(|(node, roles)| {
            tree.node(node).map(|node| GrantDetails { node: node.name.clone(), kind: node.kind, roles })
        });
    let content = valid.last().map(|pending| pending.content.clone()).unwrap_or_default();
    Ok(InvitationDetails {
        email: invitee.account.email,
        invited_by: person(&creator.account, true).name,
        organisation: tree.nodes()[0].name.clone(),
        grants: open_grants.collect(),
        message: content.message,
        locale: content.locale,
        expires_at,
    })
}

/// Accepts the grants that a link covers. `signed_in_user` is the user that the browser is signed in as, if any.
///
/// Returns the outcome and the transaction, which the caller commits for every outcome.
pub(crate) async fn accept(
    state: &AppState,
    mut write: Write,
    request: &AcceptInvitation,
    signed_in_user: Option<UserKey>,
) -> Result<(AcceptOutcome, Write), AppError> {
    let now = write.now();
    let Some(opened) = open_link(state, &mut write, &request.token, now).await? else {
        return Ok((AcceptOutcome::LinkInvalid, write));
    };
    let LinkGrants { link, creator, mut invitee, valid, mail_only, invalid } = opened;
    let user = invitee.account.key();
    let has_joined = invitee.account.joined_at.is_some();
    let is_own_session = signed_in_user == Some(user);
    let has_grants = !(valid.is_empty() && mail_only.is_empty());
    if has_joined && has_grants && (!is_own_session || valid.is_empty()) {
        sessions::queue_sign_in_link(&mut write, user).await?;
        return Ok((AcceptOutcome::SignInRequired, write));
    }
    if !has_joined && !valid.is_empty() {
        invitee.account.name = Some(validate_name(request.name.as_deref().unwrap_or_default())?);
        invitee.account.joined_at = Some(now);
        invitee.account.locale = valid.iter().find_map(|pending| pending.content.locale);
    }

    let organisation = creator.organisation.clone();
    let principal = Principal::read(state, &mut write, organisation.clone(), invitee.account.clone()).await?;
    let mut editor = Editor { principal, now, write, job: None };
    for pending in &invalid {
        state.store.delete_pending_grant(&mut editor.write, &organisation, user, &pending.grant).await?;
        record_invalid_grant(&mut editor, pending).await?;
    }
    if valid.is_empty() {
        finish_change(state, &mut editor, &invitee.account).await?;
        return Ok((AcceptOutcome::LinkInvalid, editor.write));
    }
    let is_verified_now = link.is_mailed && invitee.target.unconfirmed_by.is_some();
    if !has_joined {
        let unverified_by = (!link.is_mailed).then(|| creator.account.key());
        state.store.join(&mut editor.write, &invitee.account, unverified_by).await?;
    } else if is_verified_now {
        sessions::verify_email(state, &mut editor.write, user).await?;
    }
    let token = TokenHash::of(&request.token);
    state.store.confirm_delivery(&mut editor.write, token.as_bytes()).await?;
    revoke_link(&mut editor.write, token.as_bytes()).await?;
    for pending in &valid {
        state.store.delete_pending_grant(&mut editor.write, &organisation, user, &pending.grant).await?;
    }
    let held = invitee.target.held.assignments();
    let after = with_grants(&organisation.tree, &held, &merge_roles(&valid));
    let diff = AssignmentDiff::between(&held, &after);
    assign(state, &mut editor, &invitee, &diff, Action::InvitationAccepted).await?;
    notify_inviters(state, &mut editor, &valid).await?;
    finish_change(state, &mut editor, &invitee.account).await?;
    // Verifying the address has ended the session.
    let keeps_session = has_joined && !is_verified_now;
    let outcome = if keeps_session { AcceptOutcome::JoinedInSession } else { AcceptOutcome::Joined };
    Ok((outcome(user), editor.write))
}

/// Reads a link with its grants. Returns `None` for a link that is unknown, used, revoked or expired.
///
/// A link covers only grants that existed when it was created and that its creator may issue. So copying a link cannot
/// escalate privileges.
async fn open_link(
    state: &AppState,
    tx: &mut Tx,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<LinkGrants>, AppError> {
    let Some(link) = state.store.invitation_link(tx, token).await? else { return Ok(None) };
    let organisation = state.store.organisation(tx).await?.ok_or_else(AppError::no_organisation)?;
    let (creator, invitee) =
        (state.store.account(tx, link.creator).await?, state.store.account(tx, link.user).await?);
    let (Some(creator), Some(invitee)) = (creator, invitee) else { return Ok(None) };
    let creator = Principal::read(state, tx, organisation.clone(), creator).await?;
    let invitee = EditedUser::read(state, tx, &organisation, invitee).await?;

    let covers = |pending: &&GrantRecord| {
        let grant = &pending.grant;
        let is_older = pending.origin.is_some_and(|origin| origin.seq < link.seq);
        grant.expires_at > now && is_older && creator.actor().link_accepts(grant)
    };
    // A mailed link confirms the address. Only the creator of a copied link knows who joins by it.
    let unconfirmed_by = match invitee.account.joined_at {
        _ if link.is_mailed => None,
        Some(_) => invitee.target.unconfirmed_by,
        None => Some(creator.account.id),
    };
    let target = TargetUser { unconfirmed_by, ..invitee.target.clone() };
    let mut grantors: BTreeMap<UserId, Principal> = BTreeMap::new();
    let (mut valid, mut mail_only, mut invalid) = (Vec::new(), Vec::new(), Vec::new());
    for pending in invitee.pending.iter().filter(covers) {
        let grantor = pending.grant.granted_by;
        if let Entry::Vacant(unknown) = grantors.entry(grantor) {
            let key = state
                .store
                .user_key(tx, grantor)
                .await?
                .ok_or_else(|| AppError::missing("the account of a granter"))?;
            let account = state
                .store
                .account(tx, key)
                .await?
                .ok_or_else(|| AppError::missing("the account of a granter"))?;
            unknown.insert(Principal::read(state, tx, organisation.clone(), account).await?);
        }
        let grantor = grantors.get(&grantor).ok_or_else(|| AppError::missing("a granter"))?;
        let grants = match grantor.actor().may_fulfil(&target, &pending.grant) {
            Ok(()) => &mut valid,
            Err(Denial::AddressUnconfirmed) => &mut mail_only,
            Err(_) => &mut invalid,
        };
        grants.push(pending.clone());
    }
    let has_grants = !(valid.is_empty() && mail_only.is_empty() && invalid.is_empty());
    Ok(has_grants.then_some(LinkGrants { link, creator, invitee, valid, mail_only, invalid }))
}

/// Merges the roles of several grants at one node.
fn merge_roles(pending: &[GrantRecord]) -> Assignments {
    let mut merged = Assignments::new();
    for GrantRecord { grant, .. } in pending {
        *merged.entry(grant.node).or_default() |= grant.roles;
    }
    merged
}

async fn record_invalid_grant(editor: &mut Editor, pending: &GrantRecord) -> Result<(), AppError> {
    let key = editor
        .principal
        .organisation
        .key(pending.grant.node)
        .ok_or_else(|| AppError::missing("the node of a grant"))?;
    let details = AuditDetails {
        before: Some(pending.grant.roles),
        reason: Some(GRANT_NOT_ALLOWED.into()),
        ..AuditDetails::default()
    };
    let target = person(&editor.principal.account, false);
    let entry = audit::Entry::of(Action::InvitationRevoked, editor.now).to(target).with(details);
    Ok(editor.write.record(&audit::Entry { node: Some(key), ..entry }).await?)
}

/// Adds the new user to the digest of each user who granted one of the roles.
async fn notify_inviters(
    state: &AppState,
    editor: &mut Editor,
    valid: &[GrantRecord],
) -> Result<(), AppError> {
    let mut nodes: BTreeMap<UserId, BTreeSet<NodeId>> = BTreeMap::new();
    for GrantRecord { grant, .. } in valid {
        nodes.entry(grant.granted_by).or_default().insert(grant.node);
    }
    let user = editor.principal.account.id;
    for (inviter, nodes) in nodes {
        let to = state
            .store
            .user_key(&mut editor.write, inviter)
            .await?
            .ok_or_else(|| AppError::missing("the account of an inviter"))?;
        let people = vec![DigestUser::new(user, nodes.into_iter().collect())];
        editor.write.queue_digest(to, Digest { people, ..Digest::default() }).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use chrono::TimeDelta;
    use serde_json::{Value, json};
    use studio_users_contract::path;
    use studio_users_domain::Role;

    use crate::testing::{BANK, PROVIDER, TestApp, node_id};

    #[tokio::test]
    async fn rejects_an_invitation_after_its_expiry() {
        let app = TestApp::new().await;
        let ada = app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
        let ada = app.session(ada).await;
        let invitation = json!({ "emails": ["nina@x.example"], "expires_in_days": 1,
            "grants": [{ "node_id": node_id(BANK), "roles": ["agent"] }] });
        assert_eq!(
            app.request_with_body(&ada, None, Method::POST, path::INVITATIONS, &invitation).await.status,
            200
        );
        let users: Value = app.request(&ada, None, Method::GET, path::USERS).await.json();
        let rows = users["items"].as_array().unwrap();
        let nina = rows.iter().find(|row| row["email"] == "nina@x.example").unwrap();
        let link = path::USER_INVITATION_LINK.replace("{id}", nina["id"].as_str().unwrap());
        let link: Value = app.request(&ada, None, Method::POST, &link).await.json();
        let token = json!({ "token": link["url"].as_str().unwrap().split_once('#').unwrap().1 });
        let inspect =
            async || app.request_with_body(&ada, None, Method::POST, path::INVITATIONS_INSPECT, &token).await;
        app.advance_clock(TimeDelta::days(1) - TimeDelta::milliseconds(1));
        assert_eq!(inspect().await.status, 200);
        app.advance_clock(TimeDelta::milliseconds(1));
        assert_eq!(inspect().await.problem().1, "link_invalid");
        let response =
            app.request_with_body(&ada, None, Method::POST, path::INVITATIONS_ACCEPT, &token).await;
        assert_eq!((response.status, response.body), (403, inspect().await.body));
    }
}
