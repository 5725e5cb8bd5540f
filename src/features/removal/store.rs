use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{BulkAction, BulkIds, BulkRequest, BulkSelection, Job, RemovedUser, UserAccess};
use studio_users_domain::UserId;
use web_sys::AbortSignal;

use crate::api::{ApiError, Client};
use crate::i18n::{Language, isolated, messages, use_language};
use crate::state::{Change, Changes, NoticeAction, Notices, explain};

/// The duration of the offer to undo, in seconds.
const UNDO_SECONDS: u32 = 10;

/// Removes and restores users.
#[derive(Clone, Copy)]
pub(super) struct RemovedUsersStore {
    changes: Changes,
    notices: Notices,
    language: Language,
    client: StoredValue<Client>,
}

impl RemovedUsersStore {
    /// Reads its dependencies from the leptos context.
    pub(super) fn new() -> Self {
        Self {
            changes: expect_context(),
            notices: expect_context(),
            language: use_language(),
            client: StoredValue::new(expect_context()),
        }
    }

    /// Fetches the access of a user.
    pub(super) async fn access(self, user: UserId, abort: &AbortSignal) -> Result<UserAccess, ApiError> {
        self.client()?.access(user, Some(abort)).await.map(|(access, _)| access)
    }

    /// Removes a user, notifies the page and shows a notice that offers to undo it.
    pub(super) async fn remove(self, user: UserId, name: String) -> Result<(), ApiError> {
        self.client()?.remove_user(user).await?;
        self.changes.notify(Change::User(user));
        let name_for_undo = name.clone();
        let undo = NoticeAction {
            label: messages::undo(self.language).into(),
            key: Some("u"),
            run: Callback::new(move |()| self.undo(user, name_for_undo.clone())),
            counts_down: true,
        };
        self.notices.success_with_action(
            messages::removed(self.language, &isolated(&name)),
            UNDO_SECONDS,
            undo,
        );
        Ok(())
    }

    /// Shows a notice that a removal has failed.
    pub(super) fn report_failed_removal(self, name: &str, error: &ApiError) {
        if *error != ApiError::Aborted {
            let cause = explain(self.language, error);
            self.notices.error(messages::not_removed(self.language, &isolated(name), &cause));
        }
    }

    /// Fetches the removed users.
    pub(super) async fn removed(self) -> Result<Vec<RemovedUser>, ApiError> {
        self.client()?.removed_users().await
    }

    /// Restores users. The backend accepts or refuses each of them separately.
    pub(super) async fn restore(self, users: Vec<UserId>) -> Result<Job, ApiError> {
        let select = BulkSelection::Ids(BulkIds { ids: users });
        let request = BulkRequest { select, action: BulkAction::Restore, node_id: None, role: None };
        let job = self.client()?.bulk(&request).await?;
        self.changes.notify(Change::Users);
        Ok(job)
    }

    fn undo(self, user: UserId, name: String) {
        spawn_local(async move {
            let Ok(client) = self.client() else { return };
            match client.restore_user(user).await {
                Ok(()) => {
                    self.changes.notify(Change::User(user));
                    self.notices.success(messages::restored(self.language, &isolated(&name)));
                }
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    let cause = explain(self.language, &error);
                    self.notices.error(messages::not_restored(self.language, &isolated(&name), &cause));
                }
            }
        });
    }

    fn client(self) -> Result<Client, ApiError> {
        // The owner may have been disposed by the time that a notice's button is pressed.
        self.client.try_get_value().ok_or(ApiError::Aborted)
    }
}
