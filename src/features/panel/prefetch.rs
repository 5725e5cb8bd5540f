use std::time::Duration;

use futures_util::future::{LocalBoxFuture, Shared, select};
use js_sys::Promise;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::UserDetails;
use studio_users_domain::UserId;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::api::{ApiError, Client, InFlight};
use crate::state::OpenNow;

/// The longest time that opening waits for the response. A delay of 50 ms still feels instant.
const MAX_OPEN_DELAY: Duration = Duration::from_millis(50);

/// The request for one user's details. Several futures may await the response.
pub(super) type UserRequest = InFlight<Shared<LocalBoxFuture<'static, Result<UserDetails, ApiError>>>>;

/// Prefetches a user who is about to be opened. The request starts when their name is pressed, before anything renders.
#[derive(Clone, Copy)]
pub(super) struct UserPrefetch {
    client: StoredValue<Client>,
    request: StoredValue<Option<(UserId, UserRequest)>, LocalStorage>,
    /// The number of users opened so far. It tells whether another user was opened in the meantime.
    generation: StoredValue<u32>,
}

impl UserPrefetch {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client: StoredValue::new(client),
            request: StoredValue::new_local(None),
            generation: StoredValue::new(0),
        }
    }

    /// Starts the request for this user, unless a fresh one is in flight.
    pub(super) fn prefetch(self, user: UserId) {
        let request = self.request(user).map(|request| (user, request));
        let _ = self.request.try_set_value(request);
    }

    /// Calls `then` when the response is ready, so that the panel renders completely at once, or after
    /// [`MAX_OPEN_DELAY`]. Does not call it if another user is opened in the meantime.
    pub(super) fn open(self, user: UserId, then: OpenNow) {
        self.prefetch(user);
        let response = self
            .request
            .try_with_value(|request| request.as_ref().map(|(_, request)| request.response.clone()))
            .flatten();
        let ticket = self.generation.try_update_value(|generation| {
            *generation += 1;
            *generation
        });
        let Some(response) = response else { return then() };
        spawn_local(async move {
            select(response, std::pin::pin!(wait(MAX_OPEN_DELAY))).await;
            if ticket.is_some() && self.generation.try_get_value() == ticket {
                then();
            }
        });
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

async fn wait(duration: Duration) {
    let promise = Promise::new(&mut |resolve, _| {
        set_timeout(
            move || {
                let _ = resolve.call0(&JsValue::NULL);
            },
            duration,
        );
    });
    let _ = JsFuture::from(promise).await;
}
