//! Checks whether the server can do its work, and reads the values of the metrics.

use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;

use crate::metrics::{JobCount, Readings};
use crate::readiness::{Check, Readiness};
use crate::state::AppState;
use crate::store::{JobKind, SchemaState};

/// The time within which the database must respond.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(5);
/// The time after which a job that nobody works on is late. The longest pause between two looks is a minute.
const LATE: Duration = Duration::from_mins(5);
/// The free space below which an operator should act, in bytes.
const LITTLE_SPACE: u64 = 256 << 20;

/// Checks the parts of the server.
pub(crate) async fn check(state: &AppState) -> Readiness {
    let checks = match timeout(DATABASE_TIMEOUT, database_checks(state)).await {
        Ok(checks) => checks,
        Err(_) => vec![Check::failed("database", "The database did not respond within 5 seconds.")],
    };
    Readiness::new(checks.into_iter().chain([disk(&state.data_folder)]).collect())
}

/// Reads the values for a scrape. `None` if the database does not respond in time.
pub(crate) async fn readings(state: &AppState) -> Option<Readings> {
    let read = timeout(DATABASE_TIMEOUT, state.store.database_readings()).await.ok()?.ok()?;
    Some(Readings {
        jobs: read.jobs,
        sessions: read.sessions,
        event_streams: state.store.events().subscription_count(),
        database_bytes: read.bytes,
        free_disk_bytes: free_bytes(&state.data_folder),
        directory: state.store.directory_state(),
    })
}

async fn database_checks(state: &AppState) -> Vec<Check> {
    let (Ok(schema), Ok(jobs)) =
        (state.store.current_schema_state().await, state.store.unfinished_jobs().await)
    else {
        return vec![Check::failed("database", "The database cannot be read.")];
    };
    let writer = match state.store.check().await {
        Ok(()) => {
            state.store.retry_audit_head().await;
            Check::ok("writer")
        }
        Err(_) => Check::failed("writer", "The database cannot be written."),
    };
    vec![Check::ok("database"), writer, migrations(schema), late_jobs(&jobs), mail(&jobs)]
}

fn migrations(schema: SchemaState) -> Check {
    match schema {
        SchemaState::Current => Check::ok("migrations"),
        SchemaState::Newer => {
            Check::warning("migrations", "A newer version has migrated the database. Update this server.")
        }
        SchemaState::Older => {
            Check::failed("migrations", "The database has an older schema than this server.")
        }
    }
}

fn late_jobs(jobs: &[JobCount]) -> Check {
    if jobs.iter().any(|job| job.state == "waiting" && job.overdue > LATE) {
        Check::warning("jobs", "A job has been due for more than 5 minutes.")
    } else {
        Check::ok("jobs")
    }
}

fn mail(jobs: &[JobCount]) -> Check {
    let is_retried =
        |job: &JobCount| job.kind == JobKind::Mail.name() && job.state == "retrying" && job.count > 0;
    if jobs.iter().any(is_retried) {
        Check::warning("mail", "An e-mail could not be sent and will be tried again.")
    } else {
        Check::ok("mail")
    }
}

fn disk(folder: &Path) -> Check {
    match free_bytes(folder) {
        Some(free) if free < LITTLE_SPACE => {
            Check::warning("disk", "Less than 256 MB are free for the data folder.")
        }
        _ => Check::ok("disk"),
    }
}

/// Returns the space that is free for a folder, in bytes.
fn free_bytes(folder: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}
