//! The page: its files, its content security policy, the responses embedded in it, and its prerendered first view.

pub(crate) mod embedded_responses;
mod files;
mod prerender;

pub(crate) use files::{Page, PageOptions};
