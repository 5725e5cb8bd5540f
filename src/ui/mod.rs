//! Parts that know nothing of users: they take their texts and values, and tell what happened.

mod avatar;
mod chip;
mod icon;
mod measure;
mod menu;
mod shortcut;
pub mod virtual_list;

pub use avatar::Avatar;
pub use chip::{Chip, Fold, fold};
pub use icon::{Glyph, Icon};
pub use measure::{text_width, use_size};
pub use menu::{Menu, MenuChoice, MenuItem};
pub use shortcut::{KeyScope, use_shortcut};
