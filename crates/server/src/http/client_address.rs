//! The address of the client behind trusted proxies, for rate limits.
//!
//! Each proxy appends the address of its own client to `Forwarded` ([RFC 7239](https://www.rfc-editor.org/rfc/rfc7239))
//! or to
//! [`X-Forwarded-For`](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/X-Forwarded-For#selecting_an_ip_address).
//! So only the addresses at the end of the list are from trusted proxies. A client can send anything before them.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

use super::header_names::X_FORWARDED_FOR;
use crate::error::AppError;
use crate::state::AppState;

/// The address of the client: of the connection, or what the trusted proxies report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let ConnectInfo(peer) = ConnectInfo::<SocketAddr>::from_request_parts(parts, state)
            .await
            .map_err(AppError::unexpected)?;
        Ok(Self(client_address(peer.ip(), &parts.headers, &state.trusted_proxies)))
    }
}

/// Returns the rightmost address that is not a trusted proxy.
///
/// A proxy writes one of the two headers, and may pass the other one on from the client. So if both are present and
/// disagree, neither counts.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(trusted, peer) {
        return peer;
    }
    let forwarded = parse_header(headers, &header::FORWARDED, forwarded_addresses);
    let x_forwarded = parse_header(headers, &X_FORWARDED_FOR, x_forwarded_addresses);
    match (forwarded, x_forwarded) {
        (None, None) => peer,
        (Some(addresses), None) | (None, Some(addresses)) => rightmost_untrusted(peer, &addresses, trusted),
        (Some(one), Some(other)) => {
            let client = rightmost_untrusted(peer, &one, trusted);
            if client == rightmost_untrusted(peer, &other, trusted) { client } else { peer }
        }
    }
}

/// Whether an address is that of a trusted proxy.
pub(crate) fn is_trusted(trusted: &[IpNet], address: IpAddr) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// Goes from the connection towards the client. Stops at the first address that is not a trusted proxy. A node without
/// an address, such as `unknown`, also stops: then the proxy that reported it counts as the client.
fn rightmost_untrusted(peer: IpAddr, addresses: &[Option<IpAddr>], trusted: &[IpNet]) -> IpAddr {
    let mut client = peer;
    for address in addresses.iter().rev() {
        let Some(address) = *address else { break };
        client = address;
        if !is_trusted(trusted, address) {
            break;
        }
    }
    client
}

/// Parses all headers of a name as one list ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-5.3)). Returns
/// `None` if there is none, and an empty list if it is malformed.
fn parse_header(
    headers: &HeaderMap,
    name: &HeaderName,
    parse: impl Fn(&str) -> Option<Vec<Option<IpAddr>>>,
) -> Option<Vec<Option<IpAddr>>> {
    if !headers.contains_key(name) {
        return None;
    }
    let values: Option<Vec<&str>> = headers.get_all(name).iter().map(|value| value.to_str().ok()).collect();
    Some(values.and_then(|values| parse(&values.join(","))).unwrap_or_default())
}

#[allow(clippy::unnecessary_wraps, reason = "the signature of `forwarded_addresses`")]
fn x_forwarded_addresses(list: &str) -> Option<Vec<Option<IpAddr>>> {
    let nodes = list.split(',').map(str::trim).filter(|node| !node.is_empty());
    Some(nodes.map(parse_node).collect())
}

/// Returns the addresses of the parameters `for`. An element without one counts as a node without an address. Returns
/// `None` for a list that does not follow the grammar.
fn forwarded_addresses(list: &str) -> Option<Vec<Option<IpAddr>>> {
    let mut addresses = Vec::new();
    let mut rest = list.trim_start();
    while !rest.is_empty() {
        if let Some(next) = rest.strip_prefix(',') {
            rest = next.trim_start();
            continue;
        }
        let (element, after) = parse_element(rest)?;
        addresses.push(element.as_deref().and_then(parse_node));
        rest = after;
    }
    Some(addresses)
}

/// Parses one element up to its comma. Returns the value of `for`, and the rest of the list.
fn parse_element(mut rest: &str) -> Option<(Option<String>, &str)> {
    let mut client = None;
    loop {
        let (name, after) = rest.split_once('=')?;
        let is_token = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
        };
        let name = name.trim();
        let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
            parse_quoted(quoted)?
        } else {
            let end = after.find([';', ',']).unwrap_or(after.len());
            let value = after[..end].trim();
            // Addresses of IPv6 and ports must be quoted. Some proxies omit the quotes.
            if value.is_empty() || value.contains(['"', ' ', '\t', '=']) {
                return None;
            }
            (value.to_owned(), &after[end..])
        };
        if !is_token(name) {
            return None;
        }
        if name.eq_ignore_ascii_case("for") && client.replace(value).is_some() {
            return None;
        }
        let after = after.trim_start();
        match after.as_bytes().first() {
            None | Some(b',') => return Some((client, after)),
            Some(b';') => rest = after[1..].trim_start(),
            Some(_) => return None,
        }
    }
}

/// Parses a quoted string after its first quote.
fn parse_quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(letters.next()?.1),
            _ => value.push(letter),
        }
    }
    None
}

/// Parses an address with an optional port. Returns `None` for `unknown`, an obfuscated identifier such as `_hidden`, and
/// everything else that is no address.
fn parse_node(node: &str) -> Option<IpAddr> {
    let is_port = |port: &str| {
        let port = port.strip_prefix('_').unwrap_or(port);
        !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let address = if let Some(rest) = node.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        if !(port.is_empty() || port.strip_prefix(':').is_some_and(is_port)) {
            return None;
        }
        IpAddr::V6(address.parse().ok()?)
    } else {
        match node.split_once(':') {
            Some((address, port)) if !port.contains(':') && is_port(port) => {
                IpAddr::V4(address.parse().ok()?)
            }
            _ => node.parse().ok()?,
        }
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    /// Returns the client of a request from a peer with these headers, with proxies in two networks.
    fn client(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let trusted = ["10.0.0.0/8", "2001:db8:ff::/48"].map(|network| network.parse().unwrap());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        client_address(peer.parse().unwrap(), &map, &trusted).to_string()
    }

    #[test]
    fn headers_of_an_untrusted_peer_never_count() {
        for header in ["x-forwarded-for", "forwarded"] {
            for value in ["192.0.2.1", "for=192.0.2.1", "10.0.0.1", "for=10.0.0.1"] {
                assert_eq!(client("203.0.113.9", &[(header, value)]), "203.0.113.9");
            }
        }
        assert_eq!(client("::ffff:203.0.113.9", &[]), "203.0.113.9");
    }

    #[test]
    fn takes_the_rightmost_untrusted_address() {
        for (value, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("1.1.1.1, 192.0.2.1", "192.0.2.1"),
            ("1.1.1.1, 192.0.2.1, 10.9.9.9, 2001:db8:ff::2", "192.0.2.1"),
            ("10.0.0.7", "10.0.0.7"),
            (" , 192.0.2.1 ,,", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("1.1.1.1, unknown", PROXY),
            ("1.1.1.1, unknown, 10.0.0.2", "10.0.0.2"),
            ("garbage\"; x=, 192.0.2.1", "192.0.2.1"),
            ("1.1.1.1, fe80::1%eth0", PROXY),
            ("1.1.1.1, [192.0.2.1]", PROXY),
            ("", PROXY),
        ] {
            assert_eq!(client(PROXY, &[("x-forwarded-for", value)]), expected, "{value}");
        }
    }

    #[test]
    fn parses_forwarded() {
        for (value, expected) in [
            ("for=192.0.2.1", "192.0.2.1"),
            ("For=\"192.0.2.1:4711\";proto=http;by=10.0.0.1", "192.0.2.1"),
            ("by=10.0.0.1; FOR=\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("for=\"\\[2001:db8::1\\]\"", "2001:db8::1"),
            ("for=1.1.1.1, for=192.0.2.1;proto=https, for=10.9.9.9", "192.0.2.1"),
            ("for=\"1.1.1.1, for=2.2.2.2\", for=192.0.2.1", "192.0.2.1"),
            ("for=192.0.2.1:_port", "192.0.2.1"),
            ("for=1.1.1.1, for=_hidden", PROXY),
            ("for=1.1.1.1, for=unknown", PROXY),
            ("for=1.1.1.1, proto=https", PROXY),
            ("for=\"1.1.1.1, for=192.0.2.1", PROXY),
            ("for=192.0.2.1;for=1.1.1.1", PROXY),
            ("for", PROXY),
            ("for=", PROXY),
            ("192.0.2.1", PROXY),
            (";;;", PROXY),
            ("for=\"\\", PROXY),
        ] {
            assert_eq!(client(PROXY, &[("forwarded", value)]), expected, "{value}");
        }
    }

    #[test]
    fn joins_several_headers_and_ignores_headers_that_disagree() {
        let x = |value| ("x-forwarded-for", value);
        let forwarded = |value| ("forwarded", value);
        assert_eq!(client(PROXY, &[x("1.1.1.1"), x("192.0.2.1"), x("10.0.0.3")]), "192.0.2.1");
        assert_eq!(client(PROXY, &[forwarded("for=1.1.1.1"), forwarded("for=192.0.2.1")]), "192.0.2.1");
        assert_eq!(client(PROXY, &[forwarded("for=192.0.2.1"), x("1.1.1.1, 192.0.2.1")]), "192.0.2.1");
        assert_eq!(client(PROXY, &[forwarded("for=1.1.1.1"), x("192.0.2.1")]), PROXY);
        assert_eq!(client(PROXY, &[forwarded("for=\""), x("192.0.2.1")]), PROXY);
    }
}
