//! Queues the mails with requested sign-in links, also while the store fails for a time.

use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::sleep;

use super::backoff::Backoff;
use super::sessions::queue_sign_in_link;
use crate::failure::Failure;
use crate::state::AppState;

/// The requests that wait while the store fails. Above the maximum, a request is dropped.
static WAITING: Semaphore = Semaphore::const_new(1_000);
/// The time for which a request is retried. Users have asked again by then.
const RETRY_PERIOD: Duration = Duration::from_mins(15);

/// Queues the mail with a sign-in link, if the account exists. While the store fails, for example because the disk is
/// full, tries again for 15 minutes.
pub(crate) async fn queue_with_retries(state: AppState, email: String) {
    let Err(error) = queue(&state, &email).await else { return };
    tracing::error!(error, "a sign-in link could not be queued");
    let Ok(_permit) = WAITING.try_acquire() else { return };
    let mut backoff = Backoff::default();
    let give_up_at = state.clock.elapsed() + RETRY_PERIOD;
    while state.clock.elapsed() < give_up_at {
        sleep(backoff.fail()).await;
        match queue(&state, &email).await {
            Ok(()) => return,
            // The first failure was logged. Up to 1,000 requests wait, so a line for each retry would flood the log.
            Err(error) => tracing::debug!(error, "a sign-in link could still not be queued"),
        }
    }
}

async fn queue(state: &AppState, email: &str) -> Result<(), Failure> {
    let mut tx = state.store.read().await?;
    let account = state.store.account_by_email(&mut tx, email).await?;
    drop(tx);
    let Some(account) = account.filter(|account| account.joined_at.is_some()) else { return Ok(()) };
    let mut write = state.store.write().await?;
    queue_sign_in_link(&mut write, account.key()).await?;
    Ok(write.commit().await?)
}
