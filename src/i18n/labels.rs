//! Labels for domain terms that several parts of the page show.

use studio_users_domain::{Language, Status};

use super::messages;

/// Returns the label of a user status.
pub fn status(language: Language, status: Status) -> &'static str {
    match status {
        Status::Active => messages::active(language),
        Status::Invited => messages::invited(language),
        Status::Expired => messages::expired(language),
    }
}

/// Returns what the user can do about a status. `None` if nothing needs to be done.
pub fn status_hint(language: Language, status: Status) -> Option<&'static str> {
    (status == Status::Expired).then(|| messages::expired_hint(language))
}
