use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{BulkAction, BulkIds, BulkRequest, BulkResult, BulkSelection};
use studio_users_domain::UserId;

use super::model::Outcome;
use crate::api::{ApiError, Client};
use crate::i18n::{Language, messages, use_language};
use crate::state::{Change, Changes, NoticeAction, Notices, explain};

/// For how many seconds undoing is offered on screen.
const OFFERED: u32 = 10;
/// For how many seconds a notice stays that has more to tell.
const MORE_TO_TELL: u32 = 15;
/// What takes longer is told to be under way.
const LONG: Duration = Duration::from_secs(1);

/// Makes requests about many users.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// What came of the last one, where that takes a dialog to tell.
    pub(super) outcome: RwSignal<Option<Outcome>>,
    changes: Changes,
    notices: Notices,
    language: Language,
    client: StoredValue<Client>,
}

impl Store {
    /// Over what the page provides.
    pub(super) fn new() -> Self {
        Self {
            outcome: RwSignal::new(None),
            changes: expect_context(),
            notices: expect_context(),
            language: use_language(),
            client: StoredValue::new(expect_context()),
        }
    }

    /// Does something with many, and tells what came of it: by a notice, or where some were refused in a dialog.
    pub(super) async fn act(self, request: BulkRequest) -> Result<(), ApiError> {
        let result = self.send(&request).await?;
        let outcome = Outcome { action: request.action, result };
        if outcome.result.refused > 0 {
            let _ = self.outcome.try_set(Some(outcome));
        } else if outcome.result.removed.is_empty() {
            self.notices.done(outcome.words(self.language));
        } else {
            self.offer_undo(&outcome);
        }
        Ok(())
    }

    /// Mails invitations again.
    pub(super) fn resend(self, select: BulkSelection, count: u32) {
        let language = self.language;
        let under_way =
            set_timeout_with_handle(move || self.notices.info(messages::resending(language, count)), LONG);
        spawn_local(async move {
            let request = BulkRequest { select, action: BulkAction::Resend, node_id: None, role: None };
            let answer = self.send(&request).await;
            if let Ok(under_way) = under_way {
                under_way.clear();
            }
            match answer {
                Ok(result) if result.refused == 0 => {
                    self.notices.done(Outcome { action: BulkAction::Resend, result }.words(language));
                }
                Ok(result) => {
                    let outcome = Outcome { action: BulkAction::Resend, result };
                    let words = outcome.words(language);
                    let show = NoticeAction {
                        label: messages::show_refused(language).into(),
                        key: None,
                        run: Callback::new(move |()| {
                            let _ = self.outcome.try_set(Some(outcome.clone()));
                        }),
                        counts_down: false,
                    };
                    self.notices.offer(words, MORE_TO_TELL, show);
                }
                Err(error) => self.failed(messages::resend_failed(language), &error),
            }
        });
    }

    /// Restores exactly those whom a removal took.
    pub(super) fn restore(self, removed: Vec<UserId>) {
        spawn_local(async move {
            let select = BulkSelection::Ids(BulkIds { ids: removed });
            let request = BulkRequest { select, action: BulkAction::Restore, node_id: None, role: None };
            if let Err(error) = self.act(request).await {
                self.failed(messages::restore_failed(self.language), &error);
            }
        });
    }

    fn offer_undo(self, outcome: &Outcome) {
        let removed = outcome.result.removed.clone();
        let undo = NoticeAction {
            label: messages::undo(self.language).into(),
            key: Some("u"),
            run: Callback::new(move |()| self.restore(removed.clone())),
            counts_down: true,
        };
        self.notices.offer(outcome.words(self.language), OFFERED, undo);
    }

    async fn send(self, request: &BulkRequest) -> Result<BulkResult, ApiError> {
        // The page may be gone by the time somebody asks.
        let client = self.client.try_get_value().ok_or(ApiError::Aborted)?;
        let answer = client.bulk(request).await;
        if answer.is_ok() {
            self.changes.tell(Change::Users);
        }
        answer
    }

    fn failed(self, what: &str, error: &ApiError) {
        if *error != ApiError::Aborted {
            self.notices.error(format!("{what} {}", explain(self.language, error)));
        }
    }
}
