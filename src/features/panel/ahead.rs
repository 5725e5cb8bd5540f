use std::future::Future;
use std::pin::Pin;

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use studio_users_contract::UserDetails;
use studio_users_domain::UserId;
use web_sys::AbortController;

use crate::api::{ApiError, Client, begin};
use crate::i18n::clock;

/// How old an answer may be that nobody has looked at.
const FRESH: TimeDelta = TimeDelta::seconds(1);

/// The call for a user who is about to be opened. It is made when their name is pressed, before anything is rendered.
#[derive(Clone, Copy)]
pub(super) struct Ahead {
    client: StoredValue<Client>,
    call: StoredValue<Option<Call>, LocalStorage>,
}

/// A call for a user that has begun.
pub(super) struct Call {
    /// Gives it up.
    pub(super) abort: AbortController,
    /// Its answer.
    pub(super) answer: Pin<Box<dyn Future<Output = Result<UserDetails, ApiError>>>>,
    user: UserId,
    begun: DateTime<Utc>,
}

impl Ahead {
    /// Nobody is about to be opened.
    pub(super) fn new(client: Client) -> Self {
        Self { client: StoredValue::new(client), call: StoredValue::new_local(None) }
    }

    /// This user is.
    pub(super) fn begin(self, user: UserId) {
        let call = self.take(user).or_else(|| self.make(user));
        let _ = self.call.try_set_value(call);
    }

    /// The call for a user: the one that was begun already, or one that begins now.
    pub(super) fn call(self, user: UserId) -> Option<Call> {
        self.take(user).or_else(|| self.make(user))
    }

    /// What was begun may tell what is so no longer.
    pub(super) fn forget(self) {
        if let Some(call) = self.call.try_update_value(Option::take).flatten() {
            call.abort.abort();
        }
    }

    fn take(self, user: UserId) -> Option<Call> {
        let call = self.call.try_update_value(Option::take).flatten()?;
        if call.user == user && clock::now() - call.begun < FRESH {
            return Some(call);
        }
        call.abort.abort();
        None
    }

    fn make(self, user: UserId) -> Option<Call> {
        let (client, abort) = (self.client.try_get_value()?, AbortController::new().ok()?);
        let signal = abort.signal();
        let answer = Box::pin(begin(async move { client.user(user, &signal).await }));
        Some(Call { abort, answer, user, begun: clock::now() })
    }
}
