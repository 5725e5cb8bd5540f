use std::sync::Arc;

use leptos::prelude::*;
use studio_users_contract::{Code, UserDetails, UserRow};
use studio_users_domain::{Status, UserId};

use super::prefetch::UserPrefetch;
use crate::api::{ApiError, Latest};
use crate::reactive::memo;
use crate::state::use_list_navigation;

/// The user in the panel.
#[derive(Clone, Copy)]
pub(super) struct UserStore {
    /// The user's details, or `None` until they are loaded.
    pub(super) details: RwSignal<Option<Arc<UserDetails>>>,
    /// The user's row: from the details, or from the list until those are loaded.
    pub(super) row: Memo<Option<UserRow>>,
    /// The error of the last request for the details.
    pub(super) error: RwSignal<Option<ApiError>>,
    pub(super) user: RwSignal<Option<UserId>>,
    /// Whether the panel is open. A closed panel keeps its user.
    pub(super) is_open: RwSignal<bool>,
    prefetch: UserPrefetch,
    request: Latest,
}

impl UserStore {
    pub(super) fn new(prefetch: UserPrefetch) -> Self {
        let list_navigation = use_list_navigation();
        let details = RwSignal::new(None::<Arc<UserDetails>>);
        let user = RwSignal::new(None);
        let row = memo(move |_| {
            let user = user.get()?;
            let known = details.with(|details| details.as_ref().map(|details| details.row.clone()));
            known.or_else(|| list_navigation.known_row(user))
        });
        let store = Self {
            details,
            row,
            error: RwSignal::new(None),
            user,
            is_open: RwSignal::new(false),
            prefetch,
            request: Latest::new(),
        };
        #[cfg(not(target_family = "wasm"))]
        store.prerender();
        store
    }

    /// Shows the user of the [`PrerenderedUser`](super::PrerenderedUser) context.
    #[cfg(not(target_family = "wasm"))]
    fn prerender(self) {
        let Some(super::PrerenderedUser { details, .. }) = use_context() else { return };
        self.is_open.set(true);
        match details {
            Ok(details) => {
                self.user.set(Some(details.row.id));
                self.details.set(Some(details));
            }
            Err(error) => self.error.set(Some(error)),
        }
    }

    /// Shows a user. Also call this when the same user is reopened.
    pub(super) fn show(self, user: UserId) {
        self.user.set(Some(user));
        self.is_open.set(true);
        self.error.set(None);
        if !self.fetch(user) {
            self.details.set(None);
        }
    }

    /// Fetches the same user again. The current details stay visible until the response arrives.
    pub(super) fn refresh(self) {
        if let Some(user) = self.user.get_untracked() {
            self.fetch(user);
        }
    }

    /// Fetches the details. Returns whether a prefetched response was ready, in which case the details are already
    /// replaced.
    fn fetch(self, user: UserId) -> bool {
        // A removed user stays "not found" until a response arrives.
        if !self.is_not_found() {
            self.error.set(None);
        }
        self.request.abort();
        let Some(in_flight) = self.prefetch.request(user) else { return false };
        if let Some(Ok(details)) = in_flight.response.peek() {
            self.details.set(Some(Arc::new(details.clone())));
            self.error.set(None);
            return true;
        }
        self.request.attach(in_flight, move |response| match response {
            Ok(details) => {
                let _ = self.details.try_set(Some(Arc::new(details)));
                let _ = self.error.try_set(None);
            }
            Err(error) => {
                let _ = self.error.try_set(Some(error));
            }
        });
        false
    }

    /// The user's status, or `None` until the details are loaded.
    pub(super) fn status(self) -> Option<Status> {
        self.details.with(|details| details.as_ref().map(|details| details.row.status))
    }

    /// Whether the backend answered with 404: the user does not exist, or the current user may not see them.
    pub(super) fn is_not_found(self) -> bool {
        self.error.with(|error| error.as_ref().is_some_and(|error| error.code() == Some(Code::NotFound)))
    }

    /// Closes the panel, and keeps its content until the next user is opened. Rendering it again takes longer,
    /// and leaks a subscriber in every signal that it read: `reactive_graph` 0.2 does not unsubscribe disposed nodes. See `docs/decisions/0005-recycle-table-cells.md`.
    pub(super) fn close(self) {
        self.is_open.set(false);
        self.request.abort();
    }
}
