use std::future::Future;
use std::task::{Context, Poll, Waker};

use futures_util::future::{FutureExt, LocalBoxFuture, Shared, ready};
use js_sys::Date;
use web_sys::{AbortController, AbortSignal};

/// The maximum age of an unused response, in ms.
const MAX_AGE_MS: f64 = 1_000.0;

/// A request in flight, whose response may be needed later. It is sent immediately: a request in a spawned task would
/// be sent only after the current task, that is, after rendering.
#[derive(Clone)]
pub struct InFlight<Fut> {
    /// Aborts the request.
    pub abort: AbortController,
    /// The response, to be awaited.
    pub response: Fut,
    /// The start time, in ms since the Unix epoch.
    started_at: f64,
}

impl<T: 'static> InFlight<LocalBoxFuture<'static, T>> {
    /// Starts a request. `send` receives the signal that aborts it.
    pub fn new<Request>(send: impl FnOnce(AbortSignal) -> Request) -> Option<Self>
    where
        Request: Future<Output = T> + 'static,
    {
        let abort = AbortController::new().ok()?;
        let mut request = send(abort.signal()).boxed_local();
        // The first poll sends the request.
        let response = match request.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(response) => ready(response).boxed_local(),
            Poll::Pending => request,
        };
        Some(Self { abort, response, started_at: Date::now() })
    }

    /// Makes the response available to several waiters.
    pub fn shared(self) -> InFlight<Shared<LocalBoxFuture<'static, T>>>
    where
        T: Clone,
    {
        InFlight { abort: self.abort, response: self.response.shared(), started_at: self.started_at }
    }
}

impl<Fut> InFlight<Fut> {
    /// Whether the response is recent enough to be shown.
    pub fn is_fresh(&self) -> bool {
        Date::now() - self.started_at < MAX_AGE_MS
    }
}
