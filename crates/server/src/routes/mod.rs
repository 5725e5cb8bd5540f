//! The calls of the contract, one module a resource.

pub(crate) mod audit;
pub(crate) mod demo;
pub(crate) mod health;
pub(crate) mod nodes;
pub(crate) mod roles;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod users;
pub(crate) mod views;
