//! Delivers the mails of the outbox.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::backoff::Backoff;
use super::digest;
use crate::failure::Failure;
use crate::links::{join_url, sign_in_url};
use crate::mail::{Mail, compose_mail};
use crate::state::AppState;

/// The maximum pause: the system clock may be set meanwhile.
const MAX_PAUSE: Duration = Duration::from_mins(1);
/// The time that a mail in flight gets when the server stops. An unsent mail is sent after the next start.
const GRACE: Duration = Duration::from_secs(2);

/// Delivers mails when they are due, one at a time, until the server stops.
pub(crate) async fn deliver_mail(state: AppState, mut stopping: watch::Receiver<bool>) {
    let mut backoff = Backoff::default();
    loop {
        tokio::select! {
            biased;
            _ = stopping.wait_for(|&is_stopping| is_stopping) => return,
            () = wait_until_due(&state, &mut backoff) => {}
        }
        // A separate task, so that a panic while sending one mail does not stop the delivery of others.
        let mut sending = tokio::spawn(send_next(state.clone()));
        let failure = tokio::select! {
            result = &mut sending => match result {
                Ok(Ok(())) => {
                    backoff.succeed();
                    continue;
                }
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            },
            () = wait_after_stop(&mut stopping, GRACE) => return sending.abort(),
        };
        let pause = backoff.fail();
        tracing::error!(failure, ?pause, "delivery of mails failed and is paused");
        tokio::select! {
            () = wait_after_stop(&mut stopping, Duration::ZERO) => return,
            () = sleep(pause) => {}
        }
    }
}

async fn wait_after_stop(stopping: &mut watch::Receiver<bool>, time: Duration) {
    // An error means that the sender was dropped, so the server has stopped as well.
    let _ = stopping.wait_for(|&is_stopping| is_stopping).await;
    sleep(time).await;
}

async fn wait_until_due(state: &AppState, backoff: &mut Backoff) {
    loop {
        let pause = match state.store.next_mail_at(state.clock.now()).await {
            Ok(Some(at)) => match (at - state.clock.now()).to_std() {
                Ok(pause) if !pause.is_zero() => pause.min(MAX_PAUSE),
                _ => return,
            },
            Ok(None) => Duration::MAX,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be read");
                backoff.fail()
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            () = state.store.mail_queued().notified() => {}
        }
    }
}

/// Sends the next due mail. An error concerns all mails: the store or the mail folder has failed.
async fn send_next(state: AppState) -> Result<(), Failure> {
    let Some(mut next) = state.store.claim_mail().await? else { return Ok(()) };
    if let Mail::NewUsers { people } = &mut next.mail {
        let visible = digest::visible_users(&state, &next.to, people).await;
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
    let page = compose_mail(&next.mail, next.language, &url);
    let sent = state.mailer.send(name, &next.to.email, &page, state.clock.now()).await;
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
