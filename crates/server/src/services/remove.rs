//! Removes users, and restores them within 24 hours.

use std::collections::BTreeMap;

use studio_users_contract::{Action, RESTORABLE_HOURS, RemovedUser, UserRef};
use studio_users_domain::{
    AssignmentDiff, Assignments, Change, NodeId, PendingGrant, Scope, UserId, pending_assignments,
    unmailed_reminder_at,
};

use super::{assign, finish_change, record_grants};
use crate::error::AppError;
use crate::services::AuthUser;
use crate::services::editor::{EditedUser, Editor};
use crate::state::AppState;
use crate::store::{
    Account, GrantRecord, JobKey, Mailing, NewRemoval, Organisation, RemovalRecord, RemovedAccess, Tx,
};

/// Removes a user from every node that the editor manages. Returns `false` if they had neither roles nor pending
/// grants there.
pub(crate) async fn remove(state: &AppState, editor: &mut Editor, user: UserId) -> Result<bool, AppError> {
    let user = editor.load_user(state, user).await?;
    let removal = editor.principal.actor().may_remove(user.account.id, &user.target)?;
    let organisation = editor.principal.organisation.clone();
    let key = user.account.key();
    let stops = removal.change.stops_managing();
    let others = state.store.managed_by_others(&mut editor.write, &organisation, stops, key).await?;
    removal.keeps_managers(&others)?;

    let diff = AssignmentDiff::between(&user.target.held.assignments(), &removal.remaining.assignments());
    let grants: Vec<GrantRecord> =
        removal.revoked.iter().map(|&position| user.pending[position].clone()).collect();
    if diff.0.is_empty() && grants.is_empty() {
        return Ok(false);
    }
    assign(state, editor, &user, &diff, Action::UserRemoved).await?;
    for pending in &grants {
        state.store.delete_pending_grant(&mut editor.write, &organisation, key, &pending.grant).await?;
    }
    // If an assignment at the node is removed too, its entry covers both.
    let grants_only =
        grants.iter().map(|pending| &pending.grant).filter(|grant| !diff.0.contains_key(&grant.node));
    record_grants(editor, Action::UserRemoved, &user.account, grants_only.map(|grant| (grant, None))).await?;
    let name = user.account.name.as_deref().filter(|_| user.is_active);
    let access = RemovedAccess { diff, grants };
    let removed_by = editor.principal.account.key();
    let removal = NewRemoval { user: key, removed_by, name, access: &access, job: editor.job };
    state.store.insert_removal(&mut editor.write, removal).await?;
    finish_change(state, editor, &user.account).await?;
    Ok(true)
}

/// Undoes the latest removal of a user that is visible to the editor.
///
/// Restores exactly the removed access, and fails with `ChangedSince` if it was changed since. Pending grants are now
/// granted by the editor, and keep their expiry. Sessions and links stay revoked.
pub(crate) async fn restore(state: &AppState, editor: &mut Editor, user: UserId) -> Result<(), AppError> {
    restore_latest(state, editor, user, None).await
}

/// Undoes the removal of a user by a job, in the same way.
pub(crate) async fn restore_removal_of(
    state: &AppState,
    editor: &mut Editor,
    user: UserId,
    job: JobKey,
) -> Result<(), AppError> {
    restore_latest(state, editor, user, Some(job)).await
}

async fn restore_latest(
    state: &AppState,
    editor: &mut Editor,
    user: UserId,
    job: Option<JobKey>,
) -> Result<(), AppError> {
    let Editor { principal, write, .. } = &mut *editor;
    let (removal, account) =
        latest_removal(state, write, &principal.organisation, &principal.scope, user, job)
            .await?
            .ok_or(AppError::NotFound)?;
    let key = account.key();
    let organisation = editor.principal.organisation.clone();
    let user = EditedUser::read(state, &mut editor.write, &organisation, account).await?;

    let RemovedAccess { diff, grants } = &removal.access;
    let is_invited_again =
        |pending: &GrantRecord| user.target.pending.iter().any(|grant| grant.node == pending.grant.node);
    if grants.iter().any(is_invited_again) {
        return Err(AppError::ChangedSince);
    }
    let held = user.target.held.assignments();
    let after = diff.revert(&held).ok_or(AppError::ChangedSince)?;
    let own = reissue_grants(editor, grants);
    authorize(state, editor, &user, &after, &own).await?;
    if !state.store.restore_account(&mut editor.write, key).await? {
        return Err(AppError::ChangedSince);
    }

    let restored = AssignmentDiff::between(&held, &after);
    assign(state, editor, &user, &restored, Action::UserRestored).await?;
    for pending in &own {
        state.store.put_pending_grant(&mut editor.write, &organisation, key, pending).await?;
    }
    let grants_only = own.iter().filter(|pending| !restored.0.contains_key(&pending.grant.node));
    let grants_only = grants_only.map(|pending| (&pending.grant, None));
    record_grants(editor, Action::UserRestored, &user.account, grants_only).await?;
    state.store.mark_restored(&mut editor.write, removal.id).await?;
    finish_change(state, editor, &user.account).await?;
    Ok(())
}

/// Returns the name or e-mail address of a user whose removal a manager of the scope could undo.
pub(super) async fn removed_name(
    state: &AppState,
    tx: &mut Tx,
    organisation: &Organisation,
    scope: &Scope,
    user: UserId,
) -> Result<Option<String>, AppError> {
    let found = latest_removal(state, tx, organisation, scope, user, None).await?;
    Ok(found.map(|(removal, account)| removal.name.unwrap_or(account.email)))
}

/// Returns the latest removal of a user that is visible in the scope and not older than 24 hours. With a job, only that
/// of the job.
async fn latest_removal(
    state: &AppState,
    tx: &mut Tx,
    organisation: &Organisation,
    scope: &Scope,
    user: UserId,
    job: Option<JobKey>,
) -> Result<Option<(RemovalRecord, Account)>, AppError> {
    let Some(key) = state.store.user_key(tx, user).await? else { return Ok(None) };
    let removals = state.store.restorable_removals(tx, Some(key), state.clock.now()).await?;
    let is_wanted = |removal: &RemovalRecord| {
        is_visible(organisation, scope, removal) && (job.is_none() || removal.job == job)
    };
    let Some(removal) = removals.into_iter().find(is_wanted) else { return Ok(None) };
    let account = state.store.account(tx, key).await?;
    Ok(account.map(|account| (removal, account)))
}

/// Returns the users removed within the last 24 hours whose removal is visible to the current user, latest first.
pub(crate) async fn removed_users(
    state: &AppState,
    auth: &mut AuthUser,
) -> Result<Vec<RemovedUser>, AppError> {
    let AuthUser { organisation, scope, tx, .. } = auth;
    let removals = state.store.restorable_removals(tx, None, state.clock.now()).await?;
    let mut users: Vec<RemovedUser> = Vec::new();
    for removal in removals.into_iter().filter(|removal| is_visible(organisation, scope, removal)) {
        let user = state
            .store
            .account(tx, removal.user)
            .await?
            .ok_or_else(|| AppError::missing("the account of a removed user"))?;
        let by = state
            .store
            .account(tx, removal.removed_by)
            .await?
            .ok_or_else(|| AppError::missing("the account of the user who removed another"))?;
        if users.iter().any(|earlier| earlier.id == user.id) {
            continue;
        }
        users.push(RemovedUser {
            id: user.id,
            name: removal.name,
            email: user.email,
            removed_at: removal.removed_at,
            removed_by: UserRef { id: by.id, name: by.name.unwrap_or(by.email) },
            restorable_until: removal.removed_at + chrono::TimeDelta::hours(RESTORABLE_HOURS),
        });
    }
    Ok(users)
}

/// **(choice)** A removal is visible only to users who manage all nodes that it affected. So it reveals nothing about
/// other nodes.
fn is_visible(organisation: &Organisation, scope: &Scope, removal: &RemovalRecord) -> bool {
    let is_managed = |at| scope.managed().contains(at);
    removal.access.nodes().iter().all(|&node| organisation.tree.position(node).is_some_and(is_managed))
}

/// Returns the pending grants as granted by the editor. Grants of several people at one node become one grant.
fn reissue_grants(editor: &Editor, grants: &[GrantRecord]) -> Vec<GrantRecord> {
    let mut own: BTreeMap<NodeId, GrantRecord> = BTreeMap::new();
    for GrantRecord { grant, content, .. } in grants {
        let merged = own.entry(grant.node).or_insert_with(|| GrantRecord {
            grant: PendingGrant { granted_by: editor.principal.account.id, ..grant.clone() },
            created_at: editor.now,
            // Created now, so that no earlier link covers it.
            origin: None,
            content: content.clone(),
            mailing: Mailing::default(),
        });
        merged.grant.roles |= grant.roles;
        merged.grant.expires_at = merged.grant.expires_at.max(grant.expires_at);
        // The removal has revoked the links. The reminder has a new one.
        merged.mailing.remind_at = unmailed_reminder_at(editor.now, merged.grant.expires_at);
    }
    own.into_values().collect()
}

/// Fails if the editor may not restore the assignments and the grants.
async fn authorize(
    state: &AppState,
    editor: &mut Editor,
    user: &EditedUser,
    after: &Assignments,
    own: &[GrantRecord],
) -> Result<(), AppError> {
    let organisation = editor.principal.organisation.clone();
    let change = Change::of_user(&organisation.tree, &user.target, after);
    let (stops, key) = (change.stops_managing(), user.account.key());
    let others = state.store.managed_by_others(&mut editor.write, &organisation, stops, key).await?;
    editor.principal.actor().may_assign(user.account.id, &change, &others)?;
    let managed = editor.principal.scope.managed();
    let before = pending_assignments(&organisation.tree, managed, &user.target.pending);
    let grants = pending_assignments(&organisation.tree, managed, own.iter().map(|pending| &pending.grant));
    Ok(editor.principal.actor().may_grant(&before, &grants)?)
}
