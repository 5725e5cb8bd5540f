//! Delivers the mails of the outbox.

use studio_users_contract::Code;

use super::lease::while_leased;
use super::{digest, offer};
use crate::error::AppError;
use crate::failure::Failure;
use crate::links::{join_url, sign_in_url, unsubscribe_url};
use crate::mail::{Mail, compose_digest, compose_mail};
use crate::metrics::MailResult;
use crate::state::AppState;
use crate::store::{ClaimedMail, JobKind, RunnerId};

/// Sends the next due mail. An error concerns all mails: the store or the mail folder has failed, or the mail server as a
/// whole.
pub(super) async fn send_next(state: &AppState, runner: RunnerId) -> Result<(), Failure> {
    let Some(mut next) = claim_next(state, runner).await? else { return Ok(()) };
    let number = next.number;
    let completing = while_leased(state, next.lease, complete(state, &mut next));
    if !completing.await.map_err(|error| unprepared(&error))? {
        return Ok(state.store.discard_mail(number).await?);
    }
    deliver(state, next).await?;
    // While more mails are due, they share a connection.
    let now = state.clock.now();
    if state.store.next_job_at(JobKind::Mail, now).await?.is_none_or(|at| at > now) {
        state.mailer.release().await;
    }
    Ok(())
}

/// Claims the next due mail. An invitation or a reminder is judged in the same transaction, before its link is created: a
/// new link would end the earlier one. Returns `None` if no mail is due, or if the mail was cancelled.
pub(super) async fn claim_next(state: &AppState, runner: RunnerId) -> Result<Option<ClaimedMail>, Failure> {
    let Some(mut claim) = state.store.claim_mail(runner).await? else { return Ok(None) };
    match offer::update(state, &mut claim).await {
        Ok(true) => Ok(Some(claim.accept().await?)),
        Ok(false) => {
            tracing::info!(number = claim.mail.number, kind = claim.mail.mail.kind(), "a mail was cancelled");
            state.store.cancel_mail(claim).await?;
            Ok(None)
        }
        Err(error) => {
            // The database may have ended the transaction. The mail stays due.
            if error.code() != Code::Unavailable {
                claim.release().await?;
            }
            Err(unprepared(&error))
        }
    }
}

fn unprepared(error: &AppError) -> Failure {
    format!("a mail could not be prepared: {:?}", error.code()).into()
}

/// Adds what a notice says only at the moment when it is sent. Returns false for one that has nothing left to say.
async fn complete(state: &AppState, next: &mut ClaimedMail) -> Result<bool, AppError> {
    match &mut next.mail {
        Mail::Digest(content) => {
            *content = digest::visible_digest(state, &next.to, content).await?;
            Ok(content.len() > 0)
        }
        Mail::Access(notice) => {
            *notice = digest::current_access(state, &next.to, notice).await?;
            Ok(!notice.given.is_empty())
        }
        Mail::SignIn
        | Mail::Invitation { .. }
        | Mail::Reminder(_)
        | Mail::AccessGiven { .. }
        | Mail::Joined { .. } => Ok(true),
    }
}

async fn deliver(state: &AppState, next: ClaimedMail) -> Result<(), Failure> {
    let (number, kind) = (next.number, next.mail.kind());
    let url = match (&next.mail, &next.token) {
        (Mail::SignIn, Some(token)) => sign_in_url(&state.public_url, token),
        (Mail::Invitation { .. } | Mail::Reminder(_), Some(token)) => join_url(&state.public_url, token),
        _ => format!("{}/", state.public_url),
    };
    let name = next.to.name.as_deref();
    let page = match &next.unsubscribe {
        Some(token) => {
            let unsubscribe = unsubscribe_url(&state.public_url, token);
            compose_digest(&next.mail, next.language, &url, unsubscribe)
        }
        None => compose_mail(&next.mail, next.language, &url),
    };
    let sending = state.mailer.send(name, &next.to.email, &page, state.clock.now());
    let sent = while_leased(state, next.lease, sending).await;
    let metrics = state.store.metrics();
    match sent {
        Ok(()) => {
            metrics.count_mail(MailResult::Sent);
            state.store.mark_mail_sent(number).await?;
        }
        Err(error) if error.is_local() => {
            state.store.postpone_mail(number).await?;
            return Err(error.into());
        }
        Err(error) if error.is_permanent() => {
            tracing::error!(number, kind, %error, "a mail was refused for good");
            metrics.count_mail(MailResult::Refused);
            state.store.mark_mail_refused(number, error.reply()).await?;
        }
        Err(error) => {
            if state.store.mark_mail_failed(number, error.reply()).await? {
                tracing::warn!(number, kind, %error, "a mail could not be sent and will be retried");
                metrics.count_mail(MailResult::Retried);
            } else {
                tracing::error!(number, kind, %error, "a mail could not be sent for a day and was given up");
                metrics.count_mail(MailResult::GivenUp);
            }
            // The lane pauses: other mails would fail in the same way.
            if error.is_server_fault() {
                return Err(error.into());
            }
        }
    }
    Ok(())
}
