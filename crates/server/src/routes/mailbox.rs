//! The mailbox of a demo: what would have been mailed, for whoever tries it. It has no scripts.

use std::path::Path;

use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};
use studio_users_contract::path;
use uuid::Uuid;

use crate::app::App;
use crate::mail::escape;
use crate::mail::mailbox::{self, KeptMail};

/// Where the mailbox is.
pub(crate) const MAILBOX: &str = path::DEMO_MAIL;
/// Where a mail is.
pub(crate) const MAIL: &str = "/demo/mail/{id}";
/// Where the HTML of a mail is, alone.
pub(crate) const MAIL_HTML: &str = "/demo/mail/{id}/html";

const STYLE: &str = include_str!("mailbox.css");

/// The newest mails.
pub(crate) async fn list(State(app): State<App>) -> Response {
    let Some(mails) = in_folder(&app, mailbox::newest).await else { return nothing() };
    let entries: String = mails.iter().map(entry).collect();
    let body = if mails.is_empty() {
        "<p>No mail yet. Ask for a sign-in link or invite somebody: what the studio would send stands here.</p>"
            .to_owned()
    } else {
        format!(
            "<p>What the studio would have sent, newest first. Load the page again for more.</p>\n<ol>\n{entries}</ol>"
        )
    };
    page("Mail of the demo", &format!("<h1>Mail of the demo</h1>\n{body}\n"))
}

/// One mail: its header, its HTML in a frame, its text.
pub(crate) async fn show(State(app): State<App>, UrlPath(id): UrlPath<String>) -> Response {
    let Some(mail) = find(&app, &id).await else { return nothing() };
    let KeptMail { from, to, subject, header, plain, .. } = &mail;
    let [from, to, subject, header, plain] = [from, to, subject, header, plain].map(|text| escape(text));
    let body = format!(
        "<p><a href=\"{MAILBOX}\">All mail</a></p>\n<h1><bdi>{subject}</bdi></h1>\n\
         <dl>\n<dt>From</dt><dd><bdi>{from}</bdi></dd>\n<dt>To</dt><dd><bdi>{to}</bdi></dd>\n\
         <dt>Sent</dt><dd>{}</dd>\n</dl>\n\
         <iframe title=\"The mail as HTML\" src=\"{MAILBOX}/{}/html\" \
         sandbox=\"allow-top-navigation-by-user-activation\"></iframe>\n\
         <h2>As text</h2>\n<pre>{plain}</pre>\n\
         <details>\n<summary>Header</summary>\n<pre>{header}</pre>\n</details>\n",
        time(mail.at),
        mail.id,
    );
    page(&mail.subject, &body)
}

/// The HTML of a mail, as a mail program shows it: it runs nothing and loads nothing, and its links leave the frame.
pub(crate) async fn html(State(app): State<App>, UrlPath(id): UrlPath<String>) -> Response {
    let Some(mail) = find(&app, &id).await else { return nothing() };
    let styles = styles(&mail.html).map(hash).collect::<Vec<_>>().join(" ");
    let policy = format!(
        "sandbox allow-top-navigation-by-user-activation; default-src 'none'; \
         style-src 'unsafe-hashes' {styles}; form-action 'none'; frame-ancestors 'self'"
    );
    answer(mail.html.replacen("<head>", "<head>\n<base target=\"_top\">", 1), &policy)
}

/// Reads the folder of a demo; nothing where there is no demo, or its mail is really sent.
async fn in_folder<T: Send + 'static>(
    app: &App,
    read: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
) -> Option<T> {
    app.demo.as_ref()?;
    let folder = app.mailer.folder()?.to_owned();
    match tokio::task::spawn_blocking(move || read(&folder)).await {
        Ok(Ok(found)) => Some(found),
        Ok(Err(error)) => {
            tracing::error!(%error, "the folder of the mails cannot be read");
            None
        }
        Err(error) => {
            tracing::error!(%error, "reading the mails was cut off");
            None
        }
    }
}

async fn find(app: &App, id: &str) -> Option<KeptMail> {
    let id: Uuid = id.parse().ok()?;
    in_folder(app, move |folder| mailbox::read(folder, id)).await?
}

fn entry(mail: &KeptMail) -> String {
    let (subject, to) = (escape(&mail.subject), escape(&mail.to));
    format!(
        "<li><a href=\"{MAILBOX}/{}\"><strong><bdi>{subject}</bdi></strong><span>to <bdi>{to}</bdi></span>{}</a></li>\n",
        mail.id,
        time(mail.at),
    )
}

fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(String::new, |at| {
        let exact = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!("<time datetime=\"{exact}\">{}</time>", at.format("%-d %B %Y, %H:%M:%S UTC"))
    })
}

fn page(title: &str, body: &str) -> Response {
    let policy = format!(
        "default-src 'none'; style-src {}; frame-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        hash(STYLE)
    );
    let title = escape(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    );
    answer(html, &policy)
}

fn answer(html: String, policy: &str) -> Response {
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

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "There is no such mail.\n").into_response()
}

/// A style as a content security policy names it.
fn hash(style: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style.as_bytes())))
}

/// The styles that stand in attributes.
fn styles(html: &str) -> impl Iterator<Item = &str> {
    html.split(" style=\"").skip(1).filter_map(|rest| rest.split('"').next())
}
