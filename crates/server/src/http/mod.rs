//! HTTP: the router, the handlers and the extractors. Layers below this one do not depend on axum.

mod accept_language;
mod api_path;
pub(crate) mod auth;
#[cfg(test)]
mod busy_writer_tests;
mod client_address;
pub(crate) mod handlers;
mod header_names;
mod list_limits;
mod local_demo;
#[cfg(test)]
mod long_response_tests;
mod metrics_router;
pub(crate) mod openapi;
pub(crate) mod page;
mod problem;
mod request_log;
mod router;
#[cfg(test)]
mod statement_tests;

pub(crate) use metrics_router::metrics_router;
pub(crate) use router::router;
