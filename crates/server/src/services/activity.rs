//! Records the last activity of sessions beside the requests, so that a read never waits for the writer.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::state::AppState;
use crate::store::UserKey;
use crate::token::TokenHash;

/// The time that a request waits for its activity to be recorded while no other change is running. So its response
/// already shows the activity.
const SHORT_WAIT: Duration = Duration::from_millis(500);

/// Records that a user is active now, and extends their session.
///
/// While another change is running, returns at once and records the activity after it. Drops it if the change takes too
/// long: the next request records the activity again.
pub(crate) async fn record(state: &AppState, user: UserKey, token: TokenHash) {
    let is_idle = state.store.is_writer_idle();
    let Some(writing) = state.store.queue_activity(user, token) else { return };
    let (done, is_done) = oneshot::channel();
    let state = state.clone();
    tokio::spawn(async move {
        if let Err(error) = state.store.write_activity(writing).await {
            tracing::warn!(%error, "the last activity of sessions could not be recorded");
        }
        // The request may have stopped waiting.
        let _ = done.send(());
    });
    if is_idle {
        // Without a result in time, the activity is still recorded.
        let _ = timeout(SHORT_WAIT, is_done).await;
    }
}
