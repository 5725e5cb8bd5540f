//! Tells requests to the API from requests to the page.

/// Whether the path belongs to the API.
pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}
