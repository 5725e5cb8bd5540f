//! Marks invitations as expired when they are due, so that reading the list never writes.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use crate::state::AppState;

/// The pause after an error of the store.
const RETRY_PAUSE: Duration = Duration::from_secs(5);
/// The maximum pause: the system clock may be set meanwhile.
const MAX_PAUSE: Duration = Duration::from_mins(1);

/// Expires invitations until the server stops.
pub(crate) async fn expire_invitations(state: AppState, mut stopping: watch::Receiver<bool>) {
    loop {
        let pause = match expire_due(&state).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "invitations could not be marked as expired");
                RETRY_PAUSE
            }
        };
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
}
