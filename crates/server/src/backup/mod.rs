//! Backups of a data folder, and restoring them.
//!
//! A backup is a folder with the database, the key and the head of the audit log.

mod create;
mod restore;
mod staging;

use std::path::Path;

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;
pub(crate) use create::create;
pub(crate) use restore::{MIGRATION_FOLDER, require_complete, restore};
pub(crate) use staging::Staging;

/// Runs the work until it is done, or until the process receives a stop signal. The work then cleans up by its guards.
///
/// # Errors
/// Returns the error of the work, or an error that names the interruption.
pub(crate) async fn until_interrupted<T>(
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        done = work => done,
        _ = interrupt.recv() => Err("interrupted".into()),
        _ = terminate.recv() => Err("interrupted".into()),
        _ = hangup.recv() => Err("interrupted".into()),
    }
}

/// Describes a failure at a path.
pub(crate) fn at(action: &str, path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    let action = format!("cannot {action} {}", path.display());
    move |error| format!("{action}: {error}").into()
}
