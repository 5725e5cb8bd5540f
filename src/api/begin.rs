use std::future::Future;
use std::task::{Context, Poll, Waker};

/// Begins a call now. A call that is merely spawned begins once all that happens now is over: after what is rendered.
pub fn begin<T>(call: impl Future<Output = T> + 'static) -> impl Future<Output = T> {
    let mut call = Box::pin(call);
    let first = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    async move {
        match first {
            Poll::Ready(answer) => answer,
            Poll::Pending => call.await,
        }
    }
}
