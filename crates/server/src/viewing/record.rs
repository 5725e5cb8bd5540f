//! What the audit log says of views. Each entry stands at every topmost node of the view, as it began.

use chrono::{DateTime, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson, ViewEnd};

use crate::app::App;
use crate::audit::Entry;
use crate::store::{Error, KeptView, Write};

/// Ends the views whose time or whose session is over. Nobody waits for that: it is done when a view begins, and
/// when a session ends.
pub(crate) async fn sweep(app: &App, write: &mut Write, now: DateTime<Utc>) -> Result<(), Error> {
    for kept in app.store.overdue_views(write, now).await? {
        if let Some(why) = kept.is_over(now) {
            end(app, write, &kept, why, now).await?;
        }
    }
    Ok(())
}

/// Ends a view, unless somebody else has ended it meanwhile.
pub(super) async fn end(
    app: &App,
    write: &mut Write,
    kept: &KeptView,
    why: ViewEnd,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let ended_at = now.min(kept.expires_at);
    if !app.store.end_view(write, kept.id, why, ended_at).await? {
        return Ok(());
    }
    let details = AuditDetails {
        reason: Some(why.wire_name().into()),
        seconds: u32::try_from((ended_at - kept.started_at).num_seconds()).ok(),
        ..AuditDetails::default()
    };
    record(app, write, kept, Action::ViewEnded, &details, now).await
}

/// Records that a view begins, and why.
pub(super) async fn started(
    app: &App,
    write: &mut Write,
    kept: &KeptView,
    reason: String,
) -> Result<(), Error> {
    let details = AuditDetails { reason: Some(reason), ..AuditDetails::default() };
    record(app, write, kept, Action::ViewStarted, &details, kept.started_at).await
}

/// Records that a change was tried inside a view.
pub(super) async fn refused(app: &App, kept: &KeptView, operation: String) -> Result<(), Error> {
    let details = AuditDetails { operation: Some(operation), ..AuditDetails::default() };
    let mut write = app.store.write().await?;
    record(app, &mut write, kept, Action::ViewRefused, &details, app.clock.now()).await?;
    write.commit().await
}

async fn record(
    app: &App,
    write: &mut Write,
    kept: &KeptView,
    action: Action,
    details: &AuditDetails,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let nobody = || Error::Foreign("a view of nobody".into());
    let actor = app.store.account(write, kept.actor).await?.ok_or_else(nobody)?;
    let user = app.store.account(write, kept.user).await?.ok_or_else(nobody)?.id;
    let tops = app.store.view_tops(write, kept.id).await?;
    let entries = tops.into_iter().map(|top| {
        let entry = Entry::of(action, now)
            .by((&actor).into())
            .to(AuditPerson { id: user, name: top.user_name })
            .with(details.clone());
        Entry { node: Some(top.node), view: Some(kept.id), ..entry }
    });
    write.record_all(&entries.collect::<Vec<_>>()).await
}
