//! The reference backend: the wire contract over `SQLite`, the page and its data in one binary.
//!
//! [`cli`] is the way in. `routes` answers the contract's calls, one module a resource; `store` keeps what
//! there is, and keeps lists quick; the domain crate decides who sees what.

pub mod cli;

mod app;
mod audit;
mod changes;
mod clock;
mod csv;
mod demo;
mod device;
mod editor;
mod events;
mod limit;
mod mail;
mod openapi;
mod origin;
mod page;
mod prerender;
mod problem;
mod reader;
mod routes;
mod serve;
mod store;
#[cfg(test)]
mod testing;
mod text;
mod token;
mod viewing;
