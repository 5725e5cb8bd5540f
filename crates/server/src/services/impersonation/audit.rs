//! Audit log entries of impersonations. Each entry is written once for every node that was a topmost node at the
//! start.

use studio_users_contract::{Action, AuditDetails, AuditPerson, ViewEnd};

use crate::audit::Entry;
use crate::state::AppState;
use crate::store::{Error, StoredView, Write};

/// The number of refused changes of one operation in one impersonation that have audit log entries of their own. Further
/// ones are counted in one entry at the end.
const RECORDED_REFUSALS: u32 = 5;

/// Ends impersonations that have expired or whose session has ended. No timer does this: it runs when an impersonation
/// starts and when a session ends.
pub(crate) async fn sweep(state: &AppState, write: &mut Write) -> Result<(), Error> {
    for stored in state.store.overdue_views(write).await? {
        if let Some(end_reason) = stored.end_reason(write.now()) {
            end(state, write, &stored, end_reason).await?;
        }
    }
    Ok(())
}

/// Ends an impersonation, unless another request has ended it meanwhile.
pub(super) async fn end(
    state: &AppState,
    write: &mut Write,
    stored: &StoredView,
    end_reason: ViewEnd,
) -> Result<(), Error> {
    // The clock may have been set back since the start.
    let ended_at = write.now().min(stored.expires_at).max(stored.started_at);
    if !state.store.end_view(write, stored.id, end_reason, ended_at).await? {
        return Ok(());
    }
    for (operation, count) in state.store.further_refusals(write, stored.id, RECORDED_REFUSALS).await? {
        let details =
            AuditDetails { operation: Some(operation), count: Some(count), ..AuditDetails::default() };
        record(state, write, stored, Action::ViewRefused, &details).await?;
    }
    let details = AuditDetails {
        reason: Some(end_reason.wire_name().into()),
        seconds: u32::try_from((ended_at - stored.started_at).num_seconds()).ok(),
        ..AuditDetails::default()
    };
    record(state, write, stored, Action::ViewEnded, &details).await
}

/// Records the start of an impersonation with the reason that the manager gave.
pub(super) async fn record_start(
    state: &AppState,
    write: &mut Write,
    stored: &StoredView,
    reason: String,
) -> Result<(), Error> {
    let details = AuditDetails { reason: Some(reason), ..AuditDetails::default() };
    record(state, write, stored, Action::ViewStarted, &details).await
}

/// Records that a write was refused during an impersonation. Above [`RECORDED_REFUSALS`] of one operation, only counts it.
pub(super) async fn record_refusal(
    state: &AppState,
    stored: &StoredView,
    operation: String,
) -> Result<(), Error> {
    let mut write = state.store.write().await?;
    if state.store.count_refusal(&mut write, stored.id, &operation).await? <= RECORDED_REFUSALS {
        let details = AuditDetails { operation: Some(operation), ..AuditDetails::default() };
        record(state, &mut write, stored, Action::ViewRefused, &details).await?;
    }
    write.commit().await
}

async fn record(
    state: &AppState,
    write: &mut Write,
    stored: &StoredView,
    action: Action,
    details: &AuditDetails,
) -> Result<(), Error> {
    let now = write.now();
    let missing_account = || Error::InvalidData("the account of a view is missing".into());
    let actor = state.store.account(write, stored.actor).await?.ok_or_else(missing_account)?;
    let user = state.store.account(write, stored.user).await?.ok_or_else(missing_account)?.id;
    let roots = state.store.view_roots(write, stored.id).await?;
    let entries = roots.into_iter().map(|root| {
        let entry = Entry::of(action, now)
            .by((&actor).into())
            .to(AuditPerson { id: user, name: root.user_name })
            .with(details.clone());
        Entry { node: Some(root.node), view: Some(stored.id), ..entry }
    });
    write.record_all(&entries.collect::<Vec<_>>()).await
}
