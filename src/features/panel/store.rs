use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Code, UserDetails, UserRow};
use studio_users_domain::{Status, UserId};
use web_sys::AbortController;

use super::ahead::{Ahead, Call};
use crate::api::ApiError;
use crate::state::use_results;

/// The user whom the panel shows.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// Everything about them, once it has come.
    pub(super) details: RwSignal<Option<Arc<UserDetails>>>,
    /// What the user's row says: of the list's, until there is more.
    pub(super) row: Memo<Option<UserRow>>,
    /// What keeps the details from coming.
    pub(super) error: RwSignal<Option<ApiError>>,
    /// Who it is.
    pub(super) user: RwSignal<Option<UserId>>,
    /// Whether they are open, rather than left.
    pub(super) is_open: RwSignal<bool>,
    ahead: Ahead,
    call: StoredValue<Option<AbortController>, LocalStorage>,
}

impl Store {
    /// Shows nobody yet.
    pub(super) fn new(ahead: Ahead) -> Self {
        let results = use_results();
        let details = RwSignal::new(None::<Arc<UserDetails>>);
        let user = RwSignal::new(None);
        let row = Memo::new(move |_| {
            let user = user.get()?;
            let known = details.with(|details| details.as_ref().map(|details| details.row.clone()));
            known.or_else(|| results.row.read().as_ref().filter(|row| row.id == user).cloned())
        });
        let store = Self {
            details,
            row,
            error: RwSignal::new(None),
            user,
            is_open: RwSignal::new(false),
            ahead,
            call: StoredValue::new_local(None),
        };
        on_cleanup(move || store.give_up());
        store
    }

    /// Shows another user, or the same who was opened anew.
    pub(super) fn show(self, user: UserId) {
        self.user.set(Some(user));
        self.is_open.set(true);
        if !self.read(user) {
            self.details.set(None);
        }
    }

    /// Reads the same user anew: what is known stays until more is.
    pub(super) fn refresh(self) {
        if let Some(user) = self.user.get_untracked() {
            self.read(user);
        }
    }

    /// Whether the answer is there at once: what is shown then becomes the other user's as it stands.
    fn read(self, user: UserId) -> bool {
        self.error.set(None);
        self.give_up();
        let Some(Call { abort, answer, .. }) = self.ahead.call(user) else { return false };
        if let Some(Ok(details)) = answer.peek() {
            self.details.set(Some(Arc::new(details.clone())));
            return true;
        }
        let signal = abort.signal();
        self.call.set_value(Some(abort));
        spawn_local(async move {
            let answer = answer.await;
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
        false
    }

    /// How far the user has come.
    pub(super) fn status(self) -> Option<Status> {
        self.details.with(|details| details.as_ref().map(|details| details.row.status))
    }

    /// Whether there is no such user, or none that the reader may see.
    pub(super) fn is_gone(self) -> bool {
        self.error.with(|error| error.as_ref().is_some_and(|error| error.code() == Some(Code::NotFound)))
    }

    /// The panel is closed. What it shows stays, unseen, until somebody is opened: to make all of it anew takes longer, and
    /// leaves something behind in every signal that it listened to.
    pub(super) fn leave(self) {
        self.is_open.set(false);
        self.give_up();
    }

    fn give_up(self) {
        if let Some(call) = self.call.try_update_value(Option::take).flatten() {
            call.abort();
        }
    }
}
