use chrono::{DateTime, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson, SessionUser};

use super::Entry;
use crate::app::App;
use crate::store::{Account, Error, Write};
use crate::token::TokenHash;

/// Records that somebody signed in.
pub(crate) async fn session_started(
    tx: &mut Write,
    user: &SessionUser,
    device: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let person = AuditPerson { id: user.id, name: user.name.clone().unwrap_or_else(|| user.email.clone()) };
    let details = AuditDetails { device, ..AuditDetails::default() };
    tx.record(&Entry::of(Action::SessionStarted, now).by(person).with(details)).await
}

/// Records that somebody signs out, if the session that they name is one.
pub(crate) async fn session_ended(app: &App, tx: &mut Write, token: TokenHash) -> Result<(), Error> {
    let now = app.clock.now();
    let Some(visitor) = app.store.visitor(tx, token, now).await? else { return Ok(()) };
    record_session_end(tx, &visitor.account, AuditDetails::default(), now).await
}

/// Records that a session of somebody ended, and what else there is to say of that.
pub(crate) async fn record_session_end(
    tx: &mut Write,
    account: &Account,
    details: AuditDetails,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    tx.record(&Entry::of(Action::SessionEnded, now).by(account.into()).with(details)).await
}
