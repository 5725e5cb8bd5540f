use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::future::{Either, select};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};

/// Waits for a future, but not longer than `time`. Returns `None` if it has not resolved by then.
pub async fn within<T>(time: Duration, future: impl Future<Output = T>) -> Option<T> {
    match select(pin!(future), Timer::start(time)).await {
        Either::Left((value, _)) => Some(value),
        Either::Right(_) => None,
    }
}

/// Resolves after a delay. Dropping it clears the browser's timer.
struct Timer {
    handle: Option<TimeoutHandle>,
    state: Rc<TimerState>,
}

#[derive(Default)]
struct TimerState {
    has_elapsed: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Timer {
    fn start(time: Duration) -> Self {
        let state = Rc::new(TimerState::default());
        let elapsed = Rc::clone(&state);
        let on_elapsed = move || {
            elapsed.has_elapsed.set(true);
            if let Some(waker) = elapsed.waker.take() {
                waker.wake();
            }
        };
        Self { handle: set_timeout_with_handle(on_elapsed, time).ok(), state }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.state.has_elapsed.get() {
            return Poll::Ready(());
        }
        self.state.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take() {
            handle.clear();
        }
    }
}
