use futures_util::future::{LocalBoxFuture, Shared};
use leptos::prelude::*;
use studio_users_contract::UserDetails;
use studio_users_domain::UserId;

use crate::api::{ApiError, Client, InFlight};

/// The request for one user's details. Several futures may await the response.
pub(super) type UserRequest = InFlight<Shared<LocalBoxFuture<'static, Result<UserDetails, ApiError>>>>;

/// Prefetches a user who is about to be opened. The request starts when their name is pressed, before anything renders.
#[derive(Clone, Copy)]
pub(super) struct UserPrefetch {
    client: StoredValue<Client>,
    request: StoredValue<Option<(UserId, UserRequest)>, LocalStorage>,
}

impl UserPrefetch {
    pub(super) fn new(client: Client) -> Self {
        Self { client: StoredValue::new(client), request: StoredValue::new_local(None) }
    }

    /// Starts the request for this user, unless a fresh one is in flight.
    pub(super) fn prefetch(self, user: UserId) {
        let request = self.request(user).map(|request| (user, request));
        let _ = self.request.try_set_value(request);
    }

    /// Returns the prefetched request for the user if it is fresh, or starts one.
    pub(super) fn request(self, user: UserId) -> Option<UserRequest> {
        self.take(user).or_else(|| self.send(user))
    }

    /// Aborts and drops the prefetched request. Call this after a change, which may have outdated the response.
    pub(super) fn invalidate(self) {
        if let Some((_, request)) = self.request.try_update_value(Option::take).flatten() {
            request.abort.abort();
        }
    }

    fn take(self, user: UserId) -> Option<UserRequest> {
        let (prefetched_user, request) = self.request.try_update_value(Option::take).flatten()?;
        if prefetched_user == user && request.is_fresh() {
            return Some(request);
        }
        request.abort.abort();
        None
    }

    fn send(self, user: UserId) -> Option<UserRequest> {
        let client = self.client.try_get_value()?;
        InFlight::new(|signal| async move { client.user(user, &signal).await }).map(InFlight::shared)
    }
}
