//! Talking with the backend: typed calls over a transport, and errors that a person can act on.

mod begun;
mod client;
mod error;
mod start;
mod transport;

pub use begun::Begun;
pub use client::Client;
pub use error::ApiError;
pub use start::WithPage;
pub use transport::{Answer, Fetch, Method, OnText, Request, Response, Tokens, Transport, TransportError};
