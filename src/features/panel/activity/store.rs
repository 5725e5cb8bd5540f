use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Action, ActivityQuery, AuditEntry};
use studio_users_domain::UserId;
use web_sys::AbortController;

use crate::api::{ApiError, Client};
use crate::i18n::{messages, use_language};
use crate::state::{Notices, explain, use_notices};
use crate::ui::TextFile;

/// The audit log of one user, read as far as the reader has scrolled.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// What has come, the newest first; nothing until the first have.
    pub(super) entries: RwSignal<Option<Vec<AuditEntry>>>,
    /// What keeps more from coming.
    pub(super) error: RwSignal<Option<ApiError>>,
    /// Whether more are on their way.
    pub(super) is_loading: RwSignal<bool>,
    /// Whether there are more.
    pub(super) has_more: Signal<bool>,
    /// Only entries of this action.
    pub(super) action: RwSignal<Option<Action>>,
    /// Whether the whole is being exported.
    pub(super) is_exporting: RwSignal<bool>,
    next: RwSignal<Option<String>>,
    user: UserId,
    client: StoredValue<Client>,
    notices: Notices,
    call: StoredValue<Option<AbortController>, LocalStorage>,
    export: StoredValue<Option<AbortController>, LocalStorage>,
}

impl Store {
    pub(super) fn new(user: UserId) -> Self {
        let next = RwSignal::new(None);
        let store = Self {
            entries: RwSignal::new(None),
            error: RwSignal::new(None),
            is_loading: RwSignal::new(false),
            has_more: Signal::derive(move || next.with(Option::is_some)),
            action: RwSignal::new(None),
            is_exporting: RwSignal::new(false),
            next,
            user,
            client: StoredValue::new(expect_context()),
            notices: use_notices(),
            call: StoredValue::new_local(None),
            export: StoredValue::new_local(None),
        };
        on_cleanup(move || {
            for call in [store.call, store.export] {
                if let Some(call) = call.try_update_value(Option::take).flatten() {
                    call.abort();
                }
            }
        });
        store
    }

    /// Reads the newest entries.
    pub(super) fn begin(self) {
        if let Some(call) = self.call.try_update_value(Option::take).flatten() {
            call.abort();
        }
        self.is_loading.set(false);
        self.next.set(None);
        self.read(None);
    }

    /// Reads those that follow.
    pub(super) fn go_on(self) {
        if self.is_loading.get_untracked() || self.error.with_untracked(Option::is_some) {
            return;
        }
        if let Some(next) = self.next.get_untracked() {
            self.read(Some(next));
        }
    }

    /// Tries once more what did not come.
    pub(super) fn retry(self) {
        self.error.set(None);
        match self.next.get_untracked() {
            Some(next) => self.read(Some(next)),
            None => self.begin(),
        }
    }

    fn read(self, before: Option<String>) {
        let Ok(abort) = AbortController::new() else { return };
        let signal = abort.signal();
        self.call.set_value(Some(abort));
        self.is_loading.set(true);
        self.error.set(None);
        let client = self.client.get_value();
        let action = self.action.get_untracked();
        let is_first = before.is_none();
        let query = ActivityQuery { before, action, ..ActivityQuery::default() };
        spawn_local(async move {
            let answer = client.activity(self.user, &query, &signal).await;
            if signal.aborted() {
                return;
            }
            let _ = self.is_loading.try_set(false);
            match answer {
                Ok(page) => {
                    let _ = self.entries.try_update(|entries| match entries {
                        Some(entries) if !is_first => entries.extend(page.items),
                        entries => *entries = Some(page.items),
                    });
                    let _ = self.next.try_set(page.next);
                }
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    let _ = self.error.try_set(Some(error));
                }
            }
        });
    }

    /// Saves the whole log as a table for a spreadsheet.
    pub(super) fn export(self, name: String) {
        let Ok(abort) = AbortController::new() else { return };
        if self.is_exporting.get_untracked() {
            return;
        }
        let signal = abort.signal();
        self.export.set_value(Some(abort));
        self.is_exporting.set(true);
        let (client, language) = (self.client.get_value(), use_language());
        spawn_local(async move {
            let file = TextFile::default();
            let pieces = file.clone();
            let on_text = Box::new(move |text: String| pieces.push(&text));
            let answer = client.activity_csv(self.user, &signal, on_text).await;
            let _ = self.is_exporting.try_set(false);
            match answer {
                Ok(()) if file.save(&format!("{name}.csv"), "text/csv;charset=utf-8").is_ok() => {}
                Err(ApiError::Aborted) => {}
                Ok(()) => self.notices.error(messages::audit_not_exported(language, "")),
                Err(error) => {
                    self.notices.error(messages::audit_not_exported(language, &explain(language, &error)));
                }
            }
        });
    }
}
