//! The prerendered list of users. The backend renders it with the page's own views (`render`) at every address of the
//! list (`address`). In the browser it works by itself: `list.js` turns typing and clicks into requests for the next
//! one. When the program has loaded, it takes over (`hand_over`). `docs/prerendering.md` describes the whole path.

#[cfg(not(target_family = "wasm"))]
mod address;
mod embedded_responses;
mod hand_over;
#[cfg(not(target_family = "wasm"))]
mod render;
#[cfg(not(target_family = "wasm"))]
mod settings;
#[cfg(not(target_family = "wasm"))]
mod sheet;

#[cfg(not(target_family = "wasm"))]
pub use crate::i18n::Language;
#[cfg(not(target_family = "wasm"))]
pub use crate::i18n::clock::{OffsetAt, PrerenderedAt};
#[cfg(not(target_family = "wasm"))]
pub use address::ListAddress;
pub(super) use embedded_responses::EmbeddedResponses;
pub(super) use hand_over::{attach, remove, when_ready};
#[cfg(not(target_family = "wasm"))]
pub use render::{ApiResponse, PrerenderData, prerender};
#[cfg(not(target_family = "wasm"))]
pub use settings::BrowserSettings;
#[cfg(not(target_family = "wasm"))]
pub use sheet::sheet;
