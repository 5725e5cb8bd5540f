//! The prerendered first view. The backend renders it with the page's own views (`render`), and the browser shows it
//! before the program has loaded. The program then takes over (`hand_over`). `docs/prerendering.md` describes the whole
//! path.

mod hand_over;
#[cfg(not(target_family = "wasm"))]
mod render;

#[cfg(not(target_family = "wasm"))]
pub use crate::i18n::clock::{OffsetAt, PrerenderedAt};
pub(super) use hand_over::Prerendered;
#[cfg(not(target_family = "wasm"))]
pub use render::{PrerenderData, prerender, sheet};
