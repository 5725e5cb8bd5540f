//! Delivers the mails of the outbox.

use super::digest;
use super::lease::while_leased;
use crate::failure::Failure;
use crate::links::{join_url, sign_in_url, unsubscribe_url};
use crate::mail::{Mail, compose_digest, compose_mail};
use crate::state::AppState;
use crate::store::RunnerId;

/// Sends the next due mail. An error concerns all mails: the store or the mail folder has failed.
pub(super) async fn send_next(state: &AppState, runner: RunnerId) -> Result<(), Failure> {
    let Some(mut next) = state.store.claim_mail(runner).await? else { return Ok(()) };
    if let Mail::NewUsers { people } = &mut next.mail {
        let visible = digest::visible_users(state, &next.to, people).await;
        *people = visible.map_err(|error| format!("a digest could not be prepared: {:?}", error.code()))?;
        if people.is_empty() {
            return Ok(state.store.discard_mail(next.number).await?);
        }
    }
    let (number, kind) = (next.number, next.mail.kind());
    let url = match (&next.mail, &next.token) {
        (Mail::SignIn, Some(token)) => sign_in_url(&state.public_url, token),
        (Mail::Invitation { .. }, Some(token)) => join_url(&state.public_url, token),
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
    match sent {
        Ok(()) => state.store.mark_mail_sent(number).await?,
        Err(error) if error.is_local() => {
            state.store.postpone_mail(number).await?;
            return Err(error.into());
        }
        Err(error) if error.is_permanent() => {
            tracing::error!(number, kind, %error, "a mail cannot be sent to its address and was discarded");
            // Revokes the link first.
            state.store.mark_mail_failed(number).await?;
            state.store.discard_mail(number).await?;
        }
        Err(error) if state.store.mark_mail_failed(number).await? => {
            tracing::warn!(number, kind, %error, "a mail could not be sent and will be retried");
        }
        Err(error) => {
            tracing::error!(number, kind, %error, "a mail could not be sent for a day and was discarded");
        }
    }
    Ok(())
}
