use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{BulkAction, BulkRequest, BulkSelection, Job, JobAction, JobState};
use uuid::Uuid;

use super::model::BulkOutcome;
use crate::api::{ApiError, Client};
use crate::i18n::{Language, messages, use_language};
use crate::state::{
    Change, Changes, DialogRequest, Dialogs, Jobs, NoticeAction, Notices, explain, use_dialogs, use_jobs,
};

/// The duration of the offer to undo, in seconds.
const UNDO_SECONDS: u32 = 10;
/// The duration of a notice with a "Show details" button, in seconds.
const DETAILS_SECONDS: u32 = 15;

/// Starts and stops bulk jobs, and reports their outcomes.
#[derive(Clone, Copy)]
pub(super) struct BulkStore {
    /// The running jobs.
    pub(super) jobs: Jobs,
    changes: Changes,
    dialogs: Dialogs,
    notices: Notices,
    language: Language,
    client: StoredValue<Client>,
}

/// How to show an outcome that needs more than one line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Details {
    /// In a dialog, because the user waits for the outcome.
    Dialog,
    /// In a notice with a button that opens the dialog.
    Notice,
}

impl BulkStore {
    /// Reads its dependencies from the leptos context.
    pub(super) fn new() -> Self {
        Self {
            jobs: use_jobs(),
            changes: expect_context(),
            dialogs: use_dialogs(),
            notices: expect_context(),
            language: use_language(),
            client: StoredValue::new(expect_context()),
        }
    }

    /// Starts a bulk action and closes its dialog. Returns the error for the dialog. `is_open` returns whether the dialog is
    /// still open when the response arrives: if the user has closed it, a notice reports the result.
    pub(super) async fn run(self, request: BulkRequest, is_open: impl FnOnce() -> bool) -> Option<ApiError> {
        let failed = match request.action {
            BulkAction::Remove => messages::remove_many_failed(self.language),
            _ => messages::add_role_failed(self.language),
        };
        let response = self.start(|client| async move { client.start_bulk(&request).await }).await;
        let is_open = is_open();
        match response {
            Ok(job) => {
                if is_open {
                    self.dialogs.close();
                }
                self.changes.notify(Change::BulkStarted);
                self.update(job, if is_open { Details::Dialog } else { Details::Notice });
                None
            }
            Err(error) if is_open => Some(error),
            Err(error) => {
                self.report_error(failed, &error);
                None
            }
        }
    }

    /// Sends the invitation mails again.
    pub(super) fn resend(self, select: BulkSelection) {
        let request = BulkRequest { select, action: BulkAction::Resend, node_id: None, role: None };
        spawn_local(async move {
            match self.start(|client| async move { client.start_bulk(&request).await }).await {
                Ok(job) => {
                    self.changes.notify(Change::BulkStarted);
                    self.update(job, Details::Notice);
                }
                Err(error) => self.report_error(messages::resend_failed(self.language), &error),
            }
        });
    }

    /// Undoes what a job has changed.
    pub(super) fn undo(self, job: &Job) {
        let id = job.id;
        let failed = match job.action {
            JobAction::Remove => messages::restore_failed(self.language),
            _ => messages::undo_job_failed(self.language),
        };
        spawn_local(async move {
            match self.start(|client| async move { client.undo_job(id).await }).await {
                Ok(job) => self.update(job, Details::Dialog),
                Err(error) => self.report_error(failed, &error),
            }
        });
    }

    /// Stops a job.
    pub(super) fn stop(self, job: Uuid) {
        let Ok(client) = self.client() else { return };
        self.jobs.stopping.update(|stopping| stopping.push(job));
        spawn_local(async move {
            let response = client.stop_job(job).await;
            let _ = self.jobs.stopping.try_update(|stopping| stopping.retain(|id| *id != job));
            match response {
                Ok(job) => self.update(job, Details::Dialog),
                Err(error) => self.report_error(messages::stop_job_failed(self.language), &error),
            }
        });
    }

    /// Fetches the recent jobs.
    pub(super) async fn recent(self) -> Result<Vec<Job>, ApiError> {
        self.client()?.jobs().await
    }

    /// Fetches a job with its refusals.
    pub(super) async fn job(self, job: Uuid) -> Result<Job, ApiError> {
        self.client()?.job(job).await
    }

    /// Opens the summary of a job. Fetches it first, because the list of jobs has no refusals.
    pub(super) fn open_summary(self, job: Uuid) {
        spawn_local(async move {
            match self.job(job).await {
                Ok(job) => self.dialogs.open(DialogRequest::JobSummary(Box::new(job))),
                Err(error) => self.report_error(messages::bulk_actions_failed(self.language), &error),
            }
        });
    }

    /// Whether this page waits for the response to a job that it starts.
    pub(super) fn is_starting(self) -> bool {
        self.jobs.starting.try_get_value().is_some_and(|starting| starting > 0)
    }

    /// Updates a running job, or reports its end.
    pub(super) fn update(self, job: Job, details: Details) {
        if self.jobs.reported.try_with_value(|reported| reported.contains(&job.id)) != Some(false) {
            return;
        }
        if job.progress.state == JobState::Running {
            let _ = self.jobs.running.try_update(|running| insert(running, job));
            return;
        }
        self.forget(job.id);
        let _ = self.jobs.reported.try_update_value(|reported| reported.push(job.id));
        self.changes.notify(Change::Users);
        self.report(job, details);
    }

    /// Removes a job from the running ones without a report.
    pub(super) fn forget(self, job: Uuid) {
        let _ = self.jobs.running.try_update(|running| running.retain(|other| other.id != job));
    }

    /// Starts a job. Until the response arrives, its events are ignored.
    async fn start<Fut>(self, send: impl FnOnce(Client) -> Fut) -> Result<Job, ApiError>
    where
        Fut: Future<Output = Result<Job, ApiError>>,
    {
        let client = self.client()?;
        let _ = self.jobs.starting.try_update_value(|starting| *starting += 1);
        let response = send(client).await;
        let _ = self.jobs.starting.try_update_value(|starting| *starting -= 1);
        response
    }

    fn report(self, job: Job, details: Details) {
        let (language, notices) = (self.language, self.notices);
        let outcome = BulkOutcome(job);
        let summary = outcome.summary(language);
        if outcome.needs_details() {
            let has_dialog = self.dialogs.0.try_with_untracked(Option::is_some) != Some(false);
            let has_failed = outcome.0.progress.state == JobState::Failed;
            let request = DialogRequest::JobSummary(Box::new(outcome.0));
            if details == Details::Dialog && !has_dialog {
                return self.dialogs.open(request);
            }
            let label = messages::show_details(language);
            let show = Callback::new(move |()| self.dialogs.open(request.clone()));
            if has_failed {
                return notices.error_with_retry(summary, label, show);
            }
            let show = NoticeAction { label: label.into(), key: None, run: show, counts_down: false };
            notices.success_with_action(summary, DETAILS_SECONDS, show);
        } else if outcome.0.can_undo {
            let undo = NoticeAction {
                label: messages::undo(language).into(),
                key: Some("u"),
                run: Callback::new(move |()| self.undo(&outcome.0)),
                counts_down: true,
            };
            notices.success_with_action(summary, UNDO_SECONDS, undo);
        } else {
            notices.success(summary);
        }
    }

    fn client(self) -> Result<Client, ApiError> {
        // The owner may have been disposed by the time that a notice's button is pressed.
        self.client.try_get_value().ok_or(ApiError::Aborted)
    }

    fn report_error(self, what: &str, error: &ApiError) {
        if *error != ApiError::Aborted {
            self.notices.error(format!("{what} {}", explain(self.language, error)));
        }
    }
}

/// Inserts or replaces a job. Keeps the progress of an event that overtook the response.
fn insert(running: &mut Vec<Job>, job: Job) {
    match running.iter_mut().find(|other| other.id == job.id) {
        Some(other) if other.progress.handled() <= job.progress.handled() => *other = job,
        Some(_) => {}
        None => {
            running.push(job);
            running.sort_by_key(|job| std::cmp::Reverse(job.created_at));
        }
    }
}
