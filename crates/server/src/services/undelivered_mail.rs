//! Lists the mails that did not arrive.

use studio_users_contract::{MailKind, UndeliveredMail, UndeliveredMails, UserRef};

use super::AuthUser;
use crate::error::AppError;
use crate::mail::Mail;
use crate::state::AppState;
use crate::store::UndeliveredMailRecord;

const MAX_LISTED: usize = 200;

/// Returns the newest undelivered mails to the users whom an administrator manages.
///
/// # Errors
/// `NeedsAdministrator` for everyone else.
pub(crate) async fn list(state: &AppState, auth: &mut AuthUser) -> Result<UndeliveredMails, AppError> {
    let organisation = auth.organisation.clone();
    let (actor, tx) = auth.actor_and_tx();
    let scope = actor.may_list_undelivered_mail()?;
    let mut mails = state.store.undelivered_mails(tx, &organisation, &scope, MAX_LISTED + 1).await?;
    let more = mails.len() > MAX_LISTED;
    mails.truncate(MAX_LISTED);
    Ok(UndeliveredMails { items: mails.into_iter().map(describe).collect(), more })
}

fn describe(mail: UndeliveredMailRecord) -> UndeliveredMail {
    let UndeliveredMailRecord { id, kind, to, created_at, attempts, delivery } = mail;
    let name = to.name.unwrap_or_else(|| to.email.clone());
    UndeliveredMail {
        id,
        kind: kind_of(&kind),
        to: UserRef { id: to.id, name },
        email: to.email,
        created_at,
        attempts,
        delivery,
    }
}

fn kind_of(name: &str) -> MailKind {
    match name {
        "sign_in" => MailKind::SignIn,
        Mail::INVITATION => MailKind::Invitation,
        "reminder" => MailKind::Reminder,
        Mail::ACCESS => MailKind::AccessGiven,
        // Earlier versions sent a mail of its own about each user who joined.
        Mail::DIGEST | "joined" => MailKind::Digest,
        _ => MailKind::Unknown,
    }
}
