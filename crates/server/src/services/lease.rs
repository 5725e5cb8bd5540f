//! Renews the lease of a job while work goes on.

use std::time::Duration;

use tokio::time::sleep;

use crate::state::AppState;
use crate::store::Lease;

/// The time between two renewals. A lease lasts three times as long.
const RENEWAL: Duration = Duration::from_secs(10);

/// Does work that takes long, and renews the lease of its job meanwhile. So no other process takes the job over.
pub(super) async fn while_leased<T>(state: &AppState, lease: Lease, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            result = &mut work => return result,
            () = sleep(RENEWAL) => {}
        }
        match state.store.renew_lease(lease).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(?lease, "another process has taken a job over"),
            Err(error) => tracing::warn!(%error, ?lease, "a lease could not be renewed"),
        }
    }
}
