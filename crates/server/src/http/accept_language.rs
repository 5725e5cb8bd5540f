//! The language of a response.

use axum::http::{HeaderMap, header};
use studio_users_domain::Language;

/// Returns the first language of `Accept-Language` ([RFC
/// 9110](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4)), or the default if the product does not have it.
/// Ignores weights: browsers send the preferred language first.
pub(crate) fn preferred_language(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let first = accepted.unwrap_or_default().split([',', ';']).next().unwrap_or_default();
    Language::from_tag(first.trim()).unwrap_or_default()
}
