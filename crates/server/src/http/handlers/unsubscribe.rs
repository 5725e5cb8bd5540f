//! The page behind the link of a digest. It switches digests off without signing in, and needs no script.
//!
//! Opening the link changes nothing, because mail servers open links to check them. Mail programs with an unsubscribe
//! button send the `POST` themselves ([RFC 8058](https://www.rfc-editor.org/rfc/rfc8058)).

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_domain::Language;

use crate::error::AppError;
use crate::http::accept_language::preferred_language;
use crate::http::auth::Id;
use crate::state::AppState;
use crate::token::TokenHash;

/// The policy of the page: no scripts, and the form goes to this server.
const POLICY: &str = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Asks for a confirmation.
pub(crate) async fn show(
    State(state): State<AppState>,
    token: Result<Id<String>, AppError>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let Ok(Id(token)) = token else { return Ok(invalid(&headers)) };
    let mut tx = state.store.read().await?;
    let Some((_, language)) = state.store.unsubscribing_user(&mut tx, TokenHash::of(&token)).await? else {
        return Ok(invalid(&headers));
    };
    let [title, text, button] = match language.unwrap_or_else(|| preferred_language(&headers)) {
        Language::En => [
            "Turn off e-mails about your invitations?",
            "You’ll no longer get an e-mail when invitations are accepted, expire or aren’t delivered.",
            "Turn off",
        ],
        Language::Nl => [
            "E-mails over je uitnodigingen uitzetten?",
            "Je krijgt geen e-mail meer als uitnodigingen zijn geaccepteerd, verlopen of niet bezorgd.",
            "Uitzetten",
        ],
    };
    // Without an action, the form goes to the URL of the page.
    let body = format!("<p>{text}</p>\n<form method=\"post\"><button>{button}</button></form>\n");
    let language = language.unwrap_or_else(|| preferred_language(&headers));
    Ok(page(StatusCode::OK, language, title, &body))
}

/// Switches the digests off. Repeating it changes nothing more.
pub(crate) async fn confirm(
    State(state): State<AppState>,
    token: Result<Id<String>, AppError>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let Ok(Id(token)) = token else { return Ok(invalid(&headers)) };
    let mut tx = state.store.read().await?;
    let token = TokenHash::of(&token);
    let Some((user, language)) = state.store.unsubscribing_user(&mut tx, token).await? else {
        return Ok(invalid(&headers));
    };
    // Returns the connection to the pool before another is taken.
    drop(tx);
    let mut write = state.store.write().await?;
    state.store.set_digests(&mut write, user, false).await?;
    write.commit().await?;
    let language = language.unwrap_or_else(|| preferred_language(&headers));
    let [title, text] = match language {
        Language::En => ["E-mails turned off", "You can turn them on again in your profile."],
        Language::Nl => ["E-mails uitgezet", "Je kunt ze in je profiel weer aanzetten."],
    };
    Ok(page(StatusCode::OK, language, title, &format!("<p>{text}</p>\n")))
}

fn invalid(headers: &HeaderMap) -> Response {
    let language = preferred_language(headers);
    let [title, text] = match language {
        Language::En => {
            ["This link is no longer valid", "Sign in and change your e-mail settings in your profile."]
        }
        Language::Nl => {
            ["Deze link is niet meer geldig", "Log in en wijzig je e-mailinstellingen in je profiel."]
        }
    };
    page(StatusCode::NOT_FOUND, language, title, &format!("<p>{text}</p>\n"))
}

fn page(status: StatusCode, language: Language, title: &str, body: &str) -> Response {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{title}</title>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n",
        language.tag()
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, html).into_response()
}
