use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{
    BulkAction, BulkIds, BulkRequest, BulkResult, BulkSelection, RemovedUser, UserAccess,
};
use studio_users_domain::UserId;
use web_sys::AbortSignal;

use crate::api::{ApiError, Client};
use crate::i18n::{Language, isolated, messages, use_language};
use crate::state::{Change, Changes, NoticeAction, Notices, explain};

/// For how many seconds undoing is offered on screen.
const OFFERED: u32 = 10;

/// Removes and restores.
#[derive(Clone, Copy)]
pub(super) struct Store {
    changes: Changes,
    notices: Notices,
    language: Language,
    client: StoredValue<Client>,
}

impl Store {
    /// Over what the page provides.
    pub(super) fn new() -> Self {
        Self {
            changes: expect_context(),
            notices: expect_context(),
            language: use_language(),
            client: StoredValue::new(expect_context()),
        }
    }

    /// What somebody has where.
    pub(super) async fn access(self, user: UserId, abort: &AbortSignal) -> Result<UserAccess, ApiError> {
        self.client()?.access(user, abort).await.map(|(access, _)| access)
    }

    /// Removes somebody, tells of it, and offers to undo it.
    pub(super) async fn remove(self, user: UserId, name: String) -> Result<(), ApiError> {
        self.client()?.remove_user(user).await?;
        self.changes.tell(Change::User(user));
        let undone = name.clone();
        let undo = NoticeAction {
            label: messages::undo(self.language).into(),
            key: Some("u"),
            run: Callback::new(move |()| self.undo(user, undone.clone())),
            counts_down: true,
        };
        self.notices.offer(messages::removed(self.language, &isolated(&name)), OFFERED, undo);
        Ok(())
    }

    /// Those who were removed.
    pub(super) async fn removed(self) -> Result<Vec<RemovedUser>, ApiError> {
        self.client()?.removed_users().await
    }

    /// Restores these, each judged by themselves.
    pub(super) async fn restore(self, users: Vec<UserId>) -> Result<BulkResult, ApiError> {
        let select = BulkSelection::Ids(BulkIds { ids: users });
        let request = BulkRequest { select, action: BulkAction::Restore, node_id: None, role: None };
        let result = self.client()?.bulk(&request).await?;
        self.changes.tell(Change::Users);
        Ok(result)
    }

    fn undo(self, user: UserId, name: String) {
        spawn_local(async move {
            let Ok(client) = self.client() else { return };
            match client.restore_user(user).await {
                Ok(()) => {
                    self.changes.tell(Change::User(user));
                    self.notices.done(messages::restored(self.language, &isolated(&name)));
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
        // The page may be gone by the time somebody asks.
        self.client.try_get_value().ok_or(ApiError::Aborted)
    }
}
