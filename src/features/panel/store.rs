use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Code, UserDetails, UserRow};
use studio_users_domain::{Status, UserId};
use web_sys::AbortController;

use crate::api::{ApiError, Client};
use crate::state::{Results, use_results};

/// The user whom the panel shows.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// Everything about them, once it has come.
    pub(super) details: RwSignal<Option<Arc<UserDetails>>>,
    /// What keeps it from coming.
    pub(super) error: RwSignal<Option<ApiError>>,
    user: RwSignal<Option<UserId>>,
    results: Results,
    client: StoredValue<Client>,
    call: StoredValue<Option<AbortController>, LocalStorage>,
}

impl Store {
    pub(super) fn new() -> Self {
        let store = Self {
            details: RwSignal::new(None),
            error: RwSignal::new(None),
            user: RwSignal::new(None),
            results: use_results(),
            client: StoredValue::new(expect_context()),
            call: StoredValue::new_local(None),
        };
        on_cleanup(move || store.give_up());
        store
    }

    /// Shows another user, or reads the same anew: then what is known stays until more is.
    pub(super) fn show(self, user: UserId) {
        if self.user.get_untracked() != Some(user) {
            self.user.set(Some(user));
            self.details.set(None);
        }
        self.error.set(None);
        self.give_up();
        let Ok(abort) = AbortController::new() else { return };
        let signal = abort.signal();
        self.call.set_value(Some(abort));
        let client = self.client.get_value();
        spawn_local(async move {
            let answer = client.user(user, &signal).await;
            // Another may be shown by now, or the panel be gone.
            if signal.aborted() || self.user.try_get_untracked() != Some(Some(user)) {
                return;
            }
            match answer {
                Ok(details) => {
                    let _ = self.details.try_set(Some(Arc::new(details)));
                }
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    let _ = self.error.try_set(Some(error));
                }
            }
        });
    }

    /// Reads the user anew.
    pub(super) fn refresh(self) {
        if let Some(user) = self.user.get_untracked() {
            self.show(user);
        }
    }

    /// What the user's row says: of the list's, until there is more.
    pub(super) fn row(self) -> Option<UserRow> {
        let user = self.user.get()?;
        let known = self.details.with(|details| details.as_ref().map(|details| details.row.clone()));
        known.or_else(|| self.results.row.get().filter(|row| row.id == user))
    }

    /// How far the user has come.
    pub(super) fn status(self) -> Option<Status> {
        self.details.with(|details| details.as_ref().map(|details| details.row.status))
    }

    /// Whether there is no such user, or none that the reader may see.
    pub(super) fn is_gone(self) -> bool {
        self.error.with(|error| error.as_ref().is_some_and(|error| error.code() == Some(Code::NotFound)))
    }

    fn give_up(self) {
        if let Some(call) = self.call.try_update_value(Option::take).flatten() {
            call.abort();
        }
    }
}
