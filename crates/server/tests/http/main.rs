//! The server from outside: the real binary, on a folder of its own, over HTTP.

mod command_line;
mod demo;
mod list;
mod page;
mod refusals;
mod server;
mod sign_in;
mod visibility;
