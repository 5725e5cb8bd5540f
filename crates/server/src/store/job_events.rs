//! The events of jobs. A job commits several times a second. Its progress is published once a second. Its changes of
//! users are published with each commit, and each stream merges them (`events/collected.rs`). Otherwise each page would
//! fetch its users again after every piece.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use studio_users_contract::{JobChanged, JobState};
use uuid::Uuid;

use super::bulk_jobs::BulkJob;
use super::{Error, Store, Write};
use crate::events::Change;

/// The time between two events about the progress of a job.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
/// The maximum number of jobs whose last event is remembered.
const MAX_JOBS: usize = 1_000;

/// The time of the last event of each running job.
#[derive(Debug, Default)]
pub(super) struct JobEvents(Mutex<HashMap<Uuid, Duration>>);

impl JobEvents {
    /// Whether an event about the progress of a job is due. Its end always is.
    fn is_progress_due(&self, job: &BulkJob, now: Duration) -> bool {
        let jobs = &mut self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if job.progress.state != JobState::Running {
            jobs.remove(&job.id);
            return true;
        }
        let is_due = jobs.get(&job.id).is_none_or(|&last| now.saturating_sub(last) >= PROGRESS_INTERVAL);
        if is_due {
            if jobs.len() >= MAX_JOBS {
                jobs.clear();
            }
            jobs.insert(job.id, now);
        }
        is_due
    }
}

impl Write {
    /// Registers an event for the owner of a job: the job has started, made progress or ended.
    pub(crate) fn mark_job_changed(&mut self, job: &BulkJob) {
        let changed = JobChanged { id: job.id, progress: job.progress };
        self.changes.push(Change::Job { owner: job.owner, changed });
    }
}

impl Store {
    /// Commits a piece of a job.
    pub(crate) async fn commit_piece(&self, mut write: Write, job: &BulkJob) -> Result<(), Error> {
        if self.job_events.is_progress_due(job, self.clock.elapsed()) {
            write.mark_job_changed(job);
        }
        write.join_series(job.progress.state != JobState::Running);
        write.commit().await?;
        self.job_progressed.notify_waiters();
        Ok(())
    }

    /// Commits one of many transactions that change users. Streams merge their events.
    pub(super) async fn commit_in_series(&self, mut write: Write) -> Result<(), Error> {
        write.join_series(false);
        write.commit().await
    }
}
