//! The Access tab: the user's roles at each node, where they come from, and changing them.
//!
//! Changes are staged for several nodes and saved in one request. `model` holds the pure logic, `store` the signals and
//! requests, `saving` the requests that change something, and `view` the components.

mod model;
mod saving;
mod store;
mod view;

pub(super) use store::AccessStore;
pub(super) use view::save_bar::SaveBar;
pub(super) use view::tab::AccessTab;
