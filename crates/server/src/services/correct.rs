//! Corrects the address of an invited user, by revoking the invitation and inviting the right address.

use std::collections::BTreeSet;

use studio_users_contract::{Action, Grant, NewInvitation};
use studio_users_domain::{AddressError, EmailAddress, UserId};

use super::invite::{Outcome, invite_one};
use super::{finish_change, record_grants};
use crate::error::AppError;
use crate::services::editor::{EditedUser, Editor};
use crate::state::AppState;
use crate::store::{GrantRecord, InvitationContent, revoke_other_links};
use crate::text;

/// Moves the grants that the editor may revoke and give to another address, and mails the invitation to it. The editor
/// becomes their granter. Other grants stay with the old address.
///
/// The new address is treated like every invited address: an existing user who has joined gets the roles at once.
///
/// # Errors
/// `InvalidField` for an invalid address or the same one, the denials of `Actor::may_correct`, and the limits of mails.
pub(crate) async fn correct(
    state: &AppState,
    editor: &mut Editor,
    user: UserId,
    address: Result<EmailAddress, AddressError>,
) -> Result<UserId, AppError> {
    let user = editor.load_user(state, user).await?;
    let address = address.map_err(|error| AppError::InvalidField("email", error.to_string()))?;
    let email = &address.to_string();
    if address.key() == text::email_norm(&user.account.email) {
        return Err(AppError::InvalidField("email", "must be another address".into()));
    }
    let organisation = editor.principal.organisation.clone();
    let receiver = match state.store.account_by_email(&mut editor.write, email).await? {
        Some(account) => {
            EditedUser::read(state, &mut editor.write, &organisation, account).await?.target.pending
        }
        None => Vec::new(),
    };
    let correction = editor.principal.actor().may_correct(&user.target, &receiver)?;
    let (mut moved, mut kept) = (Vec::new(), Vec::new());
    for (index, pending) in user.pending.iter().enumerate() {
        if correction.moved.contains(&index) { moved.push(pending) } else { kept.push(pending) }
    }
    revoke(state, editor, &user, &moved, &kept).await?;

    let grants = correction.grants.iter().map(|(&node_id, &roles)| Grant { node_id, roles });
    let InvitationContent { message, locale } =
        moved.last().map(|pending| pending.content.clone()).unwrap_or_default();
    let new = NewInvitation {
        emails: vec![email.to_owned()],
        grants: grants.collect(),
        message,
        locale,
        expires_in_days: None,
    };
    match invite_one(state, editor, &new, &correction.grants, email).await? {
        Outcome::Invited | Outcome::Updated => {}
        Outcome::Invalid(error) => return Err(AppError::InvalidField("email", error.to_string())),
        // The error rolls back the whole request.
        Outcome::Limited(limit) => return Err(limit.into()),
    }
    let account = state.store.account_by_email(&mut editor.write, email).await?;
    Ok(account.ok_or_else(|| AppError::missing("the account of the corrected address"))?.id)
}

/// Revokes the moved grants, and the links of everyone who granted none of the others.
async fn revoke(
    state: &AppState,
    editor: &mut Editor,
    user: &EditedUser,
    moved: &[&GrantRecord],
    kept: &[&GrantRecord],
) -> Result<(), AppError> {
    let (organisation, key) = (editor.principal.organisation.clone(), user.account.key());
    for pending in moved {
        state.store.delete_pending_grant(&mut editor.write, &organisation, key, &pending.grant).await?;
    }
    let granters: BTreeSet<UserId> = kept.iter().map(|pending| pending.grant.granted_by).collect();
    revoke_other_links(&mut editor.write, key, &granters).await?;
    let grants = moved.iter().map(|pending| (&pending.grant, None));
    record_grants(editor, Action::InvitationCorrected, &user.account, grants).await?;
    finish_change(state, editor, &user.account).await?;
    Ok(())
}
