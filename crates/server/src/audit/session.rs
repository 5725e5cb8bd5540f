use chrono::{DateTime, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson, SessionUser};

use super::Entry;
use crate::app::App;
use crate::store::{Error, Write};

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
pub(crate) async fn session_ended(app: &App, tx: &mut Write, secret: &str) -> Result<(), Error> {
    let now = app.clock.now();
    let Some(visitor) = app.store.visitor(tx, secret, now).await? else { return Ok(()) };
    tx.record(&Entry::of(Action::SessionEnded, now).by((&visitor.account).into())).await
}
