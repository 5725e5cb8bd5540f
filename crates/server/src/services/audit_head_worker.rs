//! Writes the head of the audit log again, if that failed after a change.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::state::AppState;

const PAUSE: Duration = Duration::from_mins(1);

/// Retries every minute until the server stops. It is no job, because it must work while the database is read-only.
pub(crate) async fn retry_audit_head(state: AppState, mut stopping: watch::Receiver<bool>) {
    loop {
        state.store.retry_audit_head().await;
        if timeout(PAUSE, stopping.wait_for(|&is_stopping| is_stopping)).await.is_ok() {
            return;
        }
    }
}
