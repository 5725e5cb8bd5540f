//! Viewing the studio as somebody: what is asked and told before, and what says so while it lasts.
//!
//! `model` says what a view shows and is pure; `start` asks for the reason and begins; `banner` stands above the page
//! for as long as the view runs, and says why it ended where it ended by itself. That a view runs, and how it ends, is
//! `state::Viewing`.

mod banner;
mod countdown;
mod ended;
mod model;
mod preview;
mod reason;
mod start;

use leptos::prelude::*;
use studio_users_domain::NodeId;

use crate::parts::{Lazy, LazyDialog, lazy};
use crate::state::{Ask, use_asks, use_reader, use_viewing};
use banner::ViewBanner;
use ended::Ended;
use start::StartDialog;

/// The dialog that begins a view, where it is asked for.
#[component]
pub fn StartView() -> impl IntoView {
    view! { <LazyDialog load=asked answers=|ask| matches!(ask, Ask::View(_)) /> }
}

lazy! {
    fn asked(_: ()) in dialogs {
        let asks = use_asks();
        move || match asks.0.get() {
            Some(Ask::View(row)) => Some(view! { <StartDialog row=*row /> }),
            _ => None,
        }
    }
}

/// What tells that a view runs, above and around the page; after one that ended by itself, why it did.
#[component]
pub fn ViewMode(
    /// The place in focus, where it is one.
    #[prop(into)]
    at: Signal<Option<NodeId>>,
) -> impl IntoView {
    let (reader, viewing) = (use_reader(), use_viewing());
    let is_told = Memo::new(move |_| reader.read().is_viewing() || viewing.told.read().is_some());
    view! { <Lazy load=mode with=at wanted=is_told /> }
}

lazy! {
    fn mode(at: Signal<Option<NodeId>>) in view {
        let (reader, viewing) = (use_reader(), use_viewing());
        let is_viewing = Memo::new(move |_| reader.read().is_viewing());
        view! {
            <Show when=move || is_viewing.get() fallback=move || view! { <Ended viewing /> }>
                <div class="view-mode">
                    <ViewBanner viewing at />
                </div>
                <div class="view-frame"></div>
            </Show>
        }
    }
}
