//! Applies the action of a job to one user. The rules judge each user separately.

use chrono::TimeDelta;
use studio_users_contract::{Action, Code, JobAction};
use studio_users_domain::{
    AssignmentDiff, Assignments, Change, DEFAULT_INVITATION_DAYS, NodeId, PendingGrant, Role, RoleSet,
    UserId, pending_assignments, with_grants,
};

use crate::error::AppError;
use crate::services::editor::Editor;
use crate::services::link::mail_invitation;
use crate::services::{
    assign, change_access, finish_change, record_grants, remove, resend, restore, restore_removal_of,
};
use crate::state::AppState;
use crate::store::{
    BulkJob, GrantRecord, InvitationContent, JobChange, JobKey, JobOutcome, JobUser, Mailing,
};

/// Applies the action of a job to one user.
///
/// A refusal comes before any write, so that the transaction can go on with the next user.
///
/// # Errors
/// If the store fails, so that the whole piece must be repeated.
pub(super) async fn apply(
    state: &AppState,
    editor: &mut Editor,
    job: &BulkJob,
    user: JobUser,
) -> Result<JobOutcome, AppError> {
    let source = job.undo_of.map(|(key, _)| key).zip(user.source);
    let outcome = perform(state, editor, job, user, source).await;
    match outcome {
        Err(error) if error.code() == Code::Unavailable => Err(error),
        Err(refusal) => Ok(JobOutcome::Refused(refusal.code())),
        Ok(outcome) => {
            if let Some((job, position)) = source
                && matches!(outcome, JobOutcome::Done(_))
            {
                state.store.mark_undone(&mut editor.write, job, position).await?;
            }
            Ok(outcome)
        }
    }
}

async fn perform(
    state: &AppState,
    editor: &mut Editor,
    job: &BulkJob,
    JobUser { user, source: position }: JobUser,
    source: Option<(JobKey, u32)>,
) -> Result<JobOutcome, AppError> {
    // The job that this one undoes may have been deleted meanwhile. Its removals and changes are unknown then.
    let source = match position {
        Some(_) => Some(source.ok_or(AppError::NotFound)?),
        None => None,
    };
    match (job.action, job.node, job.role, source) {
        (JobAction::Remove, ..) => {
            let is_removed = remove(state, editor, user).await?;
            Ok(if is_removed { JobOutcome::Done(None) } else { JobOutcome::Unchanged })
        }
        (JobAction::Restore, _, _, None) => {
            restore(state, editor, user).await.map(|()| JobOutcome::Done(None))
        }
        (JobAction::Restore, _, _, Some((removal, _))) => {
            restore_removal_of(state, editor, user, removal).await.map(|()| JobOutcome::Done(None))
        }
        (JobAction::Resend, ..) => resend(state, editor, user).await.map(|()| JobOutcome::Done(None)),
        (JobAction::AddRole, Some(node), Some(role), _) => add_role(state, editor, user, node, role).await,
        (JobAction::UndoAddRole, _, _, Some((job, position))) => {
            let change = state.store.job_change(&mut editor.write, job, position).await?;
            match change.ok_or(AppError::NotFound)? {
                JobChange::Assigned(assignments) => take_back(state, editor, user, assignments).await,
                JobChange::Granted { node, before, after } => {
                    take_back_grant(state, editor, user, node, before, after).await
                }
            }
        }
        (JobAction::AddRole | JobAction::UndoAddRole, ..) => Err(AppError::NotFound),
    }
}

async fn add_role(
    state: &AppState,
    editor: &mut Editor,
    user: UserId,
    node: NodeId,
    role: Role,
) -> Result<JobOutcome, AppError> {
    let user = editor.load_user(state, user).await?;
    let organisation = editor.principal.organisation.clone();
    let tree = &organisation.tree;
    let grants = Assignments::from([(node, role.into())]);
    if user.is_active {
        let held = &user.target.held.assignments();
        let after = with_grants(tree, held, &grants);
        let change = Change::of_user(tree, &user.target, &after);
        let position = editor.principal.visible_position(node)?;
        if change.before().at(position).effective.contains(role) {
            return Ok(JobOutcome::Unchanged);
        }
        editor.principal.actor().may_change(&change)?;
        let diff = AssignmentDiff::between(held, &after);
        assign(state, editor, &user, &diff, Action::RolesChanged).await?;
        finish_change(state, editor, &user.account).await?;
        return Ok(JobOutcome::Done(Some(JobChange::from(&diff))));
    }
    let before = pending_assignments(tree, editor.principal.scope.managed(), &user.target.pending);
    if before.get(&node).is_some_and(|roles| roles.contains(role)) {
        return Ok(JobOutcome::Unchanged);
    }
    editor.principal.actor().may_grant(&before, &grants)?;
    let granted_by = editor.principal.account.id;
    let own = |grant: &&PendingGrant| grant.node == node && grant.granted_by == granted_by;
    let earlier = user.target.pending.iter().find(own).map(|grant| grant.roles).unwrap_or_default();
    let last = user.pending.iter().max_by_key(|pending| pending.grant.expires_at);
    // Mailing the invitation again renews it.
    let renewed = editor.now + TimeDelta::days(DEFAULT_INVITATION_DAYS.into());
    let expires_at = last.map_or(renewed, |pending| pending.grant.expires_at.max(renewed));
    let content = last.map_or_else(InvitationContent::default, |pending| pending.content.clone());
    let grant = PendingGrant { node, roles: earlier | role, granted_by, expires_at, until: None };
    let mailing = Mailing::default();
    let mut pending = GrantRecord { grant, created_at: editor.now, origin: None, content, mailing };
    pending.mailing =
        mail_invitation(editor, &user, std::slice::from_ref(&pending)).await?.map_err(AppError::from)?;
    state.store.put_pending_grant(&mut editor.write, &organisation, user.account.key(), &pending).await?;
    record_grants(editor, Action::UserInvited, &user.account, [(&pending.grant, None)]).await?;
    finish_change(state, editor, &user.account).await?;
    Ok(JobOutcome::Done(Some(JobChange::Granted { node, before: earlier, after: earlier | role })))
}

/// Returns a user's assignments to their former values, if none of them has changed since.
async fn take_back(
    state: &AppState,
    editor: &mut Editor,
    user: UserId,
    assignments: Vec<(NodeId, Option<RoleSet>, Option<RoleSet>)>,
) -> Result<JobOutcome, AppError> {
    let held = editor.load_user(state, user).await?.target.held.assignments();
    if assignments.iter().any(|&(node, _, after)| held.get(&node).copied() != after) {
        return Err(AppError::ChangedSince);
    }
    let former = assignments.into_iter().map(|(node, roles, _)| (node, roles)).collect();
    change_access(state, editor, user, &former).await?;
    Ok(JobOutcome::Done(None))
}

/// Returns a pending grant of the editor to its former roles, or revokes it if it had none. Mailed links keep working
/// for what is left.
async fn take_back_grant(
    state: &AppState,
    editor: &mut Editor,
    user: UserId,
    node: NodeId,
    roles: RoleSet,
    given: RoleSet,
) -> Result<JobOutcome, AppError> {
    let user = editor.load_user(state, user).await?;
    let granted_by = editor.principal.account.id;
    let is_given = |pending: &&GrantRecord| {
        let grant = &pending.grant;
        grant.node == node && grant.granted_by == granted_by && grant.roles == given
    };
    let pending = user.pending.iter().find(is_given).ok_or(AppError::ChangedSince)?;
    let organisation = editor.principal.organisation.clone();
    let (tree, managed) = (&organisation.tree, editor.principal.scope.managed());
    let before = pending_assignments(tree, managed, &user.target.pending);
    let remaining = user.target.pending.iter().filter(|grant| **grant != pending.grant).cloned();
    let former = (!roles.is_empty()).then(|| PendingGrant { roles, ..pending.grant.clone() });
    let remaining: Vec<PendingGrant> = remaining.chain(former.clone()).collect();
    let after = pending_assignments(tree, managed, &remaining);
    editor.principal.actor().may_change(&Change::new(tree, &before, &after))?;

    let key = user.account.key();
    if let Some(grant) = former {
        let former = GrantRecord { grant, ..pending.clone() };
        state.store.put_pending_grant(&mut editor.write, &organisation, key, &former).await?;
        record_grants(editor, Action::UserInvited, &user.account, [(&former.grant, None)]).await?;
    } else {
        state.store.delete_pending_grant(&mut editor.write, &organisation, key, &pending.grant).await?;
        let revoked = [(&pending.grant, None)];
        record_grants(editor, Action::InvitationRevoked, &user.account, revoked).await?;
    }
    finish_change(state, editor, &user.account).await?;
    Ok(JobOutcome::Done(None))
}
