//! Checks whether the server can do its work, and reads the values of the metrics.

use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;

use crate::error::AppError;
use crate::metrics::{JobCount, JobState, Readings};
use crate::readiness::{Check, Readiness};
use crate::state::AppState;
use crate::store::{self, JobKind, SchemaState};

/// The time within which the database must respond.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(5);
/// The time after which a job that nobody works on is late. The longest pause between two looks is a minute.
const LATE: Duration = Duration::from_mins(5);
/// The free space below which an operator should act, in bytes.
const LITTLE_SPACE: u64 = 256 << 20;

/// Checks the parts of the server.
pub(crate) async fn check(state: &AppState) -> Readiness {
    let checks = match timeout(DATABASE_TIMEOUT, database_checks(state)).await {
        Ok(Ok(checks)) => checks,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database cannot be read");
            vec![Check::failed("database", "The database cannot be read.")]
        }
        Err(_) => vec![Check::failed("database", "The database did not respond within 5 seconds.")],
    };
    Readiness::new(checks.into_iter().chain([disk(&state.data_folder)]).collect())
}

/// Checks whether the database can be read and written.
pub(crate) async fn check_database(state: &AppState) -> Result<(), AppError> {
    let Ok(checked) = timeout(DATABASE_TIMEOUT, state.store.check()).await else {
        return Err(AppError::unexpected(format!(
            "the database did not respond within {DATABASE_TIMEOUT:?}"
        )));
    };
    checked?;
    state.store.retry_audit_head().await;
    Ok(())
}

/// Reads the values for a scrape.
pub(crate) async fn readings(state: &AppState) -> Readings {
    let database = match timeout(DATABASE_TIMEOUT, state.store.database_readings()).await {
        Ok(Ok(database)) => Some(database),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database cannot be read for the metrics");
            None
        }
        Err(_) => None,
    };
    Readings {
        database,
        event_streams: state.store.events().subscription_count(),
        free_disk_bytes: free_bytes(&state.data_folder),
        directory: state.store.directory_state(),
    }
}

async fn database_checks(state: &AppState) -> Result<Vec<Check>, store::Error> {
    let (schema, jobs) = (state.store.current_schema_state().await?, state.store.unfinished_jobs().await?);
    let writer = match check_database(state).await {
        Ok(()) => Check::ok("writer"),
        Err(error) => {
            tracing::warn!(%error, "the database cannot be written");
            Check::failed("writer", "The database cannot be written.")
        }
    };
    Ok(vec![Check::ok("database"), writer, migrations(schema), late_jobs(&jobs), mail(&jobs)])
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
    if jobs
        .iter()
        .any(|job| job.state == JobState::Waiting && job.overdue.is_some_and(|overdue| overdue > LATE))
    {
        Check::warning("jobs", "A job has been due for more than 5 minutes.")
    } else {
        Check::ok("jobs")
    }
}

fn mail(jobs: &[JobCount]) -> Check {
    let is_retried =
        |job: &JobCount| job.kind == JobKind::Mail.name() && job.state == JobState::Retrying && job.count > 0;
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
