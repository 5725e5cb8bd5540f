//! An exclusive lock between the tabs of a browser. Duplicating a tab copies its `sessionStorage`; the lock tells which
//! of the two tabs owns the stored data.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::leptos_dom::helpers::set_timeout_with_handle;
use leptos::prelude::{set_timeout, window};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, BroadcastChannel};

/// The timeout for acquiring the lock. After a reload the previous document may release it a little later.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);
/// The time that other tabs have to claim the lock over the channel, in browsers without the Web Locks API.
const CLAIM_TIMEOUT: Duration = Duration::from_millis(300);

/// A held lock. Dropping it, or closing the tab, releases it.
pub(super) enum TabLock {
    Lock(Function),
    Channel(
        BroadcastChannel,
        #[allow(dead_code, reason = "the channel calls it")] Closure<dyn Fn(web_sys::Event)>,
    ),
}

impl Drop for TabLock {
    fn drop(&mut self) {
        match self {
            // Resolving a promise cannot fail.
            Self::Lock(release) => drop(release.call0(&JsValue::UNDEFINED)),
            Self::Channel(channel, _) => {
                channel.set_onmessage(None);
                channel.close();
            }
        }
    }
}

/// Acquires the lock with this name, with the [Web Locks
/// API](https://developer.mozilla.org/en-US/docs/Web/API/Web_Locks_API) or, without it, a `BroadcastChannel`. `None` if
/// another tab holds it.
pub(super) async fn acquire_tab_lock(name: &str) -> Option<TabLock> {
    // `navigator.locks` exists in secure contexts only.
    let locks =
        Reflect::get(&window().navigator(), &"locks".into()).ok().filter(|locks| !locks.is_undefined());
    match locks {
        Some(locks) => with_web_locks(&locks, name).await,
        None => with_channel(name).await,
    }
}

async fn with_web_locks(locks: &JsValue, name: &str) -> Option<TabLock> {
    let abort = AbortController::new().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), &abort.signal()).ok()?;
    let (held, release) = deferred();
    let (granted, grant) = deferred();
    let on_granted = Closure::once(move |_: JsValue| -> Promise {
        let _ = grant.call0(&JsValue::UNDEFINED);
        held
    });
    let request: Function = Reflect::get(locks, &"request".into()).ok()?.dyn_into().ok()?;
    let requested = request.call3(locks, &name.into(), &options, on_granted.as_ref()).ok()?;
    let timeout = set_timeout_with_handle(move || abort.abort(), LOCK_TIMEOUT).ok();
    let outcome = JsFuture::from(Promise::race(&Array::of2(&granted, &requested))).await;
    if let Some(timeout) = timeout {
        timeout.clear();
    }
    outcome.is_ok().then_some(TabLock::Lock(release))
}

/// Acquires the lock over a `BroadcastChannel`: a tab posts `true` to request it, and the holder answers `false`.
async fn with_channel(name: &str) -> Option<TabLock> {
    let channel = BroadcastChannel::new(name).ok()?;
    let (claim, resolve_claim) = deferred();
    let is_holder = Rc::new(RefCell::new(false));
    let (own_channel, holds_lock) = (channel.clone(), Rc::clone(&is_holder));
    let on_claimed = resolve_claim.clone();
    let on_message = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        let data = Reflect::get(&event, &"data".into()).ok().and_then(|data| data.as_bool());
        match data {
            // Another tab requests the lock.
            Some(true) if *holds_lock.borrow() => drop(own_channel.post_message(&JsValue::FALSE)),
            // Another tab holds the lock.
            Some(false) if !*holds_lock.borrow() => {
                drop(on_claimed.call1(&JsValue::UNDEFINED, &JsValue::TRUE));
            }
            _ => {}
        }
    });
    channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    channel.post_message(&JsValue::TRUE).ok()?;
    set_timeout(move || drop(resolve_claim.call1(&JsValue::UNDEFINED, &JsValue::FALSE)), CLAIM_TIMEOUT);
    let is_taken = JsFuture::from(claim).await.is_ok_and(|is_claimed| is_claimed.is_truthy());
    let tab_lock = TabLock::Channel(channel, on_message);
    *is_holder.borrow_mut() = !is_taken;
    (!is_taken).then_some(tab_lock)
}

/// Creates a promise and the function that resolves it.
fn deferred() -> (Promise, Function) {
    // `Function::default()` would evaluate text, which a content security policy forbids. Hence the placeholder value.
    let mut resolver = JsValue::UNDEFINED;
    let promise = Promise::new(&mut |resolve, _| resolver = resolve.into());
    (promise, resolver.unchecked_into())
}
