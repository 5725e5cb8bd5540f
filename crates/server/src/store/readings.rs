//! The values that probes and metrics read from the database.

use std::time::Duration;

use super::job_kind::JobKind;
use super::{Error, SchemaState, Store, Tx, millis};
use crate::metrics::{DatabaseReadings, DirectoryState, JobCount, JobState, Metrics};
use crate::sql::{self, either};

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
        let audit_exports = self.waiting_audit_entries(&mut tx).await?;
        Ok(DatabaseReadings { jobs, sessions, bytes: bytes.unsigned_abs(), audit_exports })
    }

    /// Counts the unfinished jobs.
    pub(crate) async fn unfinished_jobs(&self) -> Result<Vec<JobCount>, Error> {
        let mut tx = self.read().await?;
        self.job_counts(&mut tx).await
    }

    /// Counts the unfinished jobs by kind and state. All kinds and states occur, also without jobs.
    async fn job_counts(&self, tx: &mut Tx) -> Result<Vec<JobCount>, Error> {
        let now = millis(self.clock.now());
        let rows: Vec<(String, bool, bool, u32, i64)> = sql::query_as(
            "SELECT kind, coalesce(lease_until > ?1, FALSE) AS is_running, attempts > 0 AS has_failed, count(*), \
             min(due_at) FROM jobs WHERE finished_at IS NULL GROUP BY 1, 2, 3",
        )
        .bind(now)
        .fetch_all(tx)
        .await?;
        let state_of = |is_running, has_failed| match (is_running, has_failed) {
            (true, _) => JobState::Running,
            (false, true) => JobState::Retrying,
            (false, false) => JobState::Waiting,
        };
        let mut counts = Vec::new();
        for kind in JobKind::ALL {
            for state in JobState::ALL {
                let rows = rows.iter().filter(|row| row.0 == kind.name() && state_of(row.1, row.2) == state);
                let due_at = rows.clone().map(|row| row.4).min().unwrap_or(now);
                let overdue = Duration::from_millis(now.saturating_sub(due_at).max(0).unsigned_abs());
                // The jobs of bulk actions take turns, and their time is that of their creation.
                let can_be_late = state != JobState::Running && kind != JobKind::Bulk;
                let count = rows.map(|row| row.3).sum();
                counts.push(JobCount {
                    kind: kind.name(),
                    state,
                    count,
                    overdue: can_be_late.then_some(overdue),
                });
            }
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::testing::TestApp;

    #[tokio::test]
    async fn a_bulk_action_that_waits_for_its_turn_is_not_late() {
        let app = TestApp::new().await;
        for kind in [JobKind::Bulk, JobKind::Retention] {
            app.state.store.ensure_job(kind).await.unwrap();
        }
        app.advance_clock(TimeDelta::minutes(20));
        let jobs = app.state.store.unfinished_jobs().await.unwrap();
        let waiting = |kind: JobKind| {
            let mut jobs = jobs.iter().filter(|job| job.kind == kind.name());
            jobs.find(|job| job.state == JobState::Waiting).map(|job| (job.count, job.overdue))
        };
        assert_eq!(waiting(JobKind::Bulk), Some((1, None)));
        assert_eq!(waiting(JobKind::Retention), Some((1, Some(Duration::from_mins(20)))));
        assert_eq!(waiting(JobKind::Mail), Some((0, Some(Duration::ZERO))));
    }
}
