//! Limits of the lists in requests. Handlers check them before they open a transaction.

use crate::error::AppError;

/// Returns `InvalidField` if a list in a request is too long.
pub(crate) fn require_at_most(
    field: &'static str,
    count: usize,
    max: usize,
    items: &str,
) -> Result<(), AppError> {
    if count <= max { Ok(()) } else { Err(AppError::InvalidField(field, format!("at most {max} {items}"))) }
}
