//! Judges invitations and reminders when they leave: what their recipient can accept by the link in them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use studio_users_domain::{Access, NodeId, Notified, RoleSet, pending_assignments, with_grants};

use super::editor::{EditedUser, Principal};
use super::person;
use crate::error::AppError;
use crate::mail::{Mail, Reminder};
use crate::state::AppState;
use crate::store::{GrantRecord, MailClaim, Organisation, UserKey};

/// The grants that the recipient can accept by a link of the sender, as a mail describes them.
struct Offer {
    inviter: String,
    organisation: String,
    /// The names of the nodes and the roles at each.
    grants: Vec<(String, RoleSet)>,
    places: Vec<(NodeId, RoleSet)>,
    first_expiry: DateTime<Utc>,
    last_expiry: DateTime<Utc>,
    notifies: bool,
}

/// Updates an invitation or a reminder to what it offers now. Other mails stay as they are. Returns false if it offers nothing: the grants were accepted,
/// revoked, moved to another address or mailed again, have expired, or the sender may no longer give them.
pub(super) async fn update(state: &AppState, claim: &mut MailClaim) -> Result<bool, AppError> {
    match (claim.mail.mail.clone(), claim.mail.sender) {
        (Mail::Invitation { message, places, .. }, Some(sender)) => {
            let number = claim.mail.number;
            // Earlier versions stored neither the places of a mail nor the mail of a grant.
            let is_announced = |pending: &GrantRecord| {
                pending.mailing.number == Some(number)
                    || places.is_empty() && pending.mailing.number.is_none()
            };
            let Some(offer) = read(state, claim, sender, is_announced).await? else { return Ok(false) };
            claim.mail.mail = Mail::Invitation {
                inviter: offer.inviter,
                organisation: offer.organisation,
                grants: offer.grants,
                message,
                expires_at: offer.last_expiry,
                notifies: offer.notifies,
                // An earlier version has recorded the invitation already.
                places: if places.is_empty() { places } else { offer.places },
            };
        }
        (Mail::Reminder(_), Some(inviter)) => {
            let (user, organisation) = (claim.mail.to.key(), organisation(state, claim).await?);
            let undelivered = state.store.undelivered_grants(&mut claim.tx, &organisation, user).await?;
            let Some(account) = state.store.live_account(&mut claim.tx, inviter).await? else {
                return Ok(false);
            };
            let is_announced = |pending: &GrantRecord| {
                let grant = &pending.grant;
                grant.granted_by == account.id && !undelivered.iter().any(|failed| failed.node == grant.node)
            };
            let Some(offer) = read(state, claim, inviter, is_announced).await? else { return Ok(false) };
            claim.mail.mail = Mail::Reminder(Reminder {
                inviter: offer.inviter,
                organisation: offer.organisation,
                grants: offer.grants,
                expires_at: offer.first_expiry,
                notifies: offer.notifies,
            });
        }
        (Mail::Invitation { .. } | Mail::Reminder(_), None) => return Ok(false),
        _ => {}
    }
    Ok(true)
}

/// Returns the announced grants that a link of the sender accepts. `None` if there are none.
async fn read(
    state: &AppState,
    claim: &mut MailClaim,
    sender: UserKey,
    is_announced: impl Fn(&GrantRecord) -> bool,
) -> Result<Option<Offer>, AppError> {
    let organisation = organisation(state, claim).await?;
    let MailClaim { tx, mail } = claim;
    let now = tx.now();
    let Some(sender) = state.store.live_account(tx, sender).await? else { return Ok(None) };
    let sender = Principal::read(state, tx, organisation.clone(), sender).await?;
    let user = EditedUser::read(state, tx, &organisation, mail.to.clone()).await?;
    // The grants that nobody can accept are left out. A confirmed address is assumed, as the link of a mail confirms it.
    let pending = user.pending.iter().enumerate().filter(|(index, _)| !user.target.void.contains(index));
    let offered: Vec<_> = pending
        .map(|(_, pending)| pending)
        .filter(|pending| pending.grant.expires_at > now && sender.actor().link_accepts(&pending.grant))
        .filter(|pending| is_announced(pending))
        .map(|pending| &pending.grant)
        .collect();
    let expiries = || offered.iter().map(|grant| grant.expires_at);
    let (Some(first_expiry), Some(last_expiry)) = (expiries().min(), expiries().max()) else {
        return Ok(None);
    };
    let tree = &organisation.tree;
    let granted = pending_assignments(tree, sender.scope.managed(), offered);
    if granted.is_empty() {
        return Ok(None);
    }
    let after = Access::new(tree, &with_grants(tree, &user.target.held.assignments(), &granted));
    let named = granted.iter().filter_map(|(&node, &roles)| Some((tree.node(node)?.name.clone(), roles)));
    Ok(Some(Offer {
        inviter: person(&sender.account, true).name,
        organisation: tree.nodes()[0].name.clone(),
        grants: named.collect(),
        first_expiry,
        last_expiry,
        notifies: Notified::at_any(tree, &after, granted.keys().copied()),
        places: granted.into_iter().collect(),
    }))
}

async fn organisation(state: &AppState, claim: &mut MailClaim) -> Result<Arc<Organisation>, AppError> {
    state.store.organisation(&mut claim.tx).await?.ok_or_else(AppError::no_organisation)
}
