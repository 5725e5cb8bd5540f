//! Starts and ends sessions, and records both in the audit log.

use studio_users_contract::{ADDRESS_VERIFIED, Action, AuditDetails};
use uuid::Uuid;

use super::impersonation;
use crate::audit::Entry;
use crate::error::AppError;
use crate::mail::Mail;
use crate::state::AppState;
use crate::store::{Account, Error, NewMail, UserKey, Write};
use crate::token::{Token, TokenHash};

/// Queues the mail with a sign-in link, unless one waits already.
pub(crate) async fn queue_sign_in_link(write: &mut Write, user: UserKey) -> Result<(), Error> {
    let new = NewMail { to: user, by: None, language: None, mail: Mail::SignIn };
    // Sign-in links have no limit that refuses one.
    write.queue_mail(&new).await.map(|_| ())
}

/// Uses up a sign-in link and returns its user. A mailed link also verifies the user's email address.
///
/// # Errors
/// `LinkInvalid` if the link is unknown, used or expired.
pub(crate) async fn use_sign_in_link(
    state: &AppState,
    write: &mut Write,
    secret: &str,
) -> Result<UserKey, AppError> {
    let link = state.store.use_sign_in_link(write, secret).await?.ok_or(AppError::LinkInvalid)?;
    if link.is_mailed {
        verify_email(state, write, link.user).await?;
    }
    Ok(link.user)
}

/// Marks the email address of a user as verified by a mailed link.
///
/// If it was not verified before, all sessions of the user end, and the audit log records that. Someone else may
/// have started them with the copied link.
pub(crate) async fn verify_email(state: &AppState, write: &mut Write, user: UserKey) -> Result<(), Error> {
    let devices = state.store.verify_email(write, user).await?;
    let Some(account) = state.store.account(write, user).await? else { return Ok(()) };
    for device in devices {
        let reason = Some(ADDRESS_VERIFIED.into());
        let details = AuditDetails { device: Some(device), reason, ..AuditDetails::default() };
        record_end(write, &account, details).await?;
    }
    Ok(())
}

/// Starts a session of a user who has just signed in or joined. Above the maximum number of sessions, the oldest end.
pub(crate) async fn start(
    state: &AppState,
    write: &mut Write,
    user: UserKey,
    device: String,
) -> Result<Token, AppError> {
    let account = state.store.live_account(write, user).await?.ok_or(AppError::LinkInvalid)?;
    let (token, ended) = state.store.start_session(write, user, &device).await?;
    if !ended.is_empty() {
        for device in ended {
            record_end(write, &account, AuditDetails { device: Some(device), ..AuditDetails::default() })
                .await?;
        }
        impersonation::sweep(state, write).await?;
    }
    let details = AuditDetails { device: Some(device), ..AuditDetails::default() };
    let entry = Entry::of(Action::SessionStarted, write.now()).by((&account).into());
    write.record(&entry.with(details)).await?;
    Ok(token)
}

/// Ends the session with this token and its impersonations. Does nothing if there is no such session.
pub(crate) async fn end(state: &AppState, write: &mut Write, token: TokenHash) -> Result<(), Error> {
    let now = write.now();
    if let Some(session) = state.store.active_session(write, token, now).await? {
        record_end(write, &session.account, AuditDetails::default()).await?;
    }
    state.store.end_session(write, token).await?;
    impersonation::sweep(state, write).await
}

/// Ends a session of this user by its id, and its impersonations.
///
/// # Errors
/// `NotFound` if the user has no such session.
pub(crate) async fn end_by_id(
    state: &AppState,
    write: &mut Write,
    account: &Account,
    session: Uuid,
) -> Result<(), AppError> {
    let device = state.store.end_session_of(write, account.key(), session).await?;
    let device = Some(device.ok_or(AppError::NotFound)?);
    record_end(write, account, AuditDetails { device, ..AuditDetails::default() }).await?;
    Ok(impersonation::sweep(state, write).await?)
}

async fn record_end(write: &mut Write, account: &Account, details: AuditDetails) -> Result<(), Error> {
    write.record(&Entry::of(Action::SessionEnded, write.now()).by(account.into()).with(details)).await
}
