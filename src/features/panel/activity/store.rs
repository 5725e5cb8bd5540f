use chrono::{DateTime, Utc};
use leptos::prelude::*;
use studio_users_contract::{Action, ActivityQuery, AuditEntry};
use studio_users_domain::UserId;

use crate::api::{ApiError, Client, Latest};
use crate::i18n::{messages, use_language};
use crate::state::{Notices, explain, use_notices};
use crate::ui::TextFile;

/// The audit log of one user, loaded page by page as the current user scrolls.
#[derive(Clone, Copy)]
pub(super) struct ActivityStore {
    /// The loaded entries, newest first, or `None` until the first page is loaded.
    pub(super) entries: RwSignal<Option<Vec<AuditEntry>>>,
    /// The error of the last request for a page.
    pub(super) error: RwSignal<Option<ApiError>>,
    /// Whether a request for a page is in flight.
    pub(super) is_loading: RwSignal<bool>,
    /// Whether the backend has older entries.
    pub(super) has_more: Signal<bool>,
    /// The action to filter by, or `None` for all.
    pub(super) action: RwSignal<Option<Action>>,
    /// The time before which the backend has deleted all entries, once the last page is loaded. `None` if it has not.
    pub(super) deleted_before: RwSignal<Option<DateTime<Utc>>>,
    /// Whether an export is in flight.
    pub(super) is_exporting: RwSignal<bool>,
    next_cursor: RwSignal<Option<String>>,
    user: UserId,
    client: StoredValue<Client>,
    notices: Notices,
    page_request: Latest,
    export_request: Latest,
}

impl ActivityStore {
    pub(super) fn new(user: UserId) -> Self {
        let next_cursor = RwSignal::new(None);
        Self {
            entries: RwSignal::new(None),
            error: RwSignal::new(None),
            is_loading: RwSignal::new(false),
            has_more: Signal::derive(move || next_cursor.with(Option::is_some)),
            action: RwSignal::new(None),
            deleted_before: RwSignal::new(None),
            is_exporting: RwSignal::new(false),
            next_cursor,
            user,
            client: StoredValue::new(expect_context()),
            notices: use_notices(),
            page_request: Latest::new(),
            export_request: Latest::new(),
        }
    }

    /// Loads the first page anew, and aborts the request in flight.
    pub(super) fn load_newest(self) {
        self.next_cursor.set(None);
        self.fetch_page(None);
    }

    /// Loads the next page. Does nothing while a page is loading, or after an error.
    pub(super) fn load_more(self) {
        if self.is_loading.get_untracked() || self.error.with_untracked(Option::is_some) {
            return;
        }
        if let Some(cursor) = self.next_cursor.get_untracked() {
            self.fetch_page(Some(cursor));
        }
    }

    /// Repeats the request that failed.
    pub(super) fn retry(self) {
        self.error.set(None);
        match self.next_cursor.get_untracked() {
            Some(cursor) => self.fetch_page(Some(cursor)),
            None => self.load_newest(),
        }
    }

    fn fetch_page(self, before: Option<String>) {
        self.is_loading.set(true);
        self.error.set(None);
        let client = self.client.get_value();
        let action = self.action.get_untracked();
        let is_first = before.is_none();
        let query = ActivityQuery { before, action, ..ActivityQuery::default() };
        let user = self.user;
        let request = |signal| async move { client.activity(user, &query, &signal).await };
        self.page_request.send(request, move |response| {
            let _ = self.is_loading.try_set(false);
            match response {
                Ok(page) => {
                    let _ = self.entries.try_update(|entries| match entries {
                        Some(entries) if !is_first => entries.extend(page.items),
                        entries => *entries = Some(page.items),
                    });
                    let _ = self.next_cursor.try_set(page.next);
                    let _ = self.deleted_before.try_set(page.deleted_before);
                }
                Err(error) => {
                    let _ = self.error.try_set(Some(error));
                }
            }
        });
    }

    /// Downloads the whole log as a CSV file.
    pub(super) fn export(self, name: String) {
        if self.is_exporting.get_untracked() {
            return;
        }
        self.is_exporting.set(true);
        let (client, language, user) = (self.client.get_value(), use_language(), self.user);
        let file = TextFile::with_byte_order_mark();
        let chunks = file.clone();
        let on_text = Box::new(move |text: String| chunks.push(&text));
        let request = |signal| async move { client.activity_csv(user, &signal, on_text).await };
        self.export_request.send(request, move |response| {
            let _ = self.is_exporting.try_set(false);
            let result = response.map_err(|error| explain(language, &error)).and_then(|()| {
                let saved = file.save(&format!("{name}.csv"), "text/csv;charset=utf-8");
                saved.map_err(|_| messages::file_not_saved(language).to_owned())
            });
            if let Err(cause) = result {
                self.notices.error(messages::audit_log_not_exported(language, &cause));
            }
        });
    }
}
