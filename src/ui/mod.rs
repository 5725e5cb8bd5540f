//! Generic UI components without domain knowledge. They take texts and values as props and report events by callbacks.

mod alert;
mod avatar;
mod chip;
mod clipboard;
mod dialog;
mod download;
mod focus;
mod icon;
mod idle;
mod key;
pub mod lazy;
mod listen;
pub mod markup;
mod measure;
mod menu;
mod phrase;
mod popover;
#[cfg(not(target_family = "wasm"))]
mod prerendered_popover;
mod query;
mod radio_list;
mod segmented;
mod shortcut;
mod tabs;
mod tooltip;
mod translation;
pub mod virtual_list;
mod windowed;

pub use alert::ErrorAlert;
pub use avatar::{Avatar, avatar};
pub use chip::{Chip, OverflowLayout, chip, count_visible};
pub use clipboard::{CopyOutcome, copy, copy_text};
pub use dialog::Dialog;
pub use download::TextFile;
pub use focus::{active_element, focus_later, focusable, keep_focus_within};
pub use icon::{Glyph, Icon, icon};
pub use idle::{FirstRender, after_paint, use_first_render};
pub use key::pressed_key;
pub use markup::Markup;
pub use measure::{text_width, use_size};
pub use menu::{Menu, MenuItem, MenuItemRadio, use_menu_ready};
pub use phrase::{PLACEHOLDERS, Phrase};
pub use popover::{Popover, use_popover_close};
#[cfg(not(target_family = "wasm"))]
pub use prerendered_popover::{PrerenderedPopover, PrerenderedPopovers};
pub use radio_list::{RadioItem, RadioList};
pub use segmented::Segmented;
pub use shortcut::{KeyScope, Shortcut, is_mac, keycaps, use_keys, use_shortcut};
pub use tabs::Tabs;
pub use tooltip::Tooltips;
pub use translation::follow_translations;
pub use windowed::{MAX_ALL_ROWS, RowPlace, RowWindow, keyed_rows};
