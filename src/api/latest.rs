use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{AbortController, AbortSignal};

use super::{ApiError, InFlight};

/// The latest request of a kind. A new request aborts the previous one, and so does the cleanup of the component or store
/// that created this.
#[derive(Clone, Copy)]
pub struct Latest(StoredValue<Option<AbortController>, LocalStorage>);

impl Latest {
    /// Creates the slot for the requests of the current reactive owner.
    pub fn new() -> Self {
        let latest = Self(StoredValue::new_local(None));
        on_cleanup(move || latest.abort());
        latest
    }

    /// Sends a request, and passes its response to `receive`. An aborted request never calls `receive`.
    pub fn send<T: 'static, Request>(
        self,
        request: impl FnOnce(AbortSignal) -> Request,
        receive: impl FnOnce(Result<T, ApiError>) + 'static,
    ) where
        Request: Future<Output = Result<T, ApiError>> + 'static,
    {
        if let Some(signal) = AbortController::new().ok().and_then(|abort| self.replace(abort)) {
            let response = request(signal.clone());
            receive_response(signal, response, receive);
        }
    }

    /// Like [`Self::send`], for a request that is in flight already.
    pub fn attach<T: 'static, Request>(
        self,
        in_flight: InFlight<Request>,
        receive: impl FnOnce(Result<T, ApiError>) + 'static,
    ) where
        Request: Future<Output = Result<T, ApiError>> + 'static,
    {
        let InFlight { abort, response, .. } = in_flight;
        if let Some(signal) = self.replace(abort) {
            receive_response(signal, response, receive);
        }
    }

    /// Aborts the previous request. Returns the signal of the new one, or `None` after the cleanup.
    fn replace(self, abort: AbortController) -> Option<AbortSignal> {
        self.abort();
        let signal = abort.signal();
        self.0.try_set_value(Some(abort)).is_none().then_some(signal)
    }

    /// Aborts the request in flight, if there is one.
    pub fn abort(self) {
        if let Some(abort) = self.0.try_update_value(Option::take).flatten() {
            abort.abort();
        }
    }
}

/// Passes the response to `receive`, unless the request was aborted. The response can arrive while that happens.
fn receive_response<T: 'static>(
    signal: AbortSignal,
    response: impl Future<Output = Result<T, ApiError>> + 'static,
    receive: impl FnOnce(Result<T, ApiError>) + 'static,
) {
    spawn_local(async move {
        let response = response.await;
        if !signal.aborted() && !matches!(response, Err(ApiError::Aborted)) {
            receive(response);
        }
    });
}

impl Default for Latest {
    fn default() -> Self {
        Self::new()
    }
}
