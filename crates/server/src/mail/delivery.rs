//! Brings what waits in the outbox.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::Mail;
use super::texts::page_of;
use crate::app::App;
use crate::routes::sign_in::sign_in_url;
use crate::store;
use crate::token::Token;

/// How long it is waited where the store does not answer.
const STORE_PAUSE: Duration = Duration::from_secs(5);
/// How long the mail on its way may take once the server stops. What is not sent then, the next start sends.
const GRACE: Duration = Duration::from_secs(2);

/// The URL of an invitation. The token is the fragment, which browsers send to no server and put into no
/// `Referer`.
pub(crate) fn join_url(public_url: &str, token: &Token) -> String {
    format!("{public_url}/join#{}", token.secret())
}

/// Brings mail as it falls due, one at a time, until the server stops.
pub(crate) async fn deliver(app: App, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            biased;
            _ = stopping.wait_for(|&is_stopping| is_stopping) => return,
            () = wait_until_due(&app) => {}
        }
        // A task of its own, so that a mail at which the program panics does not keep the others.
        let mut bringing = tokio::spawn(bring_next(app.clone()));
        let failure = tokio::select! {
            brought = &mut bringing => match brought {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            },
            () = stopped_for(&mut stopping, GRACE) => return bringing.abort(),
        };
        tracing::error!(failure, "the outbox rests");
        tokio::select! {
            () = stopped_for(&mut stopping, Duration::ZERO) => return,
            () = sleep(STORE_PAUSE) => {}
        }
    }
}

async fn stopped_for(stopping: &mut watch::Receiver<bool>, time: Duration) {
    // Without a sender nobody is left to serve either.
    let _ = stopping.wait_for(|&is_stopping| is_stopping).await;
    sleep(time).await;
}

async fn wait_until_due(app: &App) {
    loop {
        let pause = match app.store.next_mail_at().await {
            Ok(Some(at)) => match (at - app.clock.now()).to_std() {
                Ok(pause) if !pause.is_zero() => pause,
                _ => return,
            },
            Ok(None) => Duration::MAX,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                STORE_PAUSE
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            () = app.store.mail_waits().notified() => {}
        }
    }
}

async fn bring_next(app: App) -> Result<(), store::Error> {
    let Some(next) = app.store.take_mail(app.clock.now()).await? else { return Ok(()) };
    let (number, kind) = (next.number, next.mail.kind());
    let url = match (&next.mail, &next.token) {
        (Mail::SignIn, Some(token)) => sign_in_url(&app.public_url, token),
        (Mail::Invitation { .. }, Some(token)) => join_url(&app.public_url, token),
        _ => app.public_url.clone(),
    };
    let name = next.to.name.as_deref();
    let page = page_of(&next.mail, next.language, name, &url);
    let sent = app.mailer.send(name, &next.to.email, &page, app.clock.now()).await;
    let now = app.clock.now();
    match sent {
        Ok(()) => app.store.note_mail_sent(number, now).await?,
        Err(error) if app.store.note_mail_failed(number, now).await? => {
            tracing::warn!(number, kind, %error, "a mail was not sent, and is tried again");
        }
        Err(error) => tracing::error!(number, kind, %error, "a mail was not sent for a day, and is given up"),
    }
    Ok(())
}
