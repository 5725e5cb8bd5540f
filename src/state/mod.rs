//! What several parts of the page need to know: where in it the reader is, who they are, how they like it.

mod explain;
mod navigation;
mod place;
mod preferences;
mod session;

pub use explain::explain;
pub use navigation::{History, Navigation};
pub use place::{Place, UsersPlace};
pub use preferences::{Preferences, Theme};
pub use session::{Identity, Reader, SessionEnded, use_reader};
