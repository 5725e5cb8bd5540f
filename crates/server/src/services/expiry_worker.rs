//! Marks invitations as expired when they are due, so that reading the list never writes.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::backoff::Backoff;
use crate::failure::Failure;
use crate::state::AppState;

/// The maximum pause: the system clock may be set meanwhile.
const MAX_PAUSE: Duration = Duration::from_mins(1);

/// Expires invitations until the server stops. Also writes the head of the audit log again, if that failed before.
pub(crate) async fn expire_invitations(state: AppState, mut stopping: watch::Receiver<bool>) {
    let mut backoff = Backoff::default();
    loop {
        // A separate task, so that a panic does not stop the worker.
        let running = state.clone();
        let result = tokio::spawn(async move { expire_due(&running).await.map_err(Failure::from) }).await;
        let pause = match result.unwrap_or_else(|error| Err(error.into())) {
            Ok(pause) => {
                backoff.succeed();
                pause
            }
            Err(error) => {
                tracing::error!(error, "invitations could not be marked as expired");
                backoff.fail()
            }
        };
        state.store.retry_audit_head().await;
        tokio::select! {
            biased;
            _ = stopping.wait_for(|&is_stopping| is_stopping) => return,
            () = state.store.expiry_changed().notified() => {}
            () = sleep(pause) => {}
        }
    }
}

/// Expires due invitations, and returns the pause until the next one is due.
pub(super) async fn expire_due(state: &AppState) -> Result<Duration, crate::store::Error> {
    let now = state.clock.now();
    if state.store.has_wrongly_expired(now).await? {
        state.store.expire_due_invitations().await?;
    }
    let Some(next) = state.store.next_expiry().await? else { return Ok(MAX_PAUSE) };
    if next <= now {
        state.store.expire_due_invitations().await?;
        return Ok(Duration::ZERO);
    }
    Ok((next - now).to_std().unwrap_or_default().min(MAX_PAUSE))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use chrono::TimeDelta;
    use serde_json::Value;
    use studio_users_contract::path;
    use studio_users_domain::Role;

    use super::*;
    use crate::testing::{AGENCY, BANK, TestApp};

    #[tokio::test]
    async fn expires_a_due_invitation_and_waits_for_the_next() {
        let app = TestApp::new().await;
        assert_eq!(expire_due(&app.state).await.unwrap(), MAX_PAUSE);
        let maud = app.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
        let lars = app.invitee("lars@studio.example").await;
        app.invite(lars, BANK, Role::Agent, maud).await;
        let by = app.session(maud).await;
        let expired = async || {
            let url = format!("{}?status=expired", path::USERS);
            let page: Value = app.request(&by, None, Method::GET, &url).await.json();
            page["items"].as_array().map(Vec::len)
        };
        assert_eq!(expire_due(&app.state).await.unwrap(), MAX_PAUSE, "it checks again after a minute");

        app.advance_clock(TimeDelta::days(14) - TimeDelta::milliseconds(500));
        assert_eq!(expire_due(&app.state).await.unwrap(), Duration::from_millis(500));
        assert_eq!(expired().await, Some(0));
        app.advance_clock(TimeDelta::milliseconds(500));
        assert_eq!(expired().await, Some(0), "reading the list expires nothing");
        assert_eq!(expire_due(&app.state).await.unwrap(), Duration::ZERO);
        assert_eq!(expired().await, Some(1));
    }

    #[tokio::test]
    async fn a_new_invitation_wakes_the_worker() {
        let app = TestApp::new().await;
        let maud = app.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
        // Takes the notification of the line above.
        app.state.store.expiry_changed().notified().await;
        let lars = app.invitee("lars@studio.example").await;
        app.invite(lars, BANK, Role::Agent, maud).await;
        app.state.store.expiry_changed().notified().await;
    }

    #[tokio::test]
    async fn the_worker_goes_on_after_the_storage_has_failed() {
        let app = TestApp::new().await;
        let maud = app.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
        let lars = app.invitee("lars@studio.example").await;
        app.invite(lars, BANK, Role::Agent, maud).await;
        let (stop, stopping) = watch::channel(false);
        app.execute(
            "CREATE TRIGGER f BEFORE UPDATE ON directory BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END",
        )
        .await;
        app.advance_clock(TimeDelta::days(14));
        let worker = tokio::spawn(expire_invitations(app.state.clone(), stopping));
        for _ in 0..3 {
            assert!(expire_due(&app.state).await.is_err());
        }
        app.execute("DROP TRIGGER f").await;
        let expired = async {
            while app.state.store.next_expiry().await.unwrap().is_some() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), expired).await.unwrap();
        stop.send_replace(true);
        worker.await.unwrap();
    }
}
