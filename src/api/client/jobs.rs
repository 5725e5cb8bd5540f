use std::time::Duration;

use js_sys::Promise;
use leptos::leptos_dom::helpers::set_timeout;
use studio_users_contract::{BulkRequest, Job, JobState, path};
use uuid::Uuid;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::{Call, Client, decode, with_id};
use crate::api::{ApiError, Method};

/// The time between two requests for the progress of a job.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

impl Client {
    /// Performs an action on several users, and waits for the end of its job.
    ///
    /// # Errors
    /// `total_changed` if the number of matching users has changed.
    pub async fn bulk(&self, request: &BulkRequest) -> Result<Job, ApiError> {
        let job = self.start_bulk(request).await?;
        self.wait_for_job(job).await
    }

    /// Starts an action on several users. The job has ended already if it took less than about a second.
    ///
    /// # Errors
    /// `total_changed` if the number of matching users has changed.
    pub async fn start_bulk(&self, request: &BulkRequest) -> Result<Job, ApiError> {
        self.post(path::USERS_BULK, request).await
    }

    /// Starts a job that undoes what an ended job has changed.
    ///
    /// # Errors
    /// `not_undoable` if the job has nothing to undo.
    pub async fn undo_job(&self, job: Uuid) -> Result<Job, ApiError> {
        decode(&self.send(Call::new(Method::Post, with_id(path::JOB_UNDO, job))).await?)
    }

    /// Stops a job, and returns it. A job that has ended stays as it is.
    ///
    /// # Errors
    /// `not_found` if the current user has no such job.
    pub async fn stop_job(&self, job: Uuid) -> Result<Job, ApiError> {
        decode(&self.send(Call::new(Method::Post, with_id(path::JOB_STOP, job))).await?)
    }

    /// Fetches the current user's jobs of the last 24 hours without their refusals, the newest first.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn jobs(&self) -> Result<Vec<Job>, ApiError> {
        self.get(path::JOBS.into(), None).await
    }

    /// Fetches a job of the current user.
    ///
    /// # Errors
    /// `not_found` if the current user has no such job.
    pub async fn job(&self, job: Uuid) -> Result<Job, ApiError> {
        self.get(with_id(path::JOB, job), None).await
    }

    async fn wait_for_job(&self, mut job: Job) -> Result<Job, ApiError> {
        while job.progress.state == JobState::Running {
            pause(POLL_INTERVAL).await;
            job = match self.job(job.id).await {
                // The job goes on without the connection.
                Err(ApiError::Unreachable | ApiError::Unavailable) => job,
                result => result?,
            };
        }
        Ok(job)
    }
}

async fn pause(time: Duration) {
    let promise = Promise::new(&mut |resolve, _| {
        set_timeout(move || drop(resolve.call0(&JsValue::UNDEFINED)), time);
    });
    // The promise is never rejected.
    let _ = JsFuture::from(promise).await;
}
