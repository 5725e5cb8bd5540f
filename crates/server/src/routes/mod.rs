//! The calls of the contract, one module a resource.

pub(crate) mod audit;
pub(crate) mod demo;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod invitations;
pub(crate) mod joining;
pub(crate) mod mailbox;
pub(crate) mod nodes;
pub(crate) mod removal;
pub(crate) mod roles;
pub(crate) mod session;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod users;
pub(crate) mod users_csv;

/// An id in a path. One that is none names nothing.
pub(crate) type PathResult<T> = Result<axum::extract::Path<T>, axum::extract::rejection::PathRejection>;
