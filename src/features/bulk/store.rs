use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{BulkAction, BulkRequest, BulkSelection, Job, JobAction};
use uuid::Uuid;

use super::model::BulkOutcome;
use crate::api::{ApiError, Client};
use crate::i18n::{Language, messages, use_language};
use crate::state::{Change, Changes, NoticeAction, Notices, explain};

/// The duration of the offer to undo, in seconds.
const UNDO_SECONDS: u32 = 10;
/// The duration of a notice with a "Show details" button, in seconds.
const DETAILS_SECONDS: u32 = 15;
/// A request that takes longer than this shows a progress notice.
const SLOW: Duration = Duration::from_secs(1);

/// Sends bulk requests and reports their outcomes.
#[derive(Clone, Copy)]
pub(super) struct BulkStore {
    /// The latest outcome that needs a dialog.
    pub(super) outcome: RwSignal<Option<BulkOutcome>>,
    changes: Changes,
    notices: Notices,
    language: Language,
    client: StoredValue<Client>,
}

impl BulkStore {
    /// Reads its dependencies from the leptos context.
    pub(super) fn new() -> Self {
        Self {
            outcome: RwSignal::new(None),
            changes: expect_context(),
            notices: expect_context(),
            language: use_language(),
            client: StoredValue::new(expect_context()),
        }
    }

    /// Sends a bulk request. Shows the outcome in a notice, or in a dialog if some users were refused.
    pub(super) async fn run(self, request: BulkRequest) -> Result<(), ApiError> {
        let job = self.finish(|client| async move { client.bulk(&request).await }).await?;
        self.show(BulkOutcome(job));
        Ok(())
    }

    fn show(self, outcome: BulkOutcome) {
        if outcome.0.progress.refused > 0 {
            let _ = self.outcome.try_set(Some(outcome));
        } else if outcome.0.can_undo && outcome.0.action == JobAction::Remove {
            self.offer_undo(&outcome);
        } else {
            self.notices.success(outcome.summary(self.language));
        }
    }

    /// Sends the invitation mails again.
    pub(super) fn resend(self, select: BulkSelection, count: u32) {
        let language = self.language;
        let slow_notice =
            set_timeout_with_handle(move || self.notices.info(messages::resending(language, count)), SLOW);
        spawn_local(async move {
            let request = BulkRequest { select, action: BulkAction::Resend, node_id: None, role: None };
            let response = self.finish(|client| async move { client.bulk(&request).await }).await;
            if let Ok(slow_notice) = slow_notice {
                slow_notice.clear();
            }
            match response {
                Ok(job) if job.progress.refused == 0 => {
                    self.notices.success(BulkOutcome(job).summary(language));
                }
                Ok(job) => {
                    let outcome = BulkOutcome(job);
                    let summary = outcome.summary(language);
                    let show = NoticeAction {
                        label: messages::show_details(language).into(),
                        key: None,
                        run: Callback::new(move |()| {
                            let _ = self.outcome.try_set(Some(outcome.clone()));
                        }),
                        counts_down: false,
                    };
                    self.notices.success_with_action(summary, DETAILS_SECONDS, show);
                }
                Err(error) => self.report_error(messages::resend_failed(language), &error),
            }
        });
    }

    /// Undoes what a job has changed.
    pub(super) fn undo(self, job: Uuid) {
        spawn_local(async move {
            match self.finish(|client| async move { client.undo_job(job).await }).await {
                Ok(job) => self.show(BulkOutcome(job)),
                Err(error) => self.report_error(messages::restore_failed(self.language), &error),
            }
        });
    }

    fn offer_undo(self, outcome: &BulkOutcome) {
        let job = outcome.0.id;
        let undo = NoticeAction {
            label: messages::undo(self.language).into(),
            key: Some("u"),
            run: Callback::new(move |()| self.undo(job)),
            counts_down: true,
        };
        self.notices.success_with_action(outcome.summary(self.language), UNDO_SECONDS, undo);
    }

    /// Runs a job to its end, and notifies the page of the changes.
    async fn finish<Fut>(self, run: impl FnOnce(Client) -> Fut) -> Result<Job, ApiError>
    where
        Fut: Future<Output = Result<Job, ApiError>>,
    {
        // The owner may have been disposed by the time that a notice's button is pressed.
        let client = self.client.try_get_value().ok_or(ApiError::Aborted)?;
        let response = run(client).await;
        if response.is_ok() {
            self.changes.notify(Change::Users);
        }
        response
    }

    fn report_error(self, what: &str, error: &ApiError) {
        if *error != ApiError::Aborted {
            self.notices.error(format!("{what} {}", explain(self.language, error)));
        }
    }
}
