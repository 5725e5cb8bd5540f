//! Parts that know the rules and are shown in several places: in features, and in the page around them.

mod lazy;
mod lock;
mod outcome;
mod sections;

pub(crate) use lazy::lazy;
pub use lazy::{Lazy, LazyDialog};
pub use lock::lock_glyph;
pub use outcome::{Abilities, Outcome};
pub use sections::{MiniStudio, section_glyph};
