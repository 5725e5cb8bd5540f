//! The server from outside: the real binary, on a folder of its own, over HTTP.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod command_line;
mod demo;
mod list;
mod page;
mod refusals;
mod server;
mod sign_in;
mod views;
mod visibility;
