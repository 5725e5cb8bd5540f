//! Pending invitations: copies a link, resends the mail, revokes the grants.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::{Action, InvitationLink};
use studio_users_domain::{
    Access, DEFAULT_INVITATION_DAYS, Denial, NodeId, Notified, UserId, pending_assignments, reminder_at,
    with_grants,
};

use super::{finish_change, person, record_grants, with_node_name};
use crate::error::AppError;
use crate::links::join_url;
use crate::mail::Mail;
use crate::services::editor::{EditedUser, Editor};
use crate::state::AppState;
use crate::store::{
    GrantRecord, InvitationContent, InvitationLinkKind, MailLimit, Mailing, NewMail, mint_invitation_link,
};

/// Creates a link to copy. Mailed links keep working beside it. It is valid until the last grant that it covers
/// expires. The editor becomes the granter of these grants, so the link works as long as the editor may give them.
pub(crate) async fn copy_link(
    state: &AppState,
    editor: &mut Editor,
    user: UserId,
) -> Result<InvitationLink, AppError> {
    let user = editor.load_user(state, user).await?;
    let positions = editor.principal.actor().may_copy_link(&user.target, editor.now)?;
    let covered = own_grants(editor, &user, &positions);
    // The grants come first: a link accepts only those that existed before it.
    take_over(state, editor, &user, &positions, &covered).await?;
    let creator = editor.principal.account.key();
    let token =
        mint_invitation_link(&mut editor.write, user.account.key(), creator, InvitationLinkKind::Copied)
            .await?;
    let grants = covered.iter().map(|pending| (&pending.grant, None));
    record_grants(editor, Action::InvitationLinkCopied, &user.account, grants).await?;
    let expires_at = last_expiry(&covered, editor.now);
    finish_change(state, editor, &user.account).await?;
    Ok(InvitationLink { url: join_url(&state.public_url, &token), expires_at })
}

/// Mails the invitation again. This revokes the link that was mailed before, and extends the grants to the lifetime
/// of a new invitation. The editor becomes the granter of the grants that the link covers.
pub(crate) async fn resend(state: &AppState, editor: &mut Editor, user: UserId) -> Result<(), AppError> {
    let user = editor.load_user(state, user).await?;
    let covered = editor.principal.actor().may_send_link(&user.target, editor.now)?;
    let expires_at = editor.now + TimeDelta::days(DEFAULT_INVITATION_DAYS.into());
    let mut renewed = own_grants(editor, &user, &covered);
    for pending in &mut renewed {
        pending.grant.expires_at = pending.grant.expires_at.max(expires_at);
    }
    // The mail comes first, because it may be refused. A bulk call then goes on with the same transaction, so nothing
    // may have been written for this user.
    let mailing = mail_invitation(editor, &user, &renewed).await?.map_err(AppError::from)?;
    for pending in &mut renewed {
        pending.mailing = mailing;
    }
    take_over(state, editor, &user, &covered, &renewed).await?;
    let grants = renewed.iter().map(|pending| (&pending.grant, None));
    record_grants(editor, Action::InvitationResent, &user.account, grants).await?;
    finish_change(state, editor, &user.account).await?;
    Ok(())
}

/// Returns the covered grants as the editor's own. Grants of several people at one node become one grant.
///
/// A grant keeps its origin, the oldest at its node. So a link that was mailed before keeps working, as long as its
/// creator may give the roles too.
fn own_grants(editor: &Editor, user: &EditedUser, covered: &[usize]) -> Vec<GrantRecord> {
    let mut own: BTreeMap<NodeId, GrantRecord> = BTreeMap::new();
    for &position in covered {
        let pending = &user.pending[position];
        let merged = own.entry(pending.grant.node).or_insert_with(|| pending.clone());
        merged.grant.granted_by = editor.principal.account.id;
        merged.grant.roles |= pending.grant.roles;
        merged.grant.expires_at = merged.grant.expires_at.max(pending.grant.expires_at);
        if pending.origin < merged.origin {
            (merged.origin, merged.created_at) = (pending.origin, pending.created_at);
        }
        if merged.content.message.is_none() {
            merged.content = pending.content.clone();
        }
        if pending.mailing.number > merged.mailing.number {
            merged.mailing = pending.mailing;
        }
    }
    own.into_values().collect()
}

/// Replaces the covered grants with the editor's own.
async fn take_over(
    state: &AppState,
    editor: &mut Editor,
    user: &EditedUser,
    covered: &[usize],
    own: &[GrantRecord],
) -> Result<(), AppError> {
    let (organisation, key) = (editor.principal.organisation.clone(), user.account.key());
    for &position in covered {
        let grant = &user.pending[position].grant;
        state.store.delete_pending_grant(&mut editor.write, &organisation, key, grant).await?;
    }
    for pending in own {
        state.store.put_pending_grant(&mut editor.write, &organisation, key, pending).await?;
    }
    Ok(())
}

/// Revokes a user's pending grants at the nodes that the editor manages.
pub(crate) async fn revoke(state: &AppState, editor: &mut Editor, user: UserId) -> Result<(), AppError> {
    let user = editor.load_user(state, user).await?;
    let organisation = editor.principal.organisation.clone();
    let managed = editor.principal.scope.managed();
    let is_managed = |pending: &&GrantRecord| {
        organisation.tree.position(pending.grant.node).is_some_and(|at| managed.contains(at))
    };
    let revoked: Vec<&GrantRecord> = user.pending.iter().filter(is_managed).collect();
    if revoked.is_empty() {
        return Err(Denial::NoInvitation.into());
    }
    editor.principal.actor().may_revoke(&user.target.pending)?;
    for pending in &revoked {
        state
            .store
            .delete_pending_grant(&mut editor.write, &organisation, user.account.key(), &pending.grant)
            .await?;
    }
    let grants = revoked.iter().map(|pending| (&pending.grant, None));
    record_grants(editor, Action::InvitationRevoked, &user.account, grants).await?;
    finish_change(state, editor, &user.account).await?;
    Ok(())
}

/// Queues the mail that invites a user with these grants, and plans its reminder.
pub(super) async fn mail_invitation(
    editor: &mut Editor,
    user: &EditedUser,
    grants: &[GrantRecord],
) -> Result<Result<Mailing, MailLimit>, AppError> {
    let InvitationContent { message, locale } =
        grants.last().map(|pending| pending.content.clone()).unwrap_or_default();
    let expires_at = last_expiry(grants, editor.now);
    let tree = editor.principal.tree();
    let managed = editor.principal.scope.managed();
    let granted = pending_assignments(tree, managed, grants.iter().map(|pending| &pending.grant));
    let after = Access::new(tree, &with_grants(tree, &user.target.held.assignments(), &granted));
    let mail = Mail::Invitation {
        inviter: person(&editor.principal.account, true).name,
        organisation: organisation_name(editor),
        notifies: Notified::at_any(tree, &after, granted.keys().copied()),
        places: granted.iter().map(|(&node, &roles)| (node, roles)).collect(),
        grants: granted.into_iter().map(|(node, roles)| with_node_name(editor, node, roles)).collect(),
        message,
        expires_at,
    };
    let new = NewMail { to: user.account.key(), by: Some(editor.sender()), language: locale, mail };
    let queued = editor.write.queue_mail(&new).await?;
    let remind_at = reminder_at(editor.now, expires_at);
    Ok(queued.map(|number| Mailing { number: Some(number), remind_at }))
}

/// Returns the name of the organisation in mails: the name of the root node.
pub(super) fn organisation_name(editor: &Editor) -> String {
    editor.principal.tree().nodes()[0].name.clone()
}

/// Returns the latest expiry of the grants.
fn last_expiry<'a>(grants: impl IntoIterator<Item = &'a GrantRecord>, now: DateTime<Utc>) -> DateTime<Utc> {
    grants.into_iter().map(|pending| pending.grant.expires_at).max().unwrap_or(now)
}
