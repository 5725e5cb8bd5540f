use std::cell::RefCell;
use std::time::Duration;

use js_sys::Reflect;
use leptos::leptos_dom::helpers::{is_server, request_idle_callback};
use leptos::prelude::*;

/// What waits.
type Task = Box<dyn FnOnce()>;

/// For how long a browser is left alone that cannot tell when it is idle.
const A_WHILE: Duration = Duration::from_millis(500);

thread_local! {
    /// What waits for the page to have settled; nothing does once it has.
    static WAITING: RefCell<Option<Vec<Task>>> = const { RefCell::new(Some(Vec::new())) };
    /// What is done as soon as it has.
    static ON_SETTLED: RefCell<Vec<Task>> = const { RefCell::new(Vec::new()) };
}

/// Does something as soon as the page [has settled](settled).
pub fn when_settled(task: impl FnOnce() + 'static) {
    ON_SETTLED.with_borrow_mut(|tasks| tasks.push(Box::new(task)));
}

/// Does something once the page [has settled](settled) and the browser has nothing else to do.
pub fn when_idle(task: impl FnOnce() + 'static) {
    if is_server() {
        return;
    }
    let task: Task = Box::new(task);
    let due = WAITING.with_borrow_mut(|waiting| match waiting {
        Some(waiting) => {
            waiting.push(task);
            None
        }
        None => Some(task),
    });
    if let Some(task) = due {
        begin(task);
    }
}

/// Does something once the next frame is painted, lest it keep that one waiting. Where nothing is painted, as in a tab that is
/// not seen, it waits until something is.
pub fn after_frame(task: impl FnOnce() + 'static) {
    request_animation_frame(move || set_timeout(task, Duration::ZERO));
}

/// The page shows what it was opened for: from now on there is time for the rest.
pub fn settled() {
    ON_SETTLED.take().into_iter().for_each(|task| task());
    WAITING.take().unwrap_or_default().into_iter().for_each(begin);
}

fn begin(task: Task) {
    let task = RefCell::new(Some(task));
    let run = move || {
        if let Some(task) = task.take() {
            task();
        }
    };
    if Reflect::has(&window(), &"requestIdleCallback".into()).unwrap_or_default() {
        request_idle_callback(run);
    } else {
        set_timeout(run, A_WHILE);
    }
}
