//! Views whose code is loaded when it is first needed.
//!
//! Where the page is built as one piece (for tests, and while developing) their code is there from the start, and
//! nothing waits.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::idle::when_idle;

/// Code on its way: what makes a view of something.
pub type Loading<A> = Pin<Box<dyn Future<Output = Result<fn(A) -> AnyView, NotLoaded>>>>;

/// The code could not be loaded. The browser's console says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotLoaded;

#[cfg(feature = "split")]
impl From<leptos::wasm_split::SplitLoaderError> for NotLoaded {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// A view's code, as far as it has come.
#[derive(Clone)]
pub enum Code {
    /// Nobody asked for it.
    Unasked,
    /// It is on its way.
    Loading,
    /// It did not come.
    Failed,
    /// It is there, and makes the view.
    Ready(Rc<dyn Fn() -> AnyView>),
}

type Made = Pin<Box<dyn Future<Output = Result<Rc<dyn Fn() -> AnyView>, NotLoaded>>>>;

/// Loads a view's code.
#[derive(Clone, Copy)]
pub struct Loader {
    code: RwSignal<Code, LocalStorage>,
    load: StoredValue<Rc<dyn Fn() -> Made>, LocalStorage>,
}

impl Loader {
    /// Of a view that is made of this. Its code is fetched at the latest when there is time for it.
    pub fn new<A: Clone + 'static>(load: fn() -> Loading<A>, with: A) -> Self {
        let load = move || -> Made {
            let (loading, with) = (load(), with.clone());
            Box::pin(async move {
                let view_of = loading.await?;
                let made: Rc<dyn Fn() -> AnyView> = Rc::new(move || view_of(with.clone()));
                Ok(made)
            })
        };
        let loader =
            Self { code: RwSignal::new_local(Code::Unasked), load: StoredValue::new_local(Rc::new(load)) };
        when_idle(move || loader.load());
        loader
    }

    /// How far it has come.
    pub fn code(self) -> Code {
        self.code.get()
    }

    /// Loads it, unless that was done or is under way. Where it is there already, it is ready at once.
    pub fn load(self) {
        let is_due = self.code.try_with_untracked(|code| matches!(code, Code::Unasked | Code::Failed));
        let Some(load) = self.load.try_get_value().filter(|_| is_due == Some(true)) else { return };
        let mut loading = load();
        if let Poll::Ready(made) = loading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return self.came(made);
        }
        let _ = self.code.try_set(Code::Loading);
        spawn_local(async move { self.came(loading.await) });
    }

    // It may come when the view is not wanted any more.
    fn came(self, made: Result<Rc<dyn Fn() -> AnyView>, NotLoaded>) {
        let _ = self.code.try_set(made.map_or(Code::Failed, Code::Ready));
    }
}
