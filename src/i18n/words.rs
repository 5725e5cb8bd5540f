//! What the domain's own terms are called where several parts of the page show them.

use studio_users_domain::{Language, Status};

use super::messages;

/// How far a user has come.
pub fn status(language: Language, status: Status) -> &'static str {
    match status {
        Status::Active => messages::active(language),
        Status::Invited => messages::invited(language),
        Status::Expired => messages::expired(language),
    }
}
