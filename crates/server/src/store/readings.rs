//! What probes and metrics read from the database.

use std::time::Duration;

use super::job_kind::JobKind;
use super::{Error, SchemaState, Store, Tx, millis};
use crate::metrics::{DirectoryState, JobCount, Metrics};
use crate::sql::{self, either};

/// What the database says for a scrape.
#[derive(Debug)]
pub(crate) struct DatabaseReadings {
    /// The unfinished jobs, by kind and state.
    pub(crate) jobs: Vec<JobCount>,
    /// The number of sessions that have not expired.
    pub(crate) sessions: u32,
    /// The size of the database, in bytes.
    pub(crate) bytes: u64,
}

impl Store {
    /// Returns the metrics of the process.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Returns whether lists are answered from memory.
    pub(crate) fn directory_state(&self) -> DirectoryState {
        self.directory_memory.state()
    }

    /// Compares the schema of the database with that of this program.
    pub(crate) async fn current_schema_state(&self) -> Result<SchemaState, Error> {
        SchemaState::of(&mut self.read().await?).await
    }

    /// Reads the values for a scrape.
    pub(crate) async fn database_readings(&self) -> Result<DatabaseReadings, Error> {
        let mut tx = self.read().await?;
        let jobs = self.job_counts(&mut tx).await?;
        let sessions = sql::query_scalar("SELECT count(*) FROM sessions WHERE expires_at > ?")
            .bind(millis(self.clock.now()))
            .fetch_one(&mut tx)
            .await?;
        let bytes: i64 = sql::query_scalar(either(
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            "SELECT pg_database_size(current_database())",
        ))
        .fetch_one(&mut tx)
        .await?;
        Ok(DatabaseReadings { jobs, sessions, bytes: bytes.unsigned_abs() })
    }

    /// Counts the unfinished jobs.
    pub(crate) async fn unfinished_jobs(&self) -> Result<Vec<JobCount>, Error> {
        let mut tx = self.read().await?;
        self.job_counts(&mut tx).await
    }

    /// Counts the unfinished jobs by kind and state. All kinds and states occur, also without jobs.
    async fn job_counts(&self, tx: &mut Tx) -> Result<Vec<JobCount>, Error> {
        let now = millis(self.clock.now());
        let rows: Vec<(String, i64, u32, i64)> = sql::query_as(
            "SELECT kind, CAST(CASE WHEN lease_until > ?1 THEN 1 WHEN attempts > 0 THEN 2 ELSE 0 END AS BIGINT) AS state, count(*), \
             min(due_at) FROM jobs WHERE finished_at IS NULL GROUP BY 1, 2",
        )
        .bind(now)
        .fetch_all(tx)
        .await?;
        let mut counts = Vec::new();
        for kind in JobKind::ALL.map(JobKind::name) {
            for (number, state) in (0..).zip(["waiting", "running", "retrying"]) {
                let row = rows.iter().find(|row| row.0 == kind && row.1 == number);
                let (count, due_at) = row.map_or((0, now), |row| (row.2, row.3));
                let overdue = if state == "running" { 0 } else { now.saturating_sub(due_at).max(0) };
                counts.push(JobCount {
                    kind,
                    state,
                    count,
                    overdue: Duration::from_millis(overdue.unsigned_abs()),
                });
            }
        }
        Ok(counts)
    }
}
