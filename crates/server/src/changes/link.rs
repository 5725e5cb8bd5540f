//! The life of an invitation between its making and its acceptance: links, mailing again, revoking.

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::{Action, InvitationLink};
use studio_users_domain::{
    DEFAULT_INVITATION_DAYS, Denial, NodeId, NodeKind, Role, RoleSet, UserId, promised,
};

use super::{named, person, record_grants, settle};
use crate::app::App;
use crate::editor::{Editor, Seen};
use crate::mail::{Mail, join_url};
use crate::problem::Refusal;
use crate::store::{Letter, MailLimit, NewMail, Pending, mint_invitation_link};

/// Makes a link to be copied. It works beside those that were mailed, for as long as what it covers.
pub(crate) async fn copy_link(
    app: &App,
    editor: &mut Editor,
    user: UserId,
) -> Result<InvitationLink, Refusal> {
    let seen = editor.see(app, user).await?;
    let places = editor.who.actor().may_copy_link(&seen.subject.pending, editor.now)?;
    let covered: Vec<&Pending> = places.iter().map(|&place| &seen.pending[place]).collect();
    let maker = editor.who.account.key();
    let token = mint_invitation_link(&mut editor.write, seen.account.key(), maker, false, editor.now).await?;
    let grants = covered.iter().map(|pending| (&pending.grant, None));
    record_grants(editor, Action::InvitationLinkCopied, &seen.account, grants).await?;
    let expires_at = last_expiry(covered, editor.now);
    Ok(InvitationLink { url: join_url(&app.public_url, &token), expires_at })
}

/// Mails the invitation again, which ends the link mailed before, and lets it be accepted for as long as a new one.
pub(crate) async fn resend(app: &App, editor: &mut Editor, user: UserId) -> Result<(), Refusal> {
    let seen = editor.see(app, user).await?;
    let covered = editor.who.actor().may_send_link(&seen.subject.pending)?;
    let expires_at = editor.now + TimeDelta::days(DEFAULT_INVITATION_DAYS.into());
    let organisation = editor.who.organisation.clone();
    let mut renewed = Vec::with_capacity(covered.len());
    for place in covered {
        let mut pending = seen.pending[place].clone();
        pending.grant.expires_at = pending.grant.expires_at.max(expires_at);
        renewed.push(pending);
    }
    // First what may be refused: in a bulk call what was done for others stays.
    mail_invitation(editor, &seen, &renewed).await?.map_err(Refusal::from)?;
    for pending in &renewed {
        app.store.promise(&mut editor.write, &organisation, seen.account.key(), pending).await?;
    }
    let grants = renewed.iter().map(|pending| (&pending.grant, None));
    record_grants(editor, Action::InvitationResent, &seen.account, grants).await?;
    settle(app, editor, &seen.account).await?;
    Ok(())
}

/// Ends what waits for a user at the nodes that the editor manages.
pub(crate) async fn revoke(app: &App, editor: &mut Editor, user: UserId) -> Result<(), Refusal> {
    let seen = editor.see(app, user).await?;
    let organisation = editor.who.organisation.clone();
    let managed = editor.who.scope.managed();
    let is_managed = |pending: &&Pending| {
        organisation.tree.position(pending.grant.node).is_some_and(|at| managed.contains(at))
    };
    let ended: Vec<&Pending> = seen.pending.iter().filter(is_managed).collect();
    if ended.is_empty() {
        return Err(Denial::NoInvitation.into());
    }
    editor.who.actor().may_revoke(&seen.subject.pending)?;
    for pending in &ended {
        app.store.end_grant(&mut editor.write, &organisation, seen.account.key(), &pending.grant).await?;
    }
    let grants = ended.iter().map(|pending| (&pending.grant, None));
    record_grants(editor, Action::InvitationRevoked, &seen.account, grants).await?;
    settle(app, editor, &seen.account).await?;
    Ok(())
}

/// Queues the mail of an invitation to these grants.
pub(super) async fn mail_invitation(
    editor: &mut Editor,
    seen: &Seen,
    grants: &[Pending],
) -> Result<Result<(), MailLimit>, Refusal> {
    let Letter { message, locale } = grants.last().map(|pending| pending.letter.clone()).unwrap_or_default();
    let mail = Mail::Invitation {
        inviter: person(&editor.who.account, true).name,
        organisation: organisation_name(editor),
        grants: roles_by_node(editor, grants),
        message,
        expires_at: last_expiry(grants, editor.now),
        notifies: notifies(editor, grants.iter().map(|pending| (pending.grant.node, pending.grant.roles))),
    };
    let by = Some(editor.who.account.key());
    let new = NewMail { to: seen.account.key(), by, language: locale, mail };
    Ok(editor.write.send(&new, editor.now).await?)
}

/// The organisation as mails call it: the name of its root.
pub(super) fn organisation_name(editor: &Editor) -> String {
    editor.who.tree().nodes()[0].name.clone()
}

/// Whether any of these grants brings notifications of chats.
pub(super) fn notifies(editor: &Editor, grants: impl IntoIterator<Item = (NodeId, RoleSet)>) -> bool {
    let tree = editor.who.tree();
    let is_environment = |id| tree.node(id).is_some_and(|node| node.kind == NodeKind::Environment);
    grants.into_iter().any(|(node, roles)| is_environment(node) && roles.iter().any(Role::notifies))
}

/// Until when anything of some grants can be accepted.
fn last_expiry<'a>(grants: impl IntoIterator<Item = &'a Pending>, now: DateTime<Utc>) -> DateTime<Utc> {
    grants.into_iter().map(|pending| pending.grant.expires_at).max().unwrap_or(now)
}

fn roles_by_node(editor: &Editor, grants: &[Pending]) -> Vec<(String, RoleSet)> {
    let managed = editor.who.scope.managed();
    let together = promised(editor.who.tree(), managed, grants.iter().map(|pending| &pending.grant));
    together.into_iter().map(|(node, roles)| named(editor, node, roles)).collect()
}
