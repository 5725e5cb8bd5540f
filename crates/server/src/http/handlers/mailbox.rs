//! The demo mailbox: web pages, without scripts, that show the e-mails that the demo would have sent. They are in the
//! language of `Accept-Language`.

use std::path::Path;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Locale, SecondsFormat, Utc};
use sha2::{Digest, Sha256};
use studio_users_contract::path;
use studio_users_domain::Language;
use uuid::Uuid;

use crate::http::accept_language::preferred_language;
use crate::http::auth::Id;
use crate::mail::escape;
use crate::mail::mailbox::{self, StoredMail};
use crate::state::AppState;

/// The path of the list.
pub(crate) const MAILBOX: &str = path::DEMO_MAIL;
/// The path of one e-mail.
pub(crate) const MAIL: &str = "/demo/mail/{id}";
/// The path of the HTML version of an e-mail, which the page of the e-mail shows in a frame.
pub(crate) const MAIL_HTML: &str = "/demo/mail/{id}/html";

const STYLE: &str = include_str!("mailbox.css");

/// Lists the newest e-mails.
pub(crate) async fn list(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let language = preferred_language(&headers);
    let Some(mails) = read_folder(&state, mailbox::newest).await else { return not_found(language) };
    let entries: String = mails.iter().map(|mail| entry(&mailbox_url(&state), mail, language)).collect();
    let body = if mails.is_empty() {
        let empty = match language {
            Language::En => {
                "No e-mails yet. Request a sign-in link or invite someone. The e-mails appear here."
            }
            Language::Nl => {
                "Nog geen e-mails. Vraag een inloglink aan of nodig iemand uit. De e-mails verschijnen hier."
            }
        };
        format!("<p>{empty}</p>")
    } else {
        let lead = match language {
            Language::En => {
                "E-mails that the studio would have sent, newest first. Reload the page to see new ones."
            }
            Language::Nl => {
                "E-mails die de studio zou hebben verstuurd, nieuwste eerst. Laad de pagina opnieuw om nieuwe te zien."
            }
        };
        format!("<p>{lead}</p>\n<ol>\n{entries}</ol>")
    };
    let title = match language {
        Language::En => "Demo e-mails",
        Language::Nl => "E-mails van de demo",
    };
    page(language, title, &format!("<h1>{title}</h1>\n{body}\n"))
}

/// Shows one e-mail: its header fields, its HTML version in a frame, and its plain text.
pub(crate) async fn show(State(state): State<AppState>, Id(id): Id<String>, headers: HeaderMap) -> Response {
    let language = preferred_language(&headers);
    let Some(mail) = find(&state, &id).await else { return not_found(language) };
    let StoredMail { from, to, subject, header, plain, .. } = &mail;
    let [from, to, subject, header, plain] = [from, to, subject, header, plain].map(|text| escape(text));
    let [all, from_label, to_label, sent_label, html_label, plain_label, headers_label] = match language {
        Language::En => ["All e-mails", "From", "To", "Sent", "HTML version", "Plain text", "Headers"],
        Language::Nl => ["Alle e-mails", "Van", "Aan", "Verzonden", "HTML-versie", "Platte tekst", "Headers"],
    };
    let url = mailbox_url(&state);
    let body = format!(
        "<p><a href=\"{url}\">{all}</a></p>\n<h1><bdi>{subject}</bdi></h1>\n\
         <dl>\n<dt>{from_label}</dt><dd><bdi>{from}</bdi></dd>\n<dt>{to_label}</dt><dd><bdi>{to}</bdi></dd>\n\
         <dt>{sent_label}</dt><dd>{}</dd>\n</dl>\n\
         <iframe title=\"{html_label}\" src=\"{url}/{}/html\" \
         sandbox=\"allow-top-navigation-by-user-activation\"></iframe>\n\
         <h2>{plain_label}</h2>\n<pre>{plain}</pre>\n\
         <details>\n<summary>{headers_label}</summary>\n<pre>{header}</pre>\n</details>\n",
        time(mail.at, language),
        mail.id,
    );
    page(language, &mail.subject, &body)
}

/// Returns the HTML version of an e-mail, restricted like in an e-mail client: no scripts, no external resources.
/// Links open outside of the frame.
pub(crate) async fn html(State(state): State<AppState>, Id(id): Id<String>, headers: HeaderMap) -> Response {
    let Some(mail) = find(&state, &id).await else { return not_found(preferred_language(&headers)) };
    let style_hashes = inline_styles(&mail.html).map(hash).collect::<Vec<_>>().join(" ");
    let policy = format!(
        "sandbox allow-top-navigation-by-user-activation; default-src 'none'; \
         style-src 'unsafe-hashes' {style_hashes}; form-action 'none'; frame-ancestors 'self'"
    );
    html_response(mail.html.replacen("<head>", "<head>\n<base target=\"_top\">", 1), &policy)
}

/// Reads the folder of e-mails. Returns `None` outside a demo, and in a demo that sends real e-mails.
async fn read_folder<T: Send + 'static>(
    state: &AppState,
    read: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
) -> Option<T> {
    state.demo.as_ref()?;
    let folder = state.mailer.folder()?.to_owned();
    match tokio::task::spawn_blocking(move || read(&folder)).await {
        Ok(Ok(found)) => Some(found),
        Ok(Err(error)) => {
            tracing::error!(%error, "the folder of e-mails could not be read");
            None
        }
        Err(error) => {
            tracing::error!(%error, "reading the e-mails failed");
            None
        }
    }
}

async fn find(state: &AppState, id: &str) -> Option<StoredMail> {
    let id: Uuid = id.parse().ok()?;
    read_folder(state, move |folder| mailbox::read(folder, id)).await?
}

/// Returns the path of the mailbox, as browsers see it.
fn mailbox_url(state: &AppState) -> String {
    format!("{}{MAILBOX}", state.public_url.path())
}

fn entry(url: &str, mail: &StoredMail, language: Language) -> String {
    let to_word = match language {
        Language::En => "to",
        Language::Nl => "aan",
    };
    let (subject, to) = (escape(&mail.subject), escape(&mail.to));
    format!(
        "<li><a href=\"{url}/{}\"><strong><bdi>{subject}</bdi></strong><span>{to_word} <bdi>{to}</bdi></span>{}</a></li>\n",
        mail.id,
        time(mail.at, language),
    )
}

fn time(at: Option<DateTime<Utc>>, language: Language) -> String {
    let locale = match language {
        Language::En => Locale::en_GB,
        Language::Nl => Locale::nl_NL,
    };
    at.map_or_else(String::new, |at| {
        let exact = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!(
            "<time datetime=\"{exact}\">{}</time>",
            at.format_localized("%-d %B %Y, %H:%M:%S UTC", locale)
        )
    })
}

fn page(language: Language, title: &str, body: &str) -> Response {
    let policy = format!(
        "default-src 'none'; style-src {}; frame-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        hash(STYLE)
    );
    let (title, tag) = (escape(title), language.tag());
    let html = format!(
        "<!doctype html>\n<html lang=\"{tag}\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    );
    html_response(html, &policy)
}

fn html_response(html: String, policy: &str) -> Response {
    let Ok(policy) = HeaderValue::try_from(policy) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, html).into_response()
}

fn not_found(language: Language) -> Response {
    let text = match language {
        Language::En => "E-mail not found.\n",
        Language::Nl => "E-mail niet gevonden.\n",
    };
    (StatusCode::NOT_FOUND, text).into_response()
}

/// Returns the hash source of a style for a content security policy.
fn hash(style: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style.as_bytes())))
}

/// Returns the values of all style attributes.
fn inline_styles(html: &str) -> impl Iterator<Item = &str> {
    html.split(" style=\"").skip(1).filter_map(|rest| rest.split('"').next())
}
