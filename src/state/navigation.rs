use std::sync::Arc;

use leptos::prelude::*;

use super::Place;

/// What becomes of the place that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Back leads to it: for what was chosen.
    Push,
    /// It is forgotten: for where somebody is led on to.
    Replace,
    /// It is forgotten too, and the address may lag behind: for each letter typed.
    Type,
}

/// Where the reader is, and how they get elsewhere. The page's own goes through the browser's URL; a host
/// may keep the place for itself.
#[derive(Clone)]
pub struct Navigation {
    /// Where the reader is.
    pub place: Signal<Place>,
    go: Arc<dyn Fn(Place, History) + Send + Sync>,
    came_back: StoredValue<bool>,
}

impl Navigation {
    /// A navigation over a place and a way to change it.
    pub fn new(place: Signal<Place>, go: impl Fn(Place, History) + Send + Sync + 'static) -> Self {
        Self { place, go: Arc::new(go), came_back: StoredValue::new(false) }
    }

    /// A navigation that keeps its place in memory.
    pub fn in_memory(start: Place) -> Self {
        let place = RwSignal::new(start);
        Self::new(place.into(), move |to, _| place.set(to))
    }

    /// Whether the reader came where they are by the browser's Back or Forward: then they find it as they left it.
    pub fn came_back(&self) -> bool {
        self.came_back.try_get_value().unwrap_or_default()
    }

    /// The browser goes back or forward now.
    pub fn comes_back(&self) {
        self.came_back.try_update_value(|came_back| *came_back = true);
    }

    /// Goes to a place. Going to where one is does nothing.
    pub fn go(&self, place: Place, history: History) {
        if self.place.with_untracked(|here| *here != place) {
            self.came_back.try_update_value(|came_back| *came_back = false);
            (self.go)(place, history);
        }
    }
}
