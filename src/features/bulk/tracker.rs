use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Code, JobChanged, JobState};
use uuid::Uuid;

use super::store::{BulkStore, Details};
use crate::api::ApiError;
use crate::reactive::{effect, memo};
use crate::state::{EventStream, use_current_user};

/// The interval at which the progress of a job is fetched if no event has reported it: while there is no event stream,
/// or while the job waits for its turn.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Follows the running jobs by the event stream, with polling as the fallback.
#[derive(Clone, Copy)]
struct JobTracker {
    store: BulkStore,
    /// The jobs with an event since the last poll.
    heard: StoredValue<Vec<Uuid>>,
    /// The jobs that are being fetched.
    fetching: StoredValue<Vec<Uuid>>,
}

/// Finds the running jobs and follows them until the current reactive owner is cleaned up. Jobs of the real user are not
/// shown during an impersonation.
pub(super) fn follow_jobs(store: BulkStore) {
    let current_user = use_current_user();
    if current_user.read_untracked().is_viewing() {
        return;
    }
    let tracker =
        JobTracker { store, heard: StoredValue::new(Vec::new()), fetching: StoredValue::new(Vec::new()) };
    store.jobs.on_stop(move |job| store.stop(job));
    expect_context::<EventStream>().on_job(move |data| tracker.on_event(&data));
    let is_any = memo(move |_| !store.jobs.running.read().is_empty());
    effect(move |_| {
        if is_any.get()
            && let Ok(timer) = set_interval_with_handle(move || tracker.poll(), POLL_INTERVAL)
        {
            on_cleanup(move || timer.clear());
        }
    });
    // A user who manages nothing has no jobs.
    if current_user.read_untracked().session.managed.is_empty() {
        return;
    }
    // A failure needs no message: the list of recent bulk actions reports it, and events find the jobs again.
    spawn_local(async move {
        for job in store.recent().await.unwrap_or_default() {
            if job.progress.state == JobState::Running {
                store.update(job, Details::Notice);
            }
        }
    });
}

impl JobTracker {
    fn on_event(self, data: &str) {
        let Ok(JobChanged { id, progress }) = serde_json::from_str(data) else { return };
        let is_running = progress.state == JobState::Running;
        let is_known = self.is_known(id);
        if is_known && is_running {
            let _ = self.heard.try_update_value(|heard| heard.push(id));
            let _ = self.store.jobs.running.try_update(|running| {
                for job in running.iter_mut().filter(|job| job.id == id) {
                    job.progress = progress;
                }
            });
        } else if is_known || (is_running && !self.store.is_starting()) {
            // Events have no refusals and no action.
            self.fetch(id);
        }
    }

    fn poll(self) {
        let heard = self.heard.try_update_value(std::mem::take).unwrap_or_default();
        let running = self.store.jobs.running.try_with_untracked(|running| {
            running.iter().map(|job| job.id).filter(|id| !heard.contains(id)).collect::<Vec<_>>()
        });
        for id in running.unwrap_or_default() {
            self.fetch(id);
        }
    }

    fn fetch(self, id: Uuid) {
        let is_new = self.fetching.try_update_value(|fetching| {
            let is_new = !fetching.contains(&id);
            if is_new {
                fetching.push(id);
            }
            is_new
        });
        if is_new != Some(true) {
            return;
        }
        spawn_local(async move {
            let response = self.store.job(id).await;
            let _ = self.fetching.try_update_value(|fetching| fetching.retain(|other| *other != id));
            match response {
                // Another tab has started and reported a short job.
                Ok(job) if job.progress.state != JobState::Running && !self.is_known(id) => {}
                Ok(job) => {
                    let is_stopping =
                        self.store.jobs.stopping.try_with_untracked(|stopping| stopping.contains(&id));
                    let details = if is_stopping == Some(true) { Details::Dialog } else { Details::Notice };
                    self.store.update(job, details);
                }
                Err(ApiError::Refused(problem)) if problem.code == Code::NotFound => self.store.forget(id),
                // The next poll retries: the job goes on without the connection.
                Err(_) => {}
            }
        });
    }

    fn is_known(self, id: Uuid) -> bool {
        let running = self.store.jobs.running;
        running.try_with_untracked(|running| running.iter().any(|job| job.id == id)) == Some(true)
    }
}
