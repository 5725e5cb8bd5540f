use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{BulkAction, BulkIds, BulkRequest, BulkResult, BulkSelection};
use studio_users_domain::UserId;

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
        let result = self.send(&request).await?;
        let outcome = BulkOutcome { action: request.action, result };
        if outcome.result.refused > 0 {
            let _ = self.outcome.try_set(Some(outcome));
        } else if outcome.result.removed.is_empty() {
            self.notices.success(outcome.summary(self.language));
        } else {
            self.offer_undo(&outcome);
        }
        Ok(())
    }

    /// Sends the invitation mails again.
    pub(super) fn resend(self, select: BulkSelection, count: u32) {
        let language = self.language;
        let slow_notice =
            set_timeout_with_handle(move || self.notices.info(messages::resending(language, count)), SLOW);
        spawn_local(async move {
            let request = BulkRequest { select, action: BulkAction::Resend, node_id: None, role: None };
            let response = self.send(&request).await;
            if let Ok(slow_notice) = slow_notice {
                slow_notice.clear();
            }
            match response {
                Ok(result) if result.refused == 0 => {
                    self.notices
                        .success(BulkOutcome { action: BulkAction::Resend, result }.summary(language));
                }
                Ok(result) => {
                    let outcome = BulkOutcome { action: BulkAction::Resend, result };
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

    /// Restores exactly the users that a removal removed.
    pub(super) fn restore(self, removed: Vec<UserId>) {
        spawn_local(async move {
            let select = BulkSelection::Ids(BulkIds { ids: removed });
            let request = BulkRequest { select, action: BulkAction::Restore, node_id: None, role: None };
            if let Err(error) = self.run(request).await {
                self.report_error(messages::restore_failed(self.language), &error);
            }
        });
    }

    fn offer_undo(self, outcome: &BulkOutcome) {
        let removed = outcome.result.removed.clone();
        let undo = NoticeAction {
            label: messages::undo(self.language).into(),
            key: Some("u"),
            run: Callback::new(move |()| self.restore(removed.clone())),
            counts_down: true,
        };
        self.notices.success_with_action(outcome.summary(self.language), UNDO_SECONDS, undo);
    }

    async fn send(self, request: &BulkRequest) -> Result<BulkResult, ApiError> {
        // The owner may have been disposed by the time that a notice's button is pressed.
        let client = self.client.try_get_value().ok_or(ApiError::Aborted)?;
        let response = client.bulk(request).await;
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
