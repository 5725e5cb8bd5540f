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

use crate::prerender;
use crate::problem::Refusal;
use crate::routes::start::Start;

const INDEX: &str = "index.html";
/// What stands below is for pages of any origin: it is program and no data.
const EMBEDDED: &str = "embed/";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const BROTLI: &str = "application/x-brotli";
const FOREVER: &str = "public, max-age=31536000, immutable";
/// With what the links begin in the head of the page that have its program fetched ahead.
const AHEAD: &str = "<link rel=\"modulepreload\"";
const NOT_BUILT: &str = "The page is not built yet. Build it with `cargo xtask run`, or name its folder with --page.\n\
    The data are served: see /api/v1/openapi.json.\n";

/// The files of the page; none where it is not built.
pub(crate) struct Page {
    files: HashMap<String, File>,
    /// The style sheet of the prerendered view.
    sheet: Option<String>,
    policy: HeaderValue,
}

struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    kind: &'static str,
    etag: HeaderValue,
    caching: &'static str,
}

impl Page {
    /// The page within this binary.
    #[cfg(feature = "embed-page")]
    pub(crate) fn load(_: &Path, framed_by: &[HeaderValue]) -> io::Result<Self> {
        static DIST: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/../../dist-small");
        let mut found = Vec::new();
        let mut folders = vec![&DIST];
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            let files = folder.files();
            found.extend(files.map(|file| (url_path(file.path()), file.contents().to_vec())));
        }
        Self::of(found, framed_by)
    }

    /// Reads every file of a folder, which need not exist.
    #[cfg(not(feature = "embed-page"))]
    pub(crate) fn load(folder: &Path, framed_by: &[HeaderValue]) -> io::Result<Self> {
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
        Self::of(found, framed_by)
    }

    /// Whether there is a page.
    pub(crate) fn is_built(&self) -> bool {
        self.files.contains_key(INDEX)
    }

    /// Whether a request asks for the page itself, at one of its places.
    pub(crate) fn is_place(&self, request: &Request) -> bool {
        let name = name_of(request);
        let is_page = name == INDEX || is_place(name) && !self.files.contains_key(name);
        self.is_built() && *request.method() == Method::GET && is_page
    }

    /// The file of a path. Every other path that can be a place within the page is answered with the page, and with
    /// what comes along with it, where there is anything.
    pub(crate) fn answer(&self, request: &Request, start: Option<&Start>) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Refusal::MethodNotAllowed.into_response();
        }
        let name = name_of(request);
        if let Some(file) = self.files.get(name).filter(|_| name != INDEX) {
            return self.send(name, file, request.headers());
        }
        match self.files.get(INDEX) {
            _ if !is_place(name) && name != INDEX => {
                (StatusCode::NOT_FOUND, "There is no such file.\n").into_response()
            }
            Some(index) => match start {
                Some(start) => self.send(INDEX, &self.with(index, start), request.headers()),
                None => self.send(INDEX, index, request.headers()),
            },
            None => (StatusCode::NOT_FOUND, NOT_BUILT).into_response(),
        }
    }

    fn send(&self, name: &str, file: &File, asked: &HeaderMap) -> Response {
        let is_page = name == INDEX;
        let mut response = if !is_page && asked.get(header::IF_NONE_MATCH) == Some(&file.etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            match file.brotli.clone().filter(|_| takes_brotli(asked)) {
                Some(brotli) => ([(header::CONTENT_ENCODING, "br")], Body::from(brotli)).into_response(),
                None => Body::from(file.plain.clone()).into_response(),
            }
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        if name.starts_with(EMBEDDED) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
        }
        if is_page {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        } else {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(file.caching));
            headers.insert(header::ETAG, file.etag.clone());
        }
        response
    }

    fn of(found: Vec<(String, Vec<u8>)>, framed_by: &[HeaderValue]) -> io::Result<Self> {
        let mut contents: HashMap<String, Bytes> =
            found.into_iter().map(|(name, bytes)| (name, bytes.into())).collect();
        let index = contents.get(INDEX).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
        let sheet = prerender::style_sheet();
        let policy =
            HeaderValue::try_from(policy(&index, sheet.as_deref(), framed_by)).map_err(io::Error::other)?;
        let names: Vec<String> =
            contents.keys().filter(|name| content_type(name) != BROTLI).cloned().collect();
        let mut files = HashMap::new();
        for name in names {
            let brotli = contents.remove(&format!("{name}.br"));
            let Some(plain) = contents.remove(&name) else { continue };
            let etag = format!("W/\"{}\"", STANDARD.encode(&Sha256::digest(&plain)[..12]));
            let file = File {
                etag: HeaderValue::try_from(etag).map_err(io::Error::other)?,
                kind: content_type(&name),
                caching: if has_hash(&name) { FOREVER } else { "no-cache" },
                plain,
                brotli,
            };
            files.insert(name, file);
        }
        Ok(Self { files, sheet, policy })
    }

    /// The page with what comes along.
    fn with(&self, index: &File, start: &Start) -> File {
        let page = String::from_utf8_lossy(&index.plain);
        let Start { answers, prerendered } = start;
        let prerendered = prerendered.as_ref().zip(self.sheet.as_ref());
        let prerendered = prerendered.and_then(|(html, sheet)| with_prerendered(&page, sheet, html, answers));
        let page = prerendered.unwrap_or_else(|| {
            let (page, end) = page.split_at(page.rfind("</body>").unwrap_or(page.len()));
            format!("{page}{answers}{end}")
        });
        File {
            plain: page.into(),
            brotli: None,
            kind: index.kind,
            etag: index.etag.clone(),
            caching: index.caching,
        }
    }
}

/// The page with its prerendered view, which the browser shows until the program runs. The view comes before the links that
/// prefetch the program, so that it does not share the connection with them.
fn with_prerendered(page: &str, sheet: &str, prerendered: &str, answers: &str) -> Option<String> {
    let (head, rest) = page.split_once("</head>")?;
    let (between, rest) = rest.split_once("<body>")?;
    let (body, end) = rest.split_once("</body>")?;
    let (head, ahead) = head.split_at(head.find(AHEAD).unwrap_or(head.len()));
    let sheet = format!("<style data-drawn>{sheet}</style>");
    Some(format!("{head}{sheet}</head>{between}<body>{prerendered}{answers}{ahead}{body}</body>{end}"))
}

/// The file that a request names.
fn name_of(request: &Request) -> &str {
    let path = request.uri().path().trim_start_matches('/');
    if path.is_empty() { INDEX } else { path }
}

/// Whether a path may be a place within the page, as none that ends like a file is.
fn is_place(name: &str) -> bool {
    !name.rsplit('/').next().unwrap_or_default().contains('.')
}

fn url_path(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

fn takes_brotli(asked: &HeaderMap) -> bool {
    let values = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let is_refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("br") && !is_refused
    })
}

/// Whether the name changes with the content: trunk puts 16 digits of a hash before the ending.
fn has_hash(name: &str) -> bool {
    let stem = name.rsplit('/').next().and_then(|name| name.split_once('.')).map_or("", |(stem, _)| stem);
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    let is_hash = |part: &str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    stem.rsplit_once('-').is_some_and(|(_, part)| is_hash(part))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
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

/// What the page may do: run what it is made of, and talk to its own server; and which origins may frame it.
fn policy(index: &str, sheet: Option<&str>, framed_by: &[HeaderValue]) -> String {
    let hash = |text: &str| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())));
    let scripts: String = inline("script", index).into_iter().map(hash).collect();
    let styles: String = inline("style", index).into_iter().chain(sheet).map(hash).collect();
    let ancestors: Vec<_> = framed_by.iter().filter_map(|origin| origin.to_str().ok()).collect();
    let ancestors = if ancestors.is_empty() { "'none'".to_owned() } else { ancestors.join(" ") };
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )
}

/// What stands between the tags of scripts or styles that are not files.
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
    fn names_with_a_hash_are_kept_forever() {
        for name in ["a-0123456789abcdef.js", "sub/a-0123456789abcdef_bg.wasm", "a-0123456789abcdef.css"] {
            assert!(has_hash(name), "{name}");
        }
        for name in ["index.html", "a-0123456789.js", "0123456789abcdef", "icon-large.svg"] {
            assert!(!has_hash(name), "{name}");
        }
    }

    #[test]
    fn inline_scripts_are_allowed_by_their_hash_and_files_are_not_hashed() {
        let html = "<script src=\"/a.js\"></script><script type=\"module\">go()</script>";
        assert_eq!(inline("script", html), ["go()"]);
        let hash = STANDARD.encode(Sha256::digest(b"go()"));
        assert!(policy(html, None, &[]).contains(&format!("'wasm-unsafe-eval' 'sha256-{hash}';")));
    }

    #[test]
    fn brotli_is_sent_to_who_takes_it() {
        let asked = |value: &'static str| {
            HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))])
        };
        assert!(takes_brotli(&asked("gzip, br;q=0.9")));
        assert!(!takes_brotli(&asked("gzip, br;q=0")));
        assert!(!takes_brotli(&HeaderMap::new()));
    }
}
