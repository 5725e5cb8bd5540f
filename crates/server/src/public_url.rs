//! URLs of servers, in the form of the [URL standard](https://url.spec.whatwg.org/), so that they can be compared with
//! what browsers send.

use std::fmt;
use std::net::SocketAddr;

use url::{Host, Url};

/// The maximum length of the path. With it, the header `List-Unsubscribe` has at most 998 octets.
/// <https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1>
const MAX_PATH: usize = 500;

/// An origin in the form in which browsers send it in `Origin`: without the default port of the scheme, and with the host
/// in ASCII. <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(String);

/// The URL under which browsers reach the server: an origin, and the path below which the server is, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicUrl {
    origin: Origin,
    /// Empty, or a path with a leading and without a trailing slash.
    path: String,
    is_https: bool,
    port: u16,
    is_loopback: bool,
}

impl Origin {
    /// Parses an origin. A trailing slash is allowed.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let url = PublicUrl::parse(text)?;
        if url.path.is_empty() { Ok(url.origin) } else { Err("expected an origin without a path".into()) }
    }

    /// Returns the origin as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the value of an `Origin` header is this origin.
    pub(crate) fn is(&self, header: &[u8]) -> bool {
        header == self.0.as_bytes()
    }
}

impl PublicUrl {
    /// Parses a URL that consists of an origin and an optional path.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        const EXPECTED: &str =
            "expected http:// or https:// with a host, an optional port and an optional path";
        // The URL standard repairs mistakes, such as missing slashes, which are better reported.
        let lower = text.to_ascii_lowercase();
        let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
        let has_host = rest.is_some_and(|rest| !rest.starts_with(['/', ':']));
        let has_other =
            |letter: char| letter.is_whitespace() || letter.is_control() || "\\?#@%".contains(letter);
        if !has_host || text.contains(has_other) {
            return Err(EXPECTED.into());
        }
        let url = Url::parse(text).map_err(|error| format!("{EXPECTED}: {error}"))?;
        let is_loopback = match url.host().ok_or(EXPECTED)? {
            Host::Domain(domain) => {
                check_domain(domain)?;
                domain == "localhost"
            }
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let host = url.host_str().ok_or(EXPECTED)?;
        if url.port() == Some(0) {
            return Err("the port must not be 0".into());
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = url.path().trim_end_matches('/');
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-._~".contains(letter);
        if !path.is_empty() && path[1..].split('/').any(|part| part.is_empty() || !part.chars().all(is_plain))
        {
            return Err("a path may have letters, digits, - . _ ~ and single slashes".into());
        }
        if path.len() > MAX_PATH {
            return Err(format!("a path may have at most {MAX_PATH} characters"));
        }
        Ok(Self {
            origin: Origin(format!("{}://{host}{port}", url.scheme())),
            path: path.to_owned(),
            is_https: url.scheme() == "https",
            port: url.port_or_known_default().unwrap_or_default(),
            is_loopback,
        })
    }

    /// Returns the URL under which a browser on this machine reaches a listener, also if `localhost` is another address.
    pub(crate) fn of_listener(address: SocketAddr) -> Result<Self, String> {
        let is_localhost = matches!(address, SocketAddr::V4(v4) if v4.ip().octets() == [127, 0, 0, 1]);
        if is_localhost {
            return Self::parse(&format!("http://localhost:{}", address.port()));
        }
        match address {
            // A URL has no place for the zone of a link-local address.
            SocketAddr::V6(v6) => Self::parse(&format!("http://[{}]:{}", v6.ip(), v6.port())),
            SocketAddr::V4(v4) => Self::parse(&format!("http://{v4}")),
        }
    }

    /// Returns the origin.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns the path below which the server is: empty, or with a leading and without a trailing slash.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Returns the path of a request below the path of the server. A proxy may have removed that already, so any other
    /// path is returned unchanged.
    pub(crate) fn path_below<'a>(&self, path: &'a str) -> &'a str {
        match path.strip_prefix(&self.path) {
            Some("") => "/",
            Some(below) if below.starts_with('/') => below,
            _ => path,
        }
    }

    /// Whether browsers reach the server over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.is_https
    }

    /// Returns the port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Whether the port is the default of the scheme.
    pub(crate) fn has_default_port(&self) -> bool {
        self.port == if self.is_https { 443 } else { 80 }
    }

    /// Whether the URL reaches only this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

/// The URL without a trailing slash.
impl fmt::Display for PublicUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.origin.0, self.path)
    }
}

/// Checks the letters of a domain. The URL standard allows more, such as wildcards, which reach no server.
fn check_domain(domain: &str) -> Result<(), String> {
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let name = domain.strip_suffix('.').unwrap_or(domain);
    if name.len() <= 253 && name.split('.').all(is_label) {
        Ok(())
    } else {
        Err("expected one host name; wildcards are not supported".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, String> {
        PublicUrl::parse(text).map(|url| url.to_string())
    }

    #[test]
    fn normalises_urls_as_browsers_do() {
        for (text, expected) in [
            ("http://192.0.2.2:80", "http://192.0.2.2"),
            ("https://users.example:443", "https://users.example"),
            ("HTTPS://Users.Example:0443/", "https://users.example"),
            ("http://users.example:443", "http://users.example:443"),
            ("http://bücher.lan", "http://xn--bcher-kva.lan"),
            ("http://BÜCHER.lan:8080/", "http://xn--bcher-kva.lan:8080"),
            ("http://[0:0::1]:8080", "http://[::1]:8080"),
            ("http://[::FFFF:1.2.3.4]", "http://[::ffff:102:304]"),
            ("http://127.1:8080", "http://127.0.0.1:8080"),
            ("http://my_host:8080", "http://my_host:8080"),
            ("https://example.org/users/", "https://example.org/users"),
            ("https://example.org/a/b~c/./d/../", "https://example.org/a/b~c"),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn rejects_what_is_no_origin() {
        for text in [
            "",
            "users.example",
            "http://",
            "http:///x",
            "http://:8080",
            "https://*",
            "https://*.example.org",
            "http:host",
            "http:/host",
            "ftp://host",
            "http://host:x",
            "http://host:65536",
            "http://host:0",
            "http://user@host",
            "http://host?x",
            "http://host#x",
            "http://ho st",
            "http://host\\path",
            "http://host/%41",
            "http://host/a//b",
            "http://host/a;b",
            "http://host/ü",
            "https://ex^ample",
            "http://[::1",
            "http://[::1]x",
            "http://-a.example",
            "http://a..example",
            "http://256.1.1.1",
            "http://host\n",
            " http://host",
            "http://ho%73t",
            "javascript://x",
            &format!("http://host/{}", "a".repeat(MAX_PATH)),
        ] {
            assert!(PublicUrl::parse(text).is_err(), "{text}: {:?}", parse(text));
        }
        assert!(Origin::parse("https://host/path").is_err());
        assert_eq!(
            Origin::parse("https://HÔST.example:443/").unwrap().as_str(),
            "https://xn--hst-kna.example"
        );
    }

    #[test]
    fn a_listener_is_reached_by_its_own_address() {
        for (address, expected) in [
            ("127.0.0.1:8080", "http://localhost:8080"),
            ("127.0.0.2:8080", "http://127.0.0.2:8080"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("192.0.2.1:80", "http://192.0.2.1"),
        ] {
            assert_eq!(PublicUrl::of_listener(address.parse().unwrap()).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn recognises_this_machine_and_the_port() {
        for (url, is_loopback, port) in [
            ("http://localhost:8080", true, 8080),
            ("http://127.0.0.11", true, 80),
            ("https://[::1]", true, 443),
            ("https://users.example", false, 443),
            ("http://localhost.example:90", false, 90),
        ] {
            let url = PublicUrl::parse(url).unwrap();
            assert_eq!((url.is_loopback(), url.port()), (is_loopback, port), "{url}");
        }
    }

    #[test]
    fn removes_the_path_of_the_server_from_requests() {
        let url = PublicUrl::parse("https://example.org/users/").unwrap();
        for (path, below) in [
            ("/users", "/"),
            ("/users/", "/"),
            ("/users/api/v1/session", "/api/v1/session"),
            ("/users/users", "/users"),
            ("/api/v1/session", "/api/v1/session"),
            ("/usersx", "/usersx"),
            ("/", "/"),
        ] {
            assert_eq!(url.path_below(path), below, "{path}");
        }
        assert_eq!(PublicUrl::parse("https://example.org").unwrap().path_below("/users"), "/users");
    }
}
