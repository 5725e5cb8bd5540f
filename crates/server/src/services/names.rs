//! Validates names of users.

use studio_users_contract::MAX_NAME_CHARS;

use crate::error::AppError;

/// Returns the name without surrounding white space.
///
/// # Errors
/// `InvalidField` for a name that is empty, longer than `MAX_NAME_CHARS` or has control characters.
pub(crate) fn validate_name(typed: &str) -> Result<String, AppError> {
    let name = typed.trim();
    let invalid = |detail: &str| Err(AppError::InvalidField("name", detail.into()));
    match () {
        () if name.is_empty() => invalid("must not be empty"),
        () if name.chars().count() > MAX_NAME_CHARS => invalid("at most 100 characters"),
        () if name.chars().any(char::is_control) => invalid("must not contain control characters"),
        () => Ok(name.into()),
    }
}
