//! Views whose code is split off and loaded on demand.
//!
//! Without the feature `split` (in tests and during development) the code is part of the main module and loads
//! synchronously.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::idle::use_first_render;

/// A future that loads the code of a view. Resolves to the function that renders the view from its props.
pub type LoadFuture<A> = Pin<Box<dyn Future<Output = Result<fn(A) -> AnyView, LoadError>>>>;

/// The code failed to load. The browser logs the reason to the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadError;

#[cfg(feature = "split")]
impl From<leptos::wasm_split::SplitLoaderError> for LoadError {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// The load state of a view's code.
#[derive(Clone)]
pub enum LoadState {
    /// Not requested yet.
    NotRequested,
    /// In flight.
    Loading,
    /// Failed. `load` retries.
    Failed,
    /// Loaded. The function renders the view.
    Ready(Rc<dyn Fn() -> AnyView>),
}

type RenderFuture = Pin<Box<dyn Future<Output = Result<Rc<dyn Fn() -> AnyView>, LoadError>>>>;

/// Loads the code of a view and holds its load state.
#[derive(Clone, Copy)]
pub struct Loader {
    state: RwSignal<LoadState, LocalStorage>,
    load: StoredValue<Rc<dyn Fn() -> RenderFuture>, LocalStorage>,
}

impl Loader {
    /// Creates a loader for a view with these props. Loads the code when the browser is idle, or earlier by [`Self::load`].
    pub fn new<A: Clone + 'static>(load: fn() -> LoadFuture<A>, props: A) -> Self {
        let load = move || -> RenderFuture {
            let (code, props) = (load(), props.clone());
            Box::pin(async move {
                let render = code.await?;
                let render: Rc<dyn Fn() -> AnyView> = Rc::new(move || render(props.clone()));
                Ok(render)
            })
        };
        let loader = Self {
            state: RwSignal::new_local(LoadState::NotRequested),
            load: StoredValue::new_local(Rc::new(load)),
        };
        use_first_render().when_idle(move || loader.load());
        loader
    }

    /// Returns the load state. Tracks it reactively.
    pub fn state(self) -> LoadState {
        self.state.get()
    }

    /// Loads the code, unless it is loaded or in flight. Code that is already in memory is ready when this returns.
    pub fn load(self) {
        let is_due = self
            .state
            .try_with_untracked(|state| matches!(state, LoadState::NotRequested | LoadState::Failed));
        let Some(load) = self.load.try_get_value().filter(|_| is_due == Some(true)) else { return };
        let mut code = load();
        if let Poll::Ready(result) = code.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return self.finish(result);
        }
        let _ = self.state.try_set(LoadState::Loading);
        spawn_local(async move { self.finish(code.await) });
    }

    // Uses `try_set`, because the code can arrive after the view was unmounted.
    fn finish(self, result: Result<Rc<dyn Fn() -> AnyView>, LoadError>) {
        let _ = self.state.try_set(result.map_or(LoadState::Failed, LoadState::Ready));
    }
}
