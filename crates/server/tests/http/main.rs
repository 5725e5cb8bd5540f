//! The server from outside: the real binary, on a folder of its own, over HTTP.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod access;
mod allowed;
mod audit;
mod bulk;
mod cases;
mod changes;
mod command_line;
mod cross_origin;
mod demo;
mod escalation;
mod events;
mod guarantees;
mod inviting;
mod joining;
mod limits;
mod links;
mod list;
mod mail;
mod mailbox;
mod page;
mod preview;
mod refusals;
mod removal;
mod server;
mod sessions;
mod sign_in;
mod smtp;
mod tampering;
mod user;
mod users_csv;
mod views;
mod visibility;
mod world;
