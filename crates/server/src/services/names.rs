//! Validates names of users, and texts that users type.

use studio_users_domain::{clean_name, clean_text};

use crate::error::AppError;

/// Returns the name as [`clean_name`] does.
///
/// # Errors
/// `InvalidField` for an invalid name.
pub(crate) fn validate_name(typed: &str) -> Result<String, AppError> {
    clean_name(typed).map_err(|error| AppError::InvalidField("name", error.to_string()))
}

/// Returns a text of at most `max_chars` characters, as [`clean_text`] does. `None` if nothing in it is visible.
///
/// # Errors
/// `InvalidField` for a text that is too long.
pub(crate) fn validate_text(
    field: &'static str,
    typed: &str,
    max_chars: usize,
    detail: &str,
) -> Result<Option<String>, AppError> {
    let text = clean_text(typed);
    if text.chars().count() > max_chars {
        return Err(AppError::InvalidField(field, detail.into()));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}
