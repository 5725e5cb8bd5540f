use std::cell::RefCell;
use std::time::Duration;

use js_sys::Reflect;
use leptos::leptos_dom::helpers::{is_server, request_idle_callback};
use leptos::prelude::*;

/// A callback that runs once.
type Task = Box<dyn FnOnce()>;

/// The delay of idle tasks in browsers without `requestIdleCallback` (Safari).
const IDLE_FALLBACK_DELAY: Duration = Duration::from_millis(500);

/// Work that waits until a page or an element of a host has rendered its first content. Each has its own, in the context.
#[derive(Clone, Copy)]
pub struct FirstRender(StoredValue<Option<Queues>, LocalStorage>);

/// The tasks queued until the first render.
#[derive(Default)]
struct Queues {
    immediate: Vec<Task>,
    idle: Vec<Task>,
}

impl Default for FirstRender {
    fn default() -> Self {
        Self(StoredValue::new_local(Some(Queues::default())))
    }
}

impl FirstRender {
    /// Runs a task at the first render.
    pub fn on_first_render(self, task: impl FnOnce() + 'static) {
        self.queue(Box::new(task), |queues| &mut queues.immediate, |task| task());
    }

    /// Runs a task when the browser is idle, after the first render.
    pub fn when_idle(self, task: impl FnOnce() + 'static) {
        if !is_server() {
            self.queue(Box::new(task), |queues| &mut queues.idle, schedule);
        }
    }

    /// Marks the first content as rendered. Runs the tasks that wait for it, and schedules the idle tasks.
    pub fn mark(self) {
        let queues = self.0.try_update_value(Option::take).flatten().unwrap_or_default();
        queues.immediate.into_iter().for_each(|task| task());
        queues.idle.into_iter().for_each(schedule);
    }

    fn queue(self, task: Task, of: fn(&mut Queues) -> &mut Vec<Task>, run: fn(Task)) {
        let mut task = Some(task);
        let _ = self.0.try_update_value(|queues| {
            if let Some(queues) = queues {
                of(queues).extend(task.take());
            }
        });
        if let Some(task) = task {
            run(task);
        }
    }
}

/// Runs a task after the next paint, so that the task does not delay it. In a background tab, which is not painted, the task
/// waits until the tab is visible.
pub fn after_paint(task: impl FnOnce() + 'static) {
    request_animation_frame(move || set_timeout(task, Duration::ZERO));
}

/// Returns what waits for the first render here, from the context.
pub fn use_first_render() -> FirstRender {
    expect_context()
}

fn schedule(task: Task) {
    let task = RefCell::new(Some(task));
    let run = move || {
        if let Some(task) = task.take() {
            task();
        }
    };
    if Reflect::has(&window(), &"requestIdleCallback".into()).unwrap_or_default() {
        request_idle_callback(run);
    } else {
        set_timeout(run, IDLE_FALLBACK_DELAY);
    }
}
