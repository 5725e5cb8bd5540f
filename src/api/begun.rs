use std::future::Future;
use std::task::{Context, Poll, Waker};

use futures_util::future::{FutureExt, LocalBoxFuture, Shared, ready};
use js_sys::Date;
use web_sys::{AbortController, AbortSignal};

/// How old an answer may be that nobody has looked at, in ms.
const FRESH: f64 = 1_000.0;

/// A call that has begun, and whose answer may be needed later. One that is merely spawned begins once all that happens
/// now is over: after what is rendered.
#[derive(Clone)]
pub struct Begun<Answer> {
    /// Gives it up.
    pub abort: AbortController,
    /// Its answer, to be waited for.
    pub answer: Answer,
    at: f64,
}

impl<T: 'static> Begun<LocalBoxFuture<'static, T>> {
    /// Begins a call, which is told how it is given up.
    pub fn new<Call>(call: impl FnOnce(AbortSignal) -> Call) -> Option<Self>
    where
        Call: Future<Output = T> + 'static,
    {
        let abort = AbortController::new().ok()?;
        let mut call = call(abort.signal()).boxed_local();
        let answer = match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => ready(answer).boxed_local(),
            Poll::Pending => call,
        };
        Some(Self { abort, answer, at: Date::now() })
    }

    /// The same call, whose answer several wait for.
    pub fn shared(self) -> Begun<Shared<LocalBoxFuture<'static, T>>>
    where
        T: Clone,
    {
        Begun { abort: self.abort, answer: self.answer.shared(), at: self.at }
    }
}

impl<Answer> Begun<Answer> {
    /// Whether the answer may still be shown, though it was asked for earlier.
    pub fn is_fresh(&self) -> bool {
        Date::now() - self.at < FRESH
    }
}
