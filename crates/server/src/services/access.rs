//! Changes the roles that a user is assigned, or the pending grants of a user who has not joined yet.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use studio_users_contract::{AccessChange, AccessWarning, Action, WarningCode};
use studio_users_domain::{
    AssignmentDiff, Assignments, Change, DEFAULT_INVITATION_DAYS, NodeId, NodeKind, Overview, PendingGrant,
    RoleSet, UserId, pending_assignments, unmailed_reminder_at,
};

use super::{assign, finish_change, record_grants};
use crate::error::AppError;
use crate::services::editor::{EditedUser, Editor};
use crate::state::AppState;
use crate::store::{GrantRecord, InvitationContent, Mailing, NewRemoval, RemovedAccess};

/// The requested roles by node. `None` removes the assignment, so that the node inherits.
pub(crate) type RequestedRoles = BTreeMap<NodeId, Option<RoleSet>>;

/// Returns the requested roles by node.
///
/// # Errors
/// `InvalidField` for a node that occurs twice.
pub(crate) fn validate_changes(changes: &[AccessChange]) -> Result<RequestedRoles, AppError> {
    let requested: RequestedRoles = changes.iter().map(|change| (change.node_id, change.roles)).collect();
    if requested.len() < changes.len() {
        return Err(AppError::InvalidField("changes", "each node at most once".into()));
    }
    Ok(requested)
}

/// Applies all of the changes or none of them, and returns warnings about side effects.
///
/// **(choice)** If the user has not joined at any node that the editor manages, the function changes their pending
/// grants. A changed grant is then granted by the editor.
pub(crate) async fn change_access(
    state: &AppState,
    editor: &mut Editor,
    user: UserId,
    requested: &RequestedRoles,
) -> Result<Vec<AccessWarning>, AppError> {
    let user = editor.load_user(state, user).await?;
    for &node in requested.keys() {
        editor.principal.visible_position(node)?;
    }
    if user.is_active {
        change_assignments(state, editor, &user, requested).await
    } else {
        change_pending_grants(state, editor, &user, requested).await?;
        Ok(Vec::new())
    }
}

async fn change_assignments(
    state: &AppState,
    editor: &mut Editor,
    user: &EditedUser,
    requested: &RequestedRoles,
) -> Result<Vec<AccessWarning>, AppError> {
    let held = &user.target.held.assignments();
    let after = with_requested(held, requested);
    let organisation = editor.principal.organisation.clone();
    let change = Change::of_user(&organisation.tree, &user.target, &after);
    let key = user.account.key();
    let others =
        state.store.managed_by_others(&mut editor.write, &organisation, change.stops_managing(), key).await?;
    editor.principal.actor().may_assign(user.account.id, &change, &others)?;
    let warnings = warnings(state, editor, &change).await?;

    let diff = AssignmentDiff::between(held, &after);
    if diff.0.is_empty() {
        return Ok(Vec::new());
    }
    assign(state, editor, user, &diff, Action::RolesChanged).await?;
    let managed = editor.principal.scope.managed();
    let is_visible =
        Overview::of(&organisation.tree, managed, &after, &user.target.pending, editor.now).is_some();
    let keeps_account = finish_change(state, editor, &user.account).await?;
    if !is_visible || !keeps_account {
        // Taking away the last role removes the user, so it can be undone like a removal.
        let access = RemovedAccess { diff, grants: Vec::new() };
        let name = user.account.name.as_deref();
        let removed_by = editor.principal.account.key();
        let removal = NewRemoval { user: key, removed_by, name, access: &access, job: editor.job };
        state.store.insert_removal(&mut editor.write, removal).await?;
    }
    Ok(warnings)
}

/// Returns a warning for each environment that loses its last directly assigned manager.
async fn warnings(
    state: &AppState,
    editor: &mut Editor,
    change: &Change,
) -> Result<Vec<AccessWarning>, AppError> {
    let organisation = editor.principal.organisation.clone();
    let nodes = organisation.tree.nodes();
    let unmanaged: Vec<_> = change
        .stops_managing_directly()
        .filter(|&at| nodes[at].kind == NodeKind::Environment)
        .map(|at| nodes[at].id)
        .collect();
    if unmanaged.is_empty() {
        return Ok(Vec::new());
    }
    let manager_counts = state.store.own_managers(&mut editor.write, &organisation).await?;
    let was_last = |node: &NodeId| manager_counts.get(node).is_none_or(|&count| count <= 1);
    let warnings = unmanaged.into_iter().filter(was_last);
    Ok(warnings.map(|node_id| AccessWarning { code: WarningCode::NoOwnManager, node_id }).collect())
}

async fn change_pending_grants(
    state: &AppState,
    editor: &mut Editor,
    user: &EditedUser,
    requested: &RequestedRoles,
) -> Result<(), AppError> {
    let organisation = editor.principal.organisation.clone();
    let before =
        pending_assignments(&organisation.tree, editor.principal.scope.managed(), &user.target.pending);
    let mut after = with_requested(&before, requested);
    // A grant without roles is no invitation.
    after.retain(|_, roles| !roles.is_empty());
    editor.principal.actor().may_change(&Change::new(&organisation.tree, &before, &after))?;

    let key = user.account.key();
    let mut access = RemovedAccess::default();
    for &node in requested.keys().filter(|node| before.get(node) != after.get(node)) {
        let existing: Vec<&GrantRecord> =
            user.pending.iter().filter(|pending| pending.grant.node == node).collect();
        for pending in &existing {
            state.store.delete_pending_grant(&mut editor.write, &organisation, key, &pending.grant).await?;
            access.grants.push((*pending).clone());
        }
        let Some(&roles) = after.get(&node) else {
            let revoked = existing.iter().map(|pending| (&pending.grant, None));
            record_grants(editor, Action::InvitationRevoked, &user.account, revoked).await?;
            continue;
        };
        let pending = replacement_grant(editor, user, &existing, node, roles);
        state.store.put_pending_grant(&mut editor.write, &organisation, key, &pending).await?;
        record_grants(editor, Action::UserInvited, &user.account, [(&pending.grant, None)]).await?;
    }
    if after.is_empty() && !access.grants.is_empty() {
        let removed_by = editor.principal.account.key();
        let removal = NewRemoval { user: key, removed_by, name: None, access: &access, job: editor.job };
        state.store.insert_removal(&mut editor.write, removal).await?;
    }
    finish_change(state, editor, &user.account).await?;
    Ok(())
}

/// Returns the grant that replaces the existing grants of a node. It keeps their creation, because a link accepts
/// only grants that existed when it was created. So a mailed link keeps working, as long as its creator may
/// give the new roles too.
fn replacement_grant(
    editor: &Editor,
    user: &EditedUser,
    existing: &[&GrantRecord],
    node: NodeId,
    roles: RoleSet,
) -> GrantRecord {
    let elsewhere = || user.pending.iter().map(|pending| pending.grant.expires_at).max();
    let expires_at = existing.iter().map(|pending| pending.grant.expires_at).max().or_else(elsewhere);
    let default = editor.now + TimeDelta::days(DEFAULT_INVITATION_DAYS.into());
    let oldest = existing.iter().min_by_key(|pending| pending.origin);
    let created_at = oldest.map_or(editor.now, |pending| pending.created_at);
    let origin = oldest.and_then(|pending| pending.origin);
    let content = existing.first().map_or_else(InvitationContent::default, |pending| pending.content.clone());
    let granted_by = editor.principal.account.id;
    let expires_at = expires_at.unwrap_or(default);
    let mailing = existing.iter().map(|pending| pending.mailing).max_by_key(|mailing| mailing.number);
    // No mail is sent about a role at a further node, and no link accepts it yet. The reminder is about all roles that the
    // editor gave.
    let own = user.pending.iter().filter(|pending| pending.grant.granted_by == granted_by);
    let next_reminder = own.filter_map(|pending| pending.mailing.remind_at).min();
    let unmailed = || Mailing {
        number: None,
        remind_at: next_reminder.or_else(|| unmailed_reminder_at(editor.now, expires_at)),
    };
    GrantRecord {
        grant: PendingGrant { node, roles, granted_by, expires_at, until: None },
        created_at,
        origin,
        content,
        mailing: mailing.unwrap_or_else(unmailed),
    }
}

/// Returns the assignments with the requested changes applied.
fn with_requested(held: &Assignments, requested: &RequestedRoles) -> Assignments {
    let mut after = held.clone();
    for (&node, &roles) in requested {
        match roles {
            Some(roles) => after.insert(node, roles),
            None => after.remove(&node),
        };
    }
    after
}
