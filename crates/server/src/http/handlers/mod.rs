//! The handlers of the API, one module a resource, and of the demo mailbox.

pub(crate) mod audit;
pub(crate) mod demo;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod invitation_preview;
pub(crate) mod invitations;
pub(crate) mod jobs;
pub(crate) mod joining;
pub(crate) mod mailbox;
pub(crate) mod nodes;
pub(crate) mod removal;
pub(crate) mod roles;
pub(crate) mod session;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod undelivered_mail;
pub(crate) mod unsubscribe;
pub(crate) mod user;
pub(crate) mod user_access;
pub(crate) mod user_position;
pub(crate) mod users;
pub(crate) mod users_csv;
pub(crate) mod views;
