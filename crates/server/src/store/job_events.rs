//! The events of jobs. A job commits several times a second, so its changes are collected and published together.
//! Otherwise each page would fetch its users again after every piece.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use studio_users_contract::{JobChanged, JobState};
use uuid::Uuid;

use super::bulk_jobs::BulkJob;
use super::write::{UserChanges, event_changes};
use super::{Error, Store, Write};
use crate::events::Change;

/// The time between two events about the changed users.
const USERS_INTERVAL: Duration = Duration::from_secs(2);
/// The time between two events about the progress of a job.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
/// The maximum number of jobs whose last event is remembered.
const MAX_JOBS: usize = 1_000;

/// The changes of jobs that were not published yet.
#[derive(Debug, Default)]
pub(super) struct JobEvents(Mutex<Deferred>);

#[derive(Debug, Default)]
struct Deferred {
    users: UserChanges,
    published_at: Option<Duration>,
    /// The time of the last event of each running job.
    jobs: HashMap<Uuid, Duration>,
}

impl JobEvents {
    fn lock(&self) -> MutexGuard<'_, Deferred> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an event about the progress of a job is due. Its end always is.
    fn is_progress_due(&self, job: &BulkJob, now: Duration) -> bool {
        let jobs = &mut self.lock().jobs;
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

    /// Adds the changes of a piece. Returns whether it is time to publish them.
    fn add(&self, users: UserChanges, now: Duration) -> bool {
        let mut deferred = self.lock();
        for (user, parts) in users {
            deferred.users.entry(user).or_default().extend(parts);
        }
        deferred.published_at.is_none_or(|last| now.saturating_sub(last) >= USERS_INTERVAL)
    }
}

impl Write {
    /// Registers an event for the owner of a job: the job has started, made progress or ended.
    pub(crate) fn mark_job_changed(&mut self, job: &BulkJob) {
        let changed = JobChanged { id: job.id, progress: job.progress };
        self.jobs.push(Change::Job { owner: job.owner, changed });
    }
}

impl Store {
    /// Commits a piece of a job. Defers its events about users.
    pub(crate) async fn commit_piece(&self, mut write: Write, job: &BulkJob) -> Result<(), Error> {
        let now = self.clock.elapsed();
        if self.job_events.is_progress_due(job, now) {
            write.mark_job_changed(job);
        }
        let users = write.defer_user_events();
        write.commit().await?;
        let has_ended = job.progress.state != JobState::Running;
        if self.job_events.add(users, now) || has_ended {
            self.publish_deferred();
        }
        self.job_progressed.notify_waiters();
        Ok(())
    }

    /// Commits a transaction. Defers its events about users, until [`Self::publish_deferred`] or for two seconds of
    /// further commits.
    pub(super) async fn commit_deferred(&self, mut write: Write) -> Result<(), Error> {
        let users = write.defer_user_events();
        write.commit().await?;
        if self.job_events.add(users, self.clock.elapsed()) {
            self.publish_deferred();
        }
        Ok(())
    }

    /// Publishes the deferred changes of users.
    pub(crate) fn publish_deferred(&self) {
        let users = {
            let mut deferred = self.job_events.lock();
            deferred.published_at = Some(self.clock.elapsed());
            mem::take(&mut deferred.users)
        };
        if users.is_empty() {
            return;
        }
        match event_changes(users) {
            Ok(changes) => self.events.publish(changes),
            Err(error) => tracing::error!(%error, "the changes of a job could not be published"),
        }
    }
}
