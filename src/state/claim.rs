//! A name that one tab has at a time. What a tab keeps in its own storage is copied where the tab is duplicated: whose
//! it is, the name tells.

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

/// How long a name is waited for: after a reload the page of before may give it back a little later.
const WAIT: Duration = Duration::from_secs(1);
/// How long others are given to say that they have it, where the browser has no locks.
const ANSWERS: Duration = Duration::from_millis(300);

/// A name that this tab has, until this is dropped or the tab is gone.
pub(super) enum Claim {
    Lock(Function),
    Channel(
        BroadcastChannel,
        #[allow(dead_code, reason = "it is listened to")] Closure<dyn Fn(web_sys::Event)>,
    ),
}

impl Drop for Claim {
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

/// Claims a name; nothing where another tab has it.
pub(super) async fn claim(name: &str) -> Option<Claim> {
    // Only a page of a secure origin has locks.
    let locks =
        Reflect::get(&window().navigator(), &"locks".into()).ok().filter(|locks| !locks.is_undefined());
    match locks {
        Some(locks) => by_lock(&locks, name).await,
        None => by_channel(name).await,
    }
}

async fn by_lock(locks: &JsValue, name: &str) -> Option<Claim> {
    let abort = AbortController::new().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), &abort.signal()).ok()?;
    let (held, release) = promise();
    let (granted, grant) = promise();
    let on_granted = Closure::once(move |_: JsValue| -> Promise {
        let _ = grant.call0(&JsValue::UNDEFINED);
        held
    });
    let request: Function = Reflect::get(locks, &"request".into()).ok()?.dyn_into().ok()?;
    let asked = request.call3(locks, &name.into(), &options, on_granted.as_ref()).ok()?;
    let timeout = set_timeout_with_handle(move || abort.abort(), WAIT).ok();
    let answer = JsFuture::from(Promise::race(&Array::of2(&granted, &asked))).await;
    if let Some(timeout) = timeout {
        timeout.clear();
    }
    answer.is_ok().then_some(Claim::Lock(release))
}

/// Where there are no locks, whoever has the name answers who asks for it.
async fn by_channel(name: &str) -> Option<Claim> {
    let channel = BroadcastChannel::new(name).ok()?;
    let (answered, answer) = promise();
    let has_it = Rc::new(RefCell::new(false));
    let (own, holds) = (channel.clone(), Rc::clone(&has_it));
    let waiting = answer.clone();
    let on_message = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        let data = Reflect::get(&event, &"data".into()).ok().and_then(|data| data.as_bool());
        match data {
            // Somebody asks.
            Some(true) if *holds.borrow() => drop(own.post_message(&JsValue::FALSE)),
            // Somebody has it.
            Some(false) if !*holds.borrow() => drop(waiting.call1(&JsValue::UNDEFINED, &JsValue::TRUE)),
            _ => {}
        }
    });
    channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    channel.post_message(&JsValue::TRUE).ok()?;
    set_timeout(move || drop(answer.call1(&JsValue::UNDEFINED, &JsValue::FALSE)), ANSWERS);
    let is_anothers = JsFuture::from(answered).await.is_ok_and(|answer| answer.is_truthy());
    let claim = Claim::Channel(channel, on_message);
    *has_it.borrow_mut() = !is_anothers;
    (!is_anothers).then_some(claim)
}

/// A promise, and what fulfils it.
fn promise() -> (Promise, Function) {
    // A function made of nothing would be one made of text, which a content security policy forbids.
    let mut fulfil = JsValue::UNDEFINED;
    let promise = Promise::new(&mut |resolve, _| fulfil = resolve.into());
    (promise, fulfil.unchecked_into())
}
