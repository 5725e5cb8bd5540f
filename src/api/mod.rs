//! The client of the backend: typed requests over a transport, and errors that can be explained to the user.

mod client;
mod deadline;
mod error;
mod in_flight;
mod latest;
mod transport;

pub use client::Client;
#[cfg(not(target_family = "wasm"))]
pub use client::{read_response, user_url, users_url};
pub use deadline::within;
pub use error::ApiError;
pub use in_flight::InFlight;
pub use latest::Latest;
pub use transport::{
    Fetch, Method, OnText, Request, Response, ResponseFuture, TokenProvider, Transport, TransportError,
};
