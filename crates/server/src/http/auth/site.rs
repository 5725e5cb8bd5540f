//! The site that a request comes from, by
//! [`Sec-Fetch-Site`](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site) and `Origin`.

use axum::http::{HeaderMap, HeaderName, header};

use crate::state::AppState;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origin of a request, as the browser reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// The server's own origin, or the user, for example by a bookmark.
    Own,
    /// Neither header is present: the client is no browser, or an old one.
    Unknown,
    /// An origin that `--allow-origin` names.
    Allowed,
    /// Any other origin.
    Foreign,
}

impl Site {
    /// Returns the origin of a request by its headers.
    pub(crate) fn of(state: &AppState, headers: &HeaderMap) -> Self {
        let site = headers.get(SEC_FETCH_SITE);
        let origin = headers.get(header::ORIGIN);
        match (site, origin) {
            (Some(site), _) if site == "same-origin" || site == "none" => Self::Own,
            (None, None) => Self::Unknown,
            (None, Some(origin)) if state.public_url.origin().is(origin.as_bytes()) => Self::Own,
            (_, Some(origin))
                if state.allowed_origins.iter().any(|allowed| allowed.is(origin.as_bytes())) =>
            {
                Self::Allowed
            }
            _ => Self::Foreign,
        }
    }
}
