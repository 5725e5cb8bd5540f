//! Records in the audit log when sessions start and end.

use chrono::{DateTime, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson, SessionUser};

use crate::audit::Entry;
use crate::state::AppState;
use crate::store::{Error, Write};
use crate::token::TokenHash;

/// Records that a user signed in.
pub(crate) async fn record_start(
    tx: &mut Write,
    user: &SessionUser,
    device: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let person = AuditPerson { id: user.id, name: user.name.clone().unwrap_or_else(|| user.email.clone()) };
    let details = AuditDetails { device, ..AuditDetails::default() };
    tx.record(&Entry::of(Action::SessionStarted, now).by(person).with(details)).await
}

/// Records that the user of a session signs out. Does nothing if the session is unknown or has ended.
pub(crate) async fn record_sign_out(state: &AppState, tx: &mut Write, token: TokenHash) -> Result<(), Error> {
    let now = state.clock.now();
    let Some(session) = state.store.active_session(tx, token, now).await? else { return Ok(()) };
    tx.record_session_end((&session.account).into(), AuditDetails::default(), now).await
}
