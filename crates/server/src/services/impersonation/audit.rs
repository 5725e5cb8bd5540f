//! Audit log entries of impersonations. Each entry is written once for every node that was a topmost node at the
//! start.

use studio_users_contract::{Action, AuditDetails, AuditPerson, ViewEnd};

use crate::audit::Entry;
use crate::state::AppState;
use crate::store::{Error, StoredView, Write};

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

/// Records that a write was refused during an impersonation.
pub(super) async fn record_refusal(
    state: &AppState,
    stored: &StoredView,
    operation: String,
) -> Result<(), Error> {
    let details = AuditDetails { operation: Some(operation), ..AuditDetails::default() };
    let mut write = state.store.write().await?;
    record(state, &mut write, stored, Action::ViewRefused, &details).await?;
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
