//! Deletes outdated data when the server starts, and then every day.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::impersonation;
use crate::state::AppState;
use crate::store;

/// The time between two runs.
const INTERVAL: Duration = Duration::from_hours(24);

/// Deletes outdated data until the server stops.
pub(crate) async fn delete_outdated(state: AppState, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            biased;
            _ = stopping.wait_for(|&is_stopping| is_stopping) => return,
            result = run(&state) => if let Err(error) = result {
                tracing::error!(%error, "outdated data could not be deleted");
            }
        }
        tokio::select! {
            biased;
            _ = stopping.wait_for(|&is_stopping| is_stopping) => return,
            () = sleep(INTERVAL) => {}
        }
    }
}

/// Deletes outdated data once. Records the end of overdue impersonations before, so that it is not lost.
pub(super) async fn run(state: &AppState) -> Result<(), store::Error> {
    let mut write = state.store.write().await?;
    impersonation::sweep(state, &mut write).await?;
    write.commit().await?;
    state.store.delete_outdated().await
}
