//! The URLs that the server sends to people.

use studio_users_contract::path;

use crate::public_url::PublicUrl;
use crate::token::Token;

/// Returns the URL that signs a user in. The token is in the fragment, which browsers send to no server and
/// omit from `Referer` (<https://www.rfc-editor.org/rfc/rfc9110#section-10.1.3>).
pub(crate) fn sign_in_url(public_url: &PublicUrl, token: &Token) -> String {
    format!("{public_url}/sign-in#{}", token.secret())
}

/// Returns the URL of an invitation, likewise with the token in the fragment.
pub(crate) fn join_url(public_url: &PublicUrl, token: &Token) -> String {
    format!("{public_url}/join#{}", token.secret())
}

/// Returns the URL that switches digests off. The token is in the path, because a mail program sends a request to this URL
/// itself ([RFC 8058](https://www.rfc-editor.org/rfc/rfc8058#section-3.1)). It permits nothing else.
pub(crate) fn unsubscribe_url(public_url: &PublicUrl, token: &Token) -> String {
    format!("{public_url}{}", path::UNSUBSCRIBE.replace("{token}", token.secret()))
}
