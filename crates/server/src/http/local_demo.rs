//! Restricts an open demo to browsers on this machine. Anybody who reaches it can sign in as its users.
//!
//! The demo listens on a loopback address only. That stops neither a page that lets its own host name resolve to the
//! loopback address ([DNS rebinding](https://en.wikipedia.org/wiki/DNS_rebinding)) nor a proxy on this machine. So the
//! demo also checks the host, and refuses requests that a proxy has forwarded.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::api_path::is_api;
use super::header_names::{X_FORWARDED_FOR, X_FORWARDED_HOST, X_REAL_IP};
use crate::error::AppError;
use crate::state::AppState;

/// Headers that only proxies send.
const PROXY_HEADERS: [HeaderName; 4] = [header::FORWARDED, header::VIA, X_FORWARDED_FOR, X_REAL_IP];

/// Whether a forwarded request was reported. The log needs it once.
static IS_REPORTED: AtomicBool = AtomicBool::new(false);

/// Refuses requests of other machines at an open demo.
pub(crate) async fn require_local(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if state.demo.is_none() {
        return next.run(request).await;
    }
    let headers = request.headers();
    if let Some(name) = forwarded_by(headers) {
        if !IS_REPORTED.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                header = %name,
                "the demo refuses requests that a proxy has forwarded, because everybody can sign in; \
                 set --public-url or --trusted-proxy to serve it behind a proxy, without the demo sign-in"
            );
        }
    } else if is_local(&request, &state.demo_ports) {
        return next.run(request).await;
    }
    if is_api(request.uri().path()) {
        return AppError::NotLocal.into_response();
    }
    (StatusCode::MISDIRECTED_REQUEST, "This demo is only available on its own machine, at localhost.\n")
        .into_response()
}

/// Returns the header that shows that a proxy has forwarded the request for another machine.
fn forwarded_by(headers: &HeaderMap) -> Option<HeaderName> {
    let by_host = headers.get_all(X_FORWARDED_HOST).iter().any(|host| {
        let authority = Authority::try_from(host.as_bytes()).ok();
        !authority.is_some_and(|authority| is_loopback(authority.host()))
    });
    if by_host {
        return Some(X_FORWARDED_HOST);
    }
    PROXY_HEADERS.into_iter().find(|name| headers.contains_key(name))
}

/// Whether the host is this machine, with a port of the demo.
///
/// `trunk serve` forwards requests without the port, and with the original host in `X-Forwarded-Host`.
fn is_local(request: &Request, ports: &[u16]) -> bool {
    let headers = request.headers();
    let is_development = headers.contains_key(X_FORWARDED_HOST);
    let has_port = |authority: &Authority| match authority.port_u16() {
        Some(port) => ports.contains(&port),
        None => authority.port().is_none() && (is_development || ports.contains(&80)),
    };
    let is_here = |authority: &Authority| {
        !authority.as_str().contains('@') && is_loopback(authority.host()) && has_port(authority)
    };
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let Ok(host) = Authority::try_from(host.as_bytes()) else { return false };
    is_here(&host) && request.uri().authority().is_none_or(is_here)
}

fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn is_allowed(headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        forwarded_by(request.headers()).is_none() && is_local(&request, &[8080, 9000])
    }

    #[test]
    fn allows_only_this_machine_with_the_right_port() {
        for host in ["localhost:8080", "LOCALHOST:9000", "127.0.0.1:8080", "127.9.0.1:8080", "[::1]:8080"] {
            assert!(is_allowed(&[("host", host)]), "{host}");
        }
        for host in [
            "evil.example:8080",
            "localhost.evil.example:8080",
            "localhost",
            "localhost:",
            "localhost:80",
            "localhost:8081",
            "localhost@evil.example:8080",
            "evil@localhost:8080",
            "128.0.0.1:8080",
            "0.0.0.0:8080",
            "[::2]:8080",
            "",
        ] {
            assert!(!is_allowed(&[("host", host)]), "{host}");
        }
        assert!(!is_allowed(&[]));
        assert!(!is_allowed(&[("host", "localhost:8080"), ("host", "evil.example")]));
    }

    #[test]
    fn refuses_forwarded_requests_except_those_of_a_development_server() {
        let host = ("host", "localhost:8080");
        for header in [
            ("forwarded", "for=192.0.2.1"),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-real-ip", "192.0.2.1"),
            ("via", "1.1 proxy"),
            ("x-forwarded-host", "evil.example"),
        ] {
            assert!(!is_allowed(&[host, header]), "{header:?}");
        }
        assert!(is_allowed(&[("host", "127.0.0.1"), ("x-forwarded-host", "localhost:8081")]));
        assert!(!is_allowed(&[("host", "evil.example"), ("x-forwarded-host", "localhost:8081")]));
    }
}
