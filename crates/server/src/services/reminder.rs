//! Decides whether a reminder of an invitation still makes sense when it leaves, and fills it.

use studio_users_domain::{Access, Notified, pending_assignments, with_grants};

use super::editor::{EditedUser, Principal};
use super::person;
use crate::error::AppError;
use crate::mail::Reminder;
use crate::state::AppState;
use crate::store::{Account, UserKey};

/// Returns the content of a reminder of the grants that `inviter` gave. `None` if the user can accept none of them: they
/// were accepted or revoked, have expired, or the inviter was removed or may no longer give them.
pub(super) async fn fill(
    state: &AppState,
    user: &Account,
    inviter: UserKey,
) -> Result<Option<Reminder>, AppError> {
    let mut tx = state.store.read().await?;
    let organisation = state.store.organisation(&mut tx).await?.ok_or_else(AppError::no_organisation)?;
    let now = state.clock.now();
    let Some(inviter) = state.store.live_account(&mut tx, inviter).await? else { return Ok(None) };
    let undelivered = state.store.undelivered_grants(&mut tx, &organisation, user.key()).await?;
    let user = EditedUser::read(state, &mut tx, &organisation, user.clone()).await?;
    // `acceptable` leaves out what nobody can accept. It assumes a confirmed address, as the link of a mail confirms it.
    let offered: Vec<_> = user
        .target
        .acceptable()
        .filter(|grant| grant.granted_by == inviter.id && grant.expires_at > now)
        .filter(|grant| !undelivered.iter().any(|failed| failed.node == grant.node))
        .collect();
    let Some(expires_at) = offered.iter().map(|grant| grant.expires_at).min() else { return Ok(None) };
    let principal = Principal::read(state, &mut tx, organisation.clone(), inviter).await?;
    let tree = &organisation.tree;
    let granted = pending_assignments(tree, principal.scope.managed(), offered);
    if granted.is_empty() {
        return Ok(None);
    }
    let after = Access::new(tree, &with_grants(tree, &user.target.held.assignments(), &granted));
    let named = granted.iter().filter_map(|(&node, &roles)| Some((tree.node(node)?.name.clone(), roles)));
    Ok(Some(Reminder {
        inviter: person(&principal.account, true).name,
        organisation: tree.nodes()[0].name.clone(),
        grants: named.collect(),
        expires_at,
        notifies: Notified::at_any(tree, &after, granted.keys().copied()),
    }))
}
