//! The credentials in a request's headers: the session token, and the id of an impersonation.

use axum::http::{HeaderMap, HeaderValue, header};
use studio_users_contract::VIEW_HEADER;
use uuid::Uuid;

use super::site::Site;
use crate::error::AppError;
use crate::public_url::PublicUrl;
use crate::state::AppState;
use crate::token::{Token, TokenHash};

/// The name of the session cookie, or its start over plain HTTP.
pub(crate) const COOKIE: &str = "studio_users_session";

/// Returns the token of the request's session: the bearer token, otherwise the cookie, if cookies count for this
/// request.
pub(crate) fn session_token(state: &AppState, headers: &HeaderMap) -> Option<TokenHash> {
    bearer_token(headers).or_else(|| cookie_token(state, headers))
}

/// Returns the session token in `Authorization: Bearer`.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<TokenHash> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| TokenHash::of(secret.trim()))
}

/// Returns the session token in the cookie, unless another site made the request.
pub(crate) fn cookie_token(state: &AppState, headers: &HeaderMap) -> Option<TokenHash> {
    let is_trusted = matches!(Site::of(state, headers), Site::Own | Site::Unknown);
    cookie_secret(state, headers).filter(|_| is_trusted).map(TokenHash::of)
}

/// Whether the request has a session token in `Authorization: Bearer`.
pub(crate) fn has_bearer(headers: &HeaderMap) -> bool {
    bearer_token(headers).is_some()
}

/// Whether the request has a session cookie.
pub(crate) fn has_cookie(state: &AppState, headers: &HeaderMap) -> bool {
    cookie_secret(state, headers).is_some()
}

/// Returns the session token in the cookie of this server.
///
/// Without one, a cookie of another port counts, so that sessions survive a change of the port. If another server has set
/// it, its token is unknown here.
fn cookie_secret<'a>(state: &AppState, headers: &'a HeaderMap) -> Option<&'a str> {
    let url = &state.public_url;
    let base = format!("{}{COOKIE}", cookie_prefix(url));
    let is_of_other_port =
        |name: &str| name.strip_prefix(&base).is_some_and(|port| port.is_empty() || port.starts_with('_'));
    cookie(headers, &cookie_name(url)).or_else(|| find_cookie(headers, is_of_other_port))
}

/// Returns the value of the first cookie with this name.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    find_cookie(headers, |other| other == name)
}

fn find_cookie(headers: &HeaderMap, is_name: impl Fn(&str) -> bool) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|&(name, _)| is_name(name))
        .map(|(_, value)| value)
}

/// Returns the id in the header `Studio-View`. A value that is no id is an error: ignoring it would let the request
/// act as the manager who impersonates.
pub(crate) fn view_id(headers: &HeaderMap) -> Result<Option<Uuid>, AppError> {
    let Some(view) = headers.get(VIEW_HEADER) else { return Ok(None) };
    view.to_str().ok().and_then(|view| view.parse().ok()).map(Some).ok_or(AppError::ViewEnded(None))
}

/// Returns the `Set-Cookie` value that starts a session, or, for `None`, deletes the cookie.
pub(crate) fn session_cookie(state: &AppState, token: Option<&Token>) -> Result<HeaderValue, AppError> {
    let secure = if state.public_url.is_https() { "; Secure" } else { "" };
    // The store decides when a session ends, and extends it with use, so the cookie outlives it. Browsers cap
    // `Max-Age` at 400 days (RFC 6265bis, https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis).
    let (secret, age) = token.map_or(("", "; Max-Age=0"), |token| (token.secret(), "; Max-Age=34560000"));
    let (name, path) = (cookie_name(&state.public_url), state.public_url.path());
    let path = if path.is_empty() { "/" } else { path };
    HeaderValue::try_from(format!("{name}={secret}; Path={path}; HttpOnly; SameSite=Lax{age}{secure}"))
        .map_err(AppError::unexpected)
}

/// Returns the name of the session cookie.
///
/// Browsers send a cookie to all ports of a host. So the name has the port, unless it is the default of TLS: otherwise
/// two servers on one host would sign each other out.
fn cookie_name(url: &PublicUrl) -> String {
    let prefix = cookie_prefix(url);
    if url.is_https() && url.has_default_port() {
        format!("{prefix}{COOKIE}")
    } else {
        format!("{prefix}{COOKIE}_{}", url.port())
    }
}

/// Returns the [prefix](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes) of the
/// cookie's name. Over TLS, `__Host-` binds the cookie to this host, but forbids a path.
fn cookie_prefix(url: &PublicUrl) -> &'static str {
    match (url.is_https(), url.path().is_empty()) {
        (false, _) => "",
        (true, true) => "__Host-",
        (true, false) => "__Secure-",
    }
}
