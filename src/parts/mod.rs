//! View components that depend on the domain and are shared by several features and the standalone page.

mod access_list;
mod address_error;
mod lazy;
mod list_dialog;
mod lock;
mod navigation_button;
mod node_list;
mod outcome;
mod sections;
mod unicode;

pub use access_list::{AccessListError, AccessListSkeleton};
pub use address_error::address_error;
pub(crate) use lazy::lazy;
pub use lazy::{Lazy, LazyDialog, LazyIdle};
pub use list_dialog::ListDialog;
pub use lock::lock_glyph;
pub use navigation_button::NavigationButton;
pub use node_list::NodeList;
pub use outcome::{Abilities, Outcome};
pub use sections::{MiniStudio, section_glyph};
pub use unicode::BrowserUnicode;
#[cfg(all(test, not(target_arch = "wasm32")))]
pub use unicode::NativeUnicode;
