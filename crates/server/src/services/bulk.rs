//! Applies one operation to many users in one transaction. Each user is authorised separately. The editor's own
//! permissions are those from before the call, so an operation that changes the editor does not affect the others.

use chrono::TimeDelta;
use studio_users_contract::{
    Action, BulkAction, BulkRefusal, BulkRequest, BulkResult, BulkSelection, MAX_BULK, MAX_REFUSALS,
    UserFilters,
};
use studio_users_domain::{
    AssignmentDiff, Assignments, Change, DEFAULT_INVITATION_DAYS, NodeId, PendingGrant, Role, UserId,
    pending_assignments, with_grants,
};

use super::link::mail_invitation;
use super::remove::removed_name;
use super::{assign, finish_change, record_grants, remove, resend, restore};
use crate::error::AppError;
use crate::services::editor::{EditedUser, Editor};
use crate::state::AppState;
use crate::store::{GrantRecord, InvitationContent};

/// A valid [`BulkAction`] with its arguments.
#[derive(Clone, Copy)]
enum BulkOperation {
    Remove,
    Restore,
    Resend,
    AddRole(NodeId, Role),
}

/// Checks the limits of the lists in a request, before it opens a write transaction.
pub(crate) fn validate_lists(request: &BulkRequest) -> Result<(), AppError> {
    let count = match &request.select {
        BulkSelection::Ids(ids) => ids.ids.len(),
        BulkSelection::Matching(all) => {
            all.filters.validate()?;
            all.expected_total as usize
        }
    };
    if count > MAX_BULK as usize {
        return Err(AppError::InvalidField("select", "at most 10,000 users".into()));
    }
    Ok(())
}

/// Applies the operation to every selected user, and counts the users that were changed, unchanged and refused.
pub(crate) async fn bulk(
    state: &AppState,
    editor: &mut Editor,
    request: &BulkRequest,
) -> Result<BulkResult, AppError> {
    let operation = validate(editor, request)?;
    let mut users = match (&request.select, operation) {
        (BulkSelection::Ids(ids), _) => ids.ids.clone(),
        (BulkSelection::Matching(_), BulkOperation::Restore) => {
            return Err(AppError::InvalidField("select", "removed users can only be selected by id".into()));
        }
        (BulkSelection::Matching(all), _) => {
            let users = matching_users(state, editor, &all.filters).await?;
            if users.len() != all.expected_total as usize {
                return Err(AppError::TotalChanged);
            }
            users
        }
    };
    let mut seen = std::collections::HashSet::with_capacity(users.len());
    users.retain(|&user| seen.insert(user));
    let mut result = BulkResult::default();
    for user in users {
        match apply(state, editor, operation, user).await {
            Ok(true) => {
                result.done += 1;
                if matches!(operation, BulkOperation::Remove) {
                    result.removed.push(user);
                }
            }
            Ok(false) => result.unchanged += 1,
            Err(AppError::Unavailable) => return Err(AppError::Unavailable),
            Err(refusal) => {
                result.refused += 1;
                if result.refusals.len() < MAX_REFUSALS {
                    let name = display_name(state, editor, user).await?;
                    result.refusals.push(BulkRefusal { id: user, name, code: refusal.code() });
                }
            }
        }
    }
    Ok(result)
}

/// Applies the operation to one user. Returns `false` if there was nothing to change.
///
/// A refusal comes before any write, so that the transaction can go on with the next user.
async fn apply(
    state: &AppState,
    editor: &mut Editor,
    operation: BulkOperation,
    user: UserId,
) -> Result<bool, AppError> {
    match operation {
        BulkOperation::Remove => remove(state, editor, user).await,
        BulkOperation::Restore => restore(state, editor, user).await.map(|()| true),
        BulkOperation::Resend => resend(state, editor, user).await.map(|()| true),
        BulkOperation::AddRole(node, role) => add_role(state, editor, user, node, role).await,
    }
}

/// Returns the name or e-mail address of a user that the editor may see, or whose removal they could undo.
async fn display_name(
    state: &AppState,
    editor: &mut Editor,
    user: UserId,
) -> Result<Option<String>, AppError> {
    match editor.load_user(state, user).await {
        Ok(EditedUser { account, is_active, .. }) => {
            Ok(Some(account.name.filter(|_| is_active).unwrap_or(account.email)))
        }
        Err(AppError::NotFound) => removed_name(state, editor, user).await,
        Err(refusal) => Err(refusal),
    }
}

async fn add_role(
    state: &AppState,
    editor: &mut Editor,
    user: UserId,
    node: NodeId,
    role: Role,
) -> Result<bool, AppError> {
    let user = editor.load_user(state, user).await?;
    let organisation = editor.principal.organisation.clone();
    let tree = &organisation.tree;
    let grants = Assignments::from([(node, role.into())]);
    if user.is_active {
        let held = &user.target.held;
        let after = with_grants(tree, held, &grants);
        let change = Change::of_user(tree, &user.target, &after);
        let position = editor.principal.visible_position(node)?;
        if change.before().at(position).effective.contains(role) {
            return Ok(false);
        }
        editor.principal.actor().may_change(&change)?;
        let diff = AssignmentDiff::between(held, &after);
        assign(state, editor, &user, &diff, Action::RolesChanged).await?;
        finish_change(state, editor, &user.account).await?;
        return Ok(true);
    }
    let before = pending_assignments(tree, editor.principal.scope.managed(), &user.target.pending);
    if before.get(&node).is_some_and(|roles| roles.contains(role)) {
        return Ok(false);
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
    let grant = PendingGrant { node, roles: earlier | role, granted_by, expires_at };
    let pending = GrantRecord { grant, created_at: editor.now, origin: None, content };
    mail_invitation(editor, &user, std::slice::from_ref(&pending)).await?.map_err(AppError::from)?;
    state.store.put_pending_grant(&mut editor.write, &organisation, user.account.key(), &pending).await?;
    record_grants(editor, Action::UserInvited, &user.account, [(&pending.grant, None)]).await?;
    finish_change(state, editor, &user.account).await?;
    Ok(true)
}

fn validate(editor: &Editor, request: &BulkRequest) -> Result<BulkOperation, AppError> {
    match (request.action, request.node_id, request.role) {
        (BulkAction::AddRole, Some(node), Some(role)) => {
            editor.principal.visible_position(node)?;
            Ok(BulkOperation::AddRole(node, role))
        }
        (BulkAction::AddRole, None, _) => {
            Err(AppError::InvalidField("node_id", "required for add_role".into()))
        }
        (BulkAction::AddRole, _, None) => Err(AppError::InvalidField("role", "required for add_role".into())),
        (_, Some(_), _) => Err(AppError::InvalidField("node_id", "only allowed for add_role".into())),
        (_, _, Some(_)) => Err(AppError::InvalidField("role", "only allowed for add_role".into())),
        (BulkAction::Remove, ..) => Ok(BulkOperation::Remove),
        (BulkAction::Restore, ..) => Ok(BulkOperation::Restore),
        (BulkAction::Resend, ..) => Ok(BulkOperation::Resend),
    }
}

/// Returns the users that match the filters, up to one more than a call may select.
async fn matching_users(
    state: &AppState,
    editor: &mut Editor,
    filters: &UserFilters,
) -> Result<Vec<UserId>, AppError> {
    let mut filters = filters.clone();
    filters.remove_repeated();
    let nodes = &filters.nodes;
    for &node in nodes {
        editor.principal.visible_position(node)?;
    }
    let scope = &editor.principal.scope;
    let within = if nodes.is_empty() { scope.clone() } else { scope.below(editor.principal.tree(), nodes) };
    let organisation = editor.principal.organisation.clone();
    Ok(state.store.matching_ids(&mut editor.write, &organisation, &within, &filters, MAX_BULK + 1).await?)
}
