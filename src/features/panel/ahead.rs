use std::time::Duration;

use futures_util::future::{LocalBoxFuture, Shared, select};
use js_sys::Promise;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::UserDetails;
use studio_users_domain::UserId;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::api::{ApiError, Begun, Client};
use crate::state::Then;

/// How long a user is opened later for their answer: no longer than what feels like at once.
const AT_ONCE: Duration = Duration::from_millis(50);

/// A call for a user.
pub(super) type Call = Begun<Shared<LocalBoxFuture<'static, Result<UserDetails, ApiError>>>>;

/// The call for a user who is about to be opened. It is made when their name is pressed, before anything is rendered.
#[derive(Clone, Copy)]
pub(super) struct Ahead {
    client: StoredValue<Client>,
    call: StoredValue<Option<(UserId, Call)>, LocalStorage>,
    /// Counts those who were opened.
    opened: StoredValue<u32>,
}

impl Ahead {
    /// Nobody is about to be opened.
    pub(super) fn new(client: Client) -> Self {
        Self {
            client: StoredValue::new(client),
            call: StoredValue::new_local(None),
            opened: StoredValue::new(0),
        }
    }

    /// This user is.
    pub(super) fn begin(self, user: UserId) {
        let call = self.call(user).map(|call| (user, call));
        let _ = self.call.try_set_value(call);
    }

    /// Opens a user by this once their answer is there, so that all of them is rendered at once, or when it does not come
    /// [at once](AT_ONCE); not where another is opened meanwhile.
    pub(super) fn open(self, user: UserId, then: Then) {
        self.begin(user);
        let answer =
            self.call.try_with_value(|call| call.as_ref().map(|(_, call)| call.answer.clone())).flatten();
        let number = self.opened.try_update_value(|opened| {
            *opened += 1;
            *opened
        });
        let Some(answer) = answer else { return then() };
        spawn_local(async move {
            select(answer, std::pin::pin!(wait(AT_ONCE))).await;
            if number.is_some() && self.opened.try_get_value() == number {
                then();
            }
        });
    }

    /// The call for a user: the one that was begun already, or one that begins now.
    pub(super) fn call(self, user: UserId) -> Option<Call> {
        self.take(user).or_else(|| self.make(user))
    }

    /// What was begun may tell what is so no longer.
    pub(super) fn forget(self) {
        if let Some((_, call)) = self.call.try_update_value(Option::take).flatten() {
            call.abort.abort();
        }
    }

    fn take(self, user: UserId) -> Option<Call> {
        let (about, call) = self.call.try_update_value(Option::take).flatten()?;
        if about == user && call.is_fresh() {
            return Some(call);
        }
        call.abort.abort();
        None
    }

    fn make(self, user: UserId) -> Option<Call> {
        let client = self.client.try_get_value()?;
        Begun::new(|signal| async move { client.user(user, &signal).await }).map(Begun::shared)
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
