//! The built page, held in memory.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::embedded_responses::{EmbeddedResponses, FRAGMENT_HEADER};
use super::prerender;
use crate::error::AppError;
use crate::public_url::Origin;

const INDEX: &str = "index.html";
/// The folder of the files that pages of any origin may load: program code and no data.
const EMBED_FOLDER: &str = "embed/";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const BROTLI: &str = "application/x-brotli";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// The live region in which `list.js` announces each new list to screen readers.
const ANNOUNCER: &str = "<output class=\"visually-hidden\" data-prerendered></output>";
/// The start of the links in the page's head that preload its program.
const MODULE_PRELOAD: &str = "<link rel=\"modulepreload\"";
const NOT_BUILT: &str = "The page has not been built. Build it with `cargo xtask run`, or set its folder with --page.\n\
    The API is available: see /api/v1/openapi.json.\n";

/// The files of the page. There are none if the page has not been built.
pub(crate) struct Page {
    files: HashMap<String, File>,
    /// The style sheet of the prerendered view.
    prerendered_css: Option<String>,
    policy: HeaderValue,
}

struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    content_type: &'static str,
    etag: HeaderValue,
    cache_control: &'static str,
}

/// The options of the page.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PageOptions<'a> {
    /// The path of the public URL: empty, or with a leading and without a trailing slash.
    pub(crate) base_path: &'a str,
    /// The origins that may embed the page in a frame.
    pub(crate) framed_by: &'a [Origin],
    /// The URL of the privacy policy.
    pub(crate) privacy_url: Option<&'a str>,
}

impl Page {
    /// Loads the page that is embedded in this binary.
    #[cfg(feature = "embed-page")]
    pub(crate) fn load(_: &Path, options: PageOptions<'_>) -> io::Result<Self> {
        static DIST: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/../../dist-small");
        let mut found = Vec::new();
        let mut folders = vec![&DIST];
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            let files = folder.files();
            found.extend(files.map(|file| (url_path(file.path()), file.contents().to_vec())));
        }
        Self::from_files(found, options)
    }

    /// Reads every file of a folder. The folder may be missing.
    #[cfg(not(feature = "embed-page"))]
    pub(crate) fn load(folder: &Path, options: PageOptions<'_>) -> io::Result<Self> {
        let mut found = Vec::new();
        let mut folders = if folder.is_dir() { vec![folder.to_owned()] } else { Vec::new() };
        while let Some(at) = folders.pop() {
            for entry in std::fs::read_dir(&at)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(name) = path.strip_prefix(folder) {
                    found.push((url_path(name), std::fs::read(&path)?));
                }
            }
        }
        Self::from_files(found, options)
    }

    /// Whether the page has been built.
    pub(crate) fn is_built(&self) -> bool {
        self.files.contains_key(INDEX)
    }

    /// Whether a request is for the page itself, at one of its routes.
    pub(crate) fn is_page_request(&self, request: &Request) -> bool {
        let name = file_name(request);
        let is_page = name == INDEX || is_route(name) && !self.files.contains_key(name);
        self.is_built() && *request.method() == Method::GET && is_page
    }

    /// Responds with the file of a path. Any other path that can be a route of the page gets the page, with the
    /// embedded responses, if any.
    pub(crate) fn respond(
        &self,
        request: &Request,
        embedded_responses: Option<&EmbeddedResponses>,
    ) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return AppError::MethodNotAllowed.into_response();
        }
        let name = file_name(request);
        if let Some(file) = self.files.get(name).filter(|_| name != INDEX) {
            return self.send(name, file, request.headers());
        }
        if request.headers().contains_key(FRAGMENT_HEADER) {
            return self.send_fragment(embedded_responses);
        }
        match self.files.get(INDEX) {
            _ if !is_route(name) && name != INDEX => {
                (StatusCode::NOT_FOUND, "File not found.\n").into_response()
            }
            Some(index) => match embedded_responses {
                Some(embedded_responses) => {
                    self.send(INDEX, &self.with_embedded(index, embedded_responses), request.headers())
                }
                None => self.send(INDEX, index, request.headers()),
            },
            None => (StatusCode::NOT_FOUND, NOT_BUILT).into_response(),
        }
    }

    /// Responds with the prerendered view and its embedded responses only, or with 204 if this address has none.
    fn send_fragment(&self, embedded_responses: Option<&EmbeddedResponses>) -> Response {
        let fragment = embedded_responses.and_then(|embedded| embedded.prerendered.clone());
        let mut response = match fragment {
            Some(fragment) => fragment.into_response(),
            None => StatusCode::NO_CONTENT.into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(INDEX)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        response
    }

    fn send(&self, name: &str, file: &File, request_headers: &HeaderMap) -> Response {
        let is_page = name == INDEX;
        let mut response = if !is_page && request_headers.get(header::IF_NONE_MATCH) == Some(&file.etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            match file.brotli.clone().filter(|_| accepts_brotli(request_headers)) {
                Some(brotli) => ([(header::CONTENT_ENCODING, "br")], Body::from(brotli)).into_response(),
                None => Body::from(file.plain.clone()).into_response(),
            }
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        if name.starts_with(EMBED_FOLDER) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
        }
        if is_page {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        } else {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(file.cache_control));
            headers.insert(header::ETAG, file.etag.clone());
        }
        response
    }

    fn from_files(found: Vec<(String, Vec<u8>)>, options: PageOptions<'_>) -> io::Result<Self> {
        let PageOptions { base_path, framed_by, privacy_url } = options;
        let mut contents: HashMap<String, Bytes> =
            found.into_iter().map(|(name, bytes)| (name, bytes.into())).collect();
        if !base_path.is_empty()
            && let Some(index) = contents.remove(INDEX)
        {
            let page = below_path(&String::from_utf8_lossy(&index), base_path, contents.keys());
            contents.insert(INDEX.into(), page.into());
            contents.remove(&format!("{INDEX}.br"));
        }
        if let Some((index, url)) = contents.get_mut(INDEX).zip(privacy_url) {
            *index = with_privacy_link(&String::from_utf8_lossy(index), url).into();
            contents.remove(&format!("{INDEX}.br"));
        }
        let index = contents.get(INDEX).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
        let prerendered_css = prerender::style_sheet();
        let policy = HeaderValue::try_from(policy(&index, prerendered_css.as_deref(), framed_by))
            .map_err(io::Error::other)?;
        let names: Vec<String> =
            contents.keys().filter(|name| content_type(name) != BROTLI).cloned().collect();
        let mut files = HashMap::new();
        for name in names {
            let brotli = contents.remove(&format!("{name}.br"));
            let Some(plain) = contents.remove(&name) else { continue };
            let etag = format!("W/\"{}\"", STANDARD.encode(&Sha256::digest(&plain)[..12]));
            let file = File {
                etag: HeaderValue::try_from(etag).map_err(io::Error::other)?,
                content_type: content_type(&name),
                cache_control: if has_hash(&name) { IMMUTABLE } else { "no-cache" },
                plain,
                brotli,
            };
            files.insert(name, file);
        }
        Ok(Self { files, prerendered_css, policy })
    }

    /// Returns the page with the embedded responses and the prerendered view.
    fn with_embedded(&self, index: &File, embedded_responses: &EmbeddedResponses) -> File {
        let page = String::from_utf8_lossy(&index.plain);
        let EmbeddedResponses { scripts, prerendered, settings } = embedded_responses;
        let prerendered = prerendered.as_ref().zip(self.prerendered_css.as_ref());
        let prerendered = prerendered
            .and_then(|(html, prerendered_css)| with_prerendered(&page, prerendered_css, html, settings));
        let page = prerendered.unwrap_or_else(|| {
            let (page, end) = page.split_at(page.rfind("</body>").unwrap_or(page.len()));
            format!("{page}{scripts}{end}")
        });
        File {
            plain: page.into(),
            brotli: None,
            content_type: index.content_type,
            etag: index.etag.clone(),
            cache_control: index.cache_control,
        }
    }
}

/// Returns the page for a server below a path: with that path in the URLs of its files, and in an element in which the
/// page finds it (`src/app/base_path.rs`).
fn below_path<'a>(page: &str, base_path: &str, files: impl Iterator<Item = &'a String>) -> String {
    let mut page = page.to_owned();
    for file in files {
        for quote in ['"', '\''] {
            page =
                page.replace(&format!("{quote}/{file}{quote}"), &format!("{quote}{base_path}/{file}{quote}"));
        }
    }
    page.replacen("<head>", &format!("<head><meta name=\"studio-users-base\" content=\"{base_path}\">"), 1)
}

/// Returns the page with a [link to the privacy policy](https://www.rfc-editor.org/rfc/rfc6903#section-5), which its
/// public pages show.
fn with_privacy_link(page: &str, url: &str) -> String {
    let link = format!("<link rel=\"privacy-policy\" href=\"{}\"></head>", escape_attribute(url));
    page.replacen("</head>", &link, 1)
}

/// Escapes the value of an attribute in double quotes.
fn escape_attribute(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// Returns the page with its prerendered view, which the browser shows until the program runs. The view comes before
/// the links that preload the program, so that it does not share the connection with them.
fn with_prerendered(page: &str, prerendered_css: &str, prerendered: &str, settings: &str) -> Option<String> {
    let (start, page) = page.split_once("<head>")?;
    let (head, rest) = page.split_once("</head>")?;
    let (between, rest) = rest.split_once("<body>")?;
    let (body, end) = rest.split_once("</body>")?;
    let (head, preloads) = head.split_at(head.find(MODULE_PRELOAD).unwrap_or(head.len()));
    let settings =
        format!("<meta name=\"studio-users-settings\" content=\"{}\">", escape_attribute(settings));
    let prerendered_css = format!("<style data-prerendered>{prerendered_css}</style>");
    Some(format!(
        "{start}<head>{settings}{head}{prerendered_css}</head>{between}<body>{prerendered}{ANNOUNCER}{preloads}{body}</body>{end}"
    ))
}

/// Returns the name of the requested file.
fn file_name(request: &Request) -> &str {
    let path = request.uri().path().trim_start_matches('/');
    if path.is_empty() { INDEX } else { path }
}

/// Whether a path may be a route of the page. A path with a file extension is not.
fn is_route(name: &str) -> bool {
    !name.rsplit('/').next().unwrap_or_default().contains('.')
}

fn url_path(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

fn accepts_brotli(request_headers: &HeaderMap) -> bool {
    let values =
        request_headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let is_refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("br") && !is_refused
    })
}

/// Whether the file name contains a hash of the content. Trunk adds 16 hexadecimal digits before the extension.
fn has_hash(name: &str) -> bool {
    let stem = name.rsplit('/').next().and_then(|name| name.split_once('.')).map_or("", |(stem, _)| stem);
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    let is_hash = |part: &str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    stem.rsplit_once('-').is_some_and(|(_, part)| is_hash(part))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "br" => BROTLI,
        _ => "application/octet-stream",
    }
}

/// Returns the [content security policy](https://www.w3.org/TR/CSP3/) of the page: it may run its own code and
/// connect to its own server, and only the given origins may frame it.
fn policy(index: &str, prerendered_css: Option<&str>, framed_by: &[Origin]) -> String {
    let hash = |text: &str| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())));
    let scripts: String = inline("script", index).into_iter().map(hash).collect();
    let styles: String = inline("style", index).into_iter().chain(prerendered_css).map(hash).collect();
    let ancestors: Vec<_> = framed_by.iter().map(Origin::as_str).collect();
    let ancestors = if ancestors.is_empty() { "'none'".to_owned() } else { ancestors.join(" ") };
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )
}

/// Returns the contents of the inline scripts or styles of the page.
fn inline<'a>(name: &str, html: &'a str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((tag, after)) = rest.split_once(&open).and_then(|(_, tail)| tail.split_once('>')) {
        let Some((text, tail)) = after.split_once(&close) else { break };
        if !tag.contains("src=") {
            found.push(text);
        }
        rest = tail;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_names_with_a_content_hash() {
        for name in ["a-0123456789abcdef.js", "sub/a-0123456789abcdef_bg.wasm", "a-0123456789abcdef.css"] {
            assert!(has_hash(name), "{name}");
        }
        for name in ["index.html", "a-0123456789.js", "0123456789abcdef", "icon-large.svg"] {
            assert!(!has_hash(name), "{name}");
        }
    }

    #[test]
    fn adds_the_link_to_the_privacy_policy_as_text() {
        let page = with_privacy_link("<head></head><body></head>", "/privacy?a&b\"><script>");
        let link = "<link rel=\"privacy-policy\" href=\"/privacy?a&amp;b&quot;>&lt;script>\">";
        assert_eq!(page, format!("<head>{link}</head><body></head>"));
    }

    #[test]
    fn finds_the_files_of_the_page_below_a_path() {
        let html = "<head><link href=\"/a-1.js\"><script type=\"module\">import init from '/a-1.js';x('/b')</script>";
        let found = vec![
            (INDEX.to_owned(), html.as_bytes().to_vec()),
            ("a-1.js".to_owned(), Vec::new()),
            (format!("{INDEX}.br"), b"compressed".to_vec()),
        ];
        let options = PageOptions { base_path: "/users", ..PageOptions::default() };
        let page = Page::from_files(found, options).unwrap();
        let script = "import init from '/users/a-1.js';x('/b')";
        let expected = format!(
            "<head><meta name=\"studio-users-base\" content=\"/users\"><link href=\"/users/a-1.js\">\
             <script type=\"module\">{script}</script>"
        );
        assert_eq!(page.files[INDEX].plain, expected);
        assert!(page.files[INDEX].brotli.is_none());
        let hash = STANDARD.encode(Sha256::digest(script.as_bytes()));
        assert!(page.policy.to_str().unwrap().contains(&hash), "the policy allows the changed script");
    }

    #[test]
    fn allows_inline_scripts_by_hash() {
        let html = "<script src=\"/a.js\"></script><script type=\"module\">go()</script>";
        assert_eq!(inline("script", html), ["go()"]);
        let hash = STANDARD.encode(Sha256::digest(b"go()"));
        assert!(policy(html, None, &[]).contains(&format!("'wasm-unsafe-eval' 'sha256-{hash}';")));
    }

    #[test]
    fn accepts_brotli_unless_its_weight_is_zero() {
        let request_headers = |value: &'static str| {
            HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))])
        };
        assert!(accepts_brotli(&request_headers("gzip, br;q=0.9")));
        assert!(!accepts_brotli(&request_headers("gzip, br;q=0")));
        assert!(!accepts_brotli(&HeaderMap::new()));
    }
}
