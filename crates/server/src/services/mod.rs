//! The use cases, one a file. A function that changes access authorises the change with the domain's rules, writes
//! it, records it in the audit log and queues the mail. All of that happens in the editor's transaction; the caller
//! commits.

mod access;
mod activity;
pub(crate) mod audit_export_worker;
pub(crate) mod audit_head_worker;
mod auth_user;
mod backoff;
pub(crate) mod bulk;
#[cfg(test)]
mod clock_tests;
mod continued_access;
mod correct;
#[cfg(test)]
mod delivery_tests;
mod digest;
pub(crate) mod editor;
pub(crate) mod impersonation;
#[cfg(test)]
mod invitation_tests;
mod invitation_worker;
mod invite;
pub(crate) mod jobs;
mod join;
mod lease;
mod link;
#[cfg(test)]
mod mail_limit_tests;
pub(crate) mod names;
mod offer;
#[cfg(test)]
mod offer_tests;
mod outbox_worker;
mod profile;
pub(crate) mod readiness;
mod real_user;
mod remove;
#[cfg(test)]
mod retention_tests;
mod retention_worker;
pub(crate) mod row_permissions;
pub(crate) mod sessions;
pub(crate) mod sign_in_link;
#[cfg(test)]
mod tests;
pub(crate) mod undelivered_mail;

pub(crate) use access::{change_access, validate_changes};
pub(crate) use activity::record as record_activity;
pub(crate) use auth_user::AuthUser;
pub(crate) use continued_access::{ContinuedAccess, Interrupted};
pub(crate) use correct::correct;
pub(crate) use invite::{invite, parse_addresses, validate_grants};
pub(crate) use join::{AcceptOutcome, accept, inspect};
pub(crate) use link::{copy_link, resend, revoke};
pub(crate) use profile::rename;
pub(crate) use real_user::RealUser;
use remove::restore_removal_of;
pub(crate) use remove::{remove, removed_users, restore};

use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::{AssignmentDiff, NodeId, PendingGrant, RoleSet, is_without_access};

use crate::audit::Entry;
use crate::error::AppError;
use crate::services::editor::{EditedUser, Editor};
use crate::state::AppState;
use crate::store::{Account, delete_failed_invitations, revoke_invitation_links};

/// Writes changed assignments, and records each of them in the audit log at its node.
async fn assign(
    state: &AppState,
    editor: &mut Editor,
    user: &EditedUser,
    diff: &AssignmentDiff,
    action: Action,
) -> Result<(), AppError> {
    let organisation = editor.principal.organisation.clone();
    state.store.apply_assignment_diff(&mut editor.write, &organisation, user.account.key(), diff).await?;
    let mut entries = Vec::with_capacity(diff.0.len());
    for (&node, &(before, after)) in &diff.0 {
        let details = AuditDetails { before, after, ..AuditDetails::default() };
        entries.push(entry(editor, action, person(&user.account, true), node)?.with(details));
    }
    Ok(editor.write.record_all(&entries).await?)
}

/// Records an action on pending grants in the audit log, each at the grant's node.
async fn record_grants<'a>(
    editor: &mut Editor,
    action: Action,
    target: &Account,
    grants: impl IntoIterator<Item = (&'a PendingGrant, Option<&str>)>,
) -> Result<(), AppError> {
    let mut entries = Vec::new();
    for (grant, reason) in grants {
        let roles = (!grant.roles.is_empty()).then_some(grant.roles);
        let is_end =
            matches!(action, Action::InvitationRevoked | Action::InvitationCorrected | Action::UserRemoved);
        let (before, after) = if is_end { (roles, None) } else { (None, roles) };
        let reason = reason.map(str::to_owned);
        let details = AuditDetails { before, after, reason, ..AuditDetails::default() };
        entries.push(entry(editor, action, person(target, false), grant.node)?.with(details));
    }
    Ok(editor.write.record_all(&entries).await?)
}

/// Returns the entry of an action at a node. A node without a row id is `Unexpected`, not a refusal: a bulk call
/// commits the other changes after a refusal, and the change of this user is already written.
fn entry(editor: &Editor, action: Action, target: AuditPerson, node: NodeId) -> Result<Entry, AppError> {
    let key = editor
        .principal
        .organisation
        .key(node)
        .ok_or_else(|| AppError::missing("a node of the organisation"))?;
    let entry = Entry::of(action, editor.now).by(person(&editor.principal.account, true)).to(target);
    Ok(Entry { node: Some(key), ..entry })
}

/// Returns a user as the audit log and mails name them: by name if they have joined at the node, otherwise by e-mail
/// address.
fn person(account: &Account, has_joined: bool) -> AuditPerson {
    if has_joined { account.into() } else { AuditPerson { id: account.id, name: account.email.clone() } }
}

/// Completes every change of a user's access. Ends their invitation links and the mails that failed if no grant is pending, removes the account
/// if they have no access and no pending grant at any node, and updates their row in the directory.
///
/// Returns whether the account still exists.
async fn finish_change(state: &AppState, editor: &mut Editor, account: &Account) -> Result<bool, AppError> {
    let organisation = editor.principal.organisation.clone();
    let user = EditedUser::read(state, &mut editor.write, &organisation, account.clone()).await?;
    let keeps_account = !user.pending.is_empty() || !is_without_access(&organisation.tree, &user.target.held);
    if user.pending.is_empty() {
        revoke_invitation_links(&mut editor.write, account.key()).await?;
        delete_failed_invitations(&mut editor.write, account.key()).await?;
    }
    if !keeps_account {
        state.store.remove_account(&mut editor.write, account.key()).await?;
    }
    state.store.refresh(&mut editor.write, &organisation, account.id).await?;
    Ok(keeps_account)
}

/// Returns the name of a node together with the roles, for a mail.
fn with_node_name(editor: &Editor, node: NodeId, roles: RoleSet) -> (String, RoleSet) {
    let name = editor.principal.tree().node(node).map(|node| node.name.clone());
    (name.unwrap_or_default(), roles)
}
