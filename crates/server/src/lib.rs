//! The reference server: the API of the contract crate over SQLite, and the page, in one binary.
//!
//! [`cli`] is the entry point. `http` holds the axum router and handlers, `services` one use case a file, and `store`
//! all SQL. The domain crate decides what a user may see and do. `tests/architecture.rs` checks that modules import
//! only from lower layers.

pub mod cli;

mod ages;
mod audit;
mod backup;
mod batch;
mod clock;
mod csv;
mod data_lock;
mod database;
mod demo;
mod directory_index;
mod error;
mod events;
mod failure;
mod http;
mod keys;
mod links;
mod mail;
mod metrics;
mod migrate;
mod private_files;
mod public_url;
mod random;
mod rate_limit;
mod readiness;
mod request_id;
mod secret;
mod serve;
mod services;
mod sql;
mod state;
mod stdout;
mod store;
#[cfg(test)]
mod testing;
mod text;
mod token;
mod user_agent;
