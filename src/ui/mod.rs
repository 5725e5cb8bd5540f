//! Parts that know nothing of users: they take their texts and values, and tell what happened.

mod alarm;
mod avatar;
mod chip;
mod clipboard;
mod dialog;
mod download;
mod focus;
mod hint;
mod icon;
mod measure;
mod menu;
mod phrase;
mod popover;
mod radio_list;
mod segmented;
mod shortcut;
mod tabs;
pub mod virtual_list;

pub use alarm::Alarm;
pub use avatar::Avatar;
pub use chip::{Chip, Fold, fold};
pub use clipboard::{Copied, copy, copy_text};
pub use dialog::Dialog;
pub use download::TextFile;
pub use focus::{active_element, focus_later, focusable};
pub use hint::Hints;
pub use icon::{Glyph, Icon};
pub use measure::{text_width, use_size};
pub use menu::{Menu, MenuChoice, MenuItem};
pub use phrase::{MARKS, Phrase};
pub use popover::{Popover, use_popover_close};
pub use radio_list::{RadioItem, RadioList};
pub use segmented::Segmented;
pub use shortcut::{KeyScope, Shortcut, caps, is_mac, use_keys, use_shortcut};
pub use tabs::Tabs;
