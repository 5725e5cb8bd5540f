use leptos::prelude::*;
use studio_users_contract::{Job, JobAction};
use uuid::Uuid;

use crate::i18n::{Language, format, messages};

/// The running bulk jobs of the current user. The bulk feature follows them, and the users page shows their progress.
#[derive(Clone, Copy)]
pub struct Jobs {
    /// The running jobs, the newest first.
    pub running: RwSignal<Vec<Job>>,
    /// The jobs that are being stopped.
    pub stopping: RwSignal<Vec<Uuid>>,
    /// The number of jobs that this page is starting.
    pub starting: StoredValue<u32>,
    /// The ended jobs whose outcome was reported.
    pub reported: StoredValue<Vec<Uuid>>,
    stop: StoredValue<Option<Callback<Uuid>>>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            running: RwSignal::new(Vec::new()),
            stopping: RwSignal::new(Vec::new()),
            starting: StoredValue::new(0),
            reported: StoredValue::new(Vec::new()),
            stop: StoredValue::new(None),
        }
    }
}

impl Jobs {
    /// Stops a job.
    pub fn stop(self, job: Uuid) {
        if let Some(stop) = self.stop.try_get_value().flatten() {
            let _ = stop.try_run(job);
        }
    }

    /// Registers the handler that stops a job.
    pub fn on_stop(self, stop: impl Fn(Uuid) + Send + Sync + 'static) {
        self.stop.set_value(Some(Callback::new(stop)));
    }
}

/// Returns the action of a running job and its progress.
pub fn job_progress(language: Language, job: &Job) -> String {
    let handled = format::number(language, job.progress.handled());
    let total = format::number(language, job.progress.total);
    let role = job.role.map_or("", |role| role.name(language));
    match job.action {
        JobAction::Remove => messages::removing_users(language, &handled, &total),
        JobAction::Restore => messages::restoring_users(language, &handled, &total),
        JobAction::Resend => messages::resending_invitations(language, &handled, &total),
        JobAction::AddRole => messages::adding_the_role(language, role, &handled, &total),
        JobAction::UndoAddRole => messages::taking_back_the_role(language, role, &handled, &total),
    }
}

/// Returns the running jobs of this page from the context.
pub fn use_jobs() -> Jobs {
    expect_context()
}
