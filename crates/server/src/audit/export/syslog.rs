//! Sends entries as messages of syslog ([RFC 5424](https://www.rfc-editor.org/rfc/rfc5424)).

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket, UnixDatagram, lookup_host};
use tokio::time::{sleep, timeout};

use super::ExportedEntry;
use super::ascii::to_ascii;

/// The priority: the facility “log audit” (13) and the severity “informational” (6).
const PRIORITY: u8 = 13 * 8 + 6;
/// The name of the program in each message.
const PROGRAM: &str = "studio-users";
/// The maximum size of a datagram, in bytes. UDP allows 65,507.
const MAX_DATAGRAM: usize = 60_000;
/// The number of datagrams after which the sender pauses, so that the buffer of the receiver does not overflow.
const BURST: usize = 20;
const BURST_PAUSE: Duration = Duration::from_millis(5);
/// The time for which an answer of the network is awaited: that nobody listens on the port.
const REFUSAL_TIME: Duration = Duration::from_millis(50);
/// The time for connecting, and for each further step.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);
/// The time in which a receiver ends a connection that the sender has ended.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends entries to a socket of this machine.
pub(super) async fn send_to_socket(path: &Path, entries: &[ExportedEntry]) -> io::Result<()> {
    let socket = UnixDatagram::unbound()?;
    socket.connect(path)?;
    for entry in entries {
        // Waits while the receiver is slower.
        limited(socket.send(&datagram(entry))).await?;
    }
    Ok(())
}

/// Sends entries by UDP. Nobody confirms them. Only the absence of a receiver may be noticed.
pub(super) async fn send_by_udp(address: &str, entries: &[ExportedEntry]) -> io::Result<()> {
    let address = limited(lookup_host(address)).await?.next().ok_or(ErrorKind::NotFound)?;
    let local: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(local).await?;
    socket.connect(address).await?;
    for burst in entries.chunks(BURST) {
        for entry in burst {
            limited(socket.send(&datagram(entry))).await?;
        }
        sleep(BURST_PAUSE).await;
    }
    sleep(REFUSAL_TIME).await;
    match socket.take_error()? {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Sends entries by TCP, with the length before each message
/// ([RFC 6587](https://www.rfc-editor.org/rfc/rfc6587#section-3.4.1)). Returns whether the receiver has confirmed them.
///
/// Syslog has no confirmations. So the entries have a connection of their own: the sender ends its side, and waits until
/// the receiver, which has then read everything, ends the other one. A receiver that fails before ends the connection with
/// an error instead.
pub(super) async fn send_by_tcp(address: &str, entries: &[ExportedEntry]) -> io::Result<bool> {
    let mut stream = limited(TcpStream::connect(address)).await?;
    let mut frames = Vec::new();
    for entry in entries {
        let message = message(entry, &to_ascii(&entry.json));
        frames.extend(format!("{} ", message.len()).into_bytes());
        frames.extend(message);
    }
    for part in frames.chunks(1 << 16) {
        limited(stream.write_all(part)).await?;
    }
    limited(stream.shutdown()).await?;
    let mut answer = [0; 256];
    let closed = async {
        loop {
            match stream.read(&mut answer).await {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
    };
    match timeout(CLOSE_TIMEOUT, closed).await {
        Ok(closed) => closed.map(|()| true),
        Err(_) => Ok(false),
    }
}

async fn limited<T>(step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(STEP_TIMEOUT, step).await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

/// Returns a datagram. An entry that is too long becomes one without its content.
fn datagram(entry: &ExportedEntry) -> Vec<u8> {
    let json = to_ascii(&entry.json);
    if json.len() <= MAX_DATAGRAM {
        return message(entry, &json);
    }
    let short = serde_json::json!({ "seq": entry.seq, "hash": entry.hash.to_string(), "shortened": true });
    message(entry, &short.to_string())
}

/// Returns a message: the header, no structured data, and the entry as JSON.
fn message(entry: &ExportedEntry, json: &str) -> Vec<u8> {
    let at = entry.at.as_deref().unwrap_or("-");
    let action = entry.action.as_deref().map_or_else(|| "-".into(), |action| name(action, 32));
    let (host, process) = (host_name(), std::process::id());
    format!("<{PRIORITY}>1 {at} {host} {PROGRAM} {process} {action} - {json}").into_bytes()
}

/// Returns the name of this machine.
fn host_name() -> String {
    let name = rustix::system::uname();
    name_or_nil(&name.nodename().to_string_lossy(), 255)
}

fn name_or_nil(text: &str, length: usize) -> String {
    let name = name(text, length);
    if name.is_empty() { "-".into() } else { name }
}

/// Returns the characters of a text that a header may have.
fn name(text: &str, length: usize) -> String {
    text.chars().filter(char::is_ascii_graphic).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::hash::Hash;

    fn entry(json: String) -> ExportedEntry {
        let (at, action) = (Some("2026-12-01T09:00:00.000Z".into()), Some("user.renamed".into()));
        ExportedEntry { seq: 7, hash: Hash::ZERO, at, action, json }
    }

    #[test]
    fn a_message_has_the_header_of_the_standard() {
        let text = String::from_utf8(datagram(&entry(r#"{"seq":7,"actor":"Zoë"}"#.into()))).unwrap();
        let parts: Vec<_> = text.splitn(8, ' ').collect();
        let [priority, at, host, program, process, action, data, json] = parts[..] else { panic!("{text}") };
        assert_eq!(
            [priority, at, program, action, data],
            ["<110>1", "2026-12-01T09:00:00.000Z", "studio-users", "user.renamed", "-"]
        );
        assert!(!host.is_empty() && process.parse::<u32>().is_ok(), "{text}");
        assert_eq!(json, r#"{"seq":7,"actor":"Zo\u00eb"}"#);
    }

    #[test]
    fn an_entry_that_is_too_long_for_a_datagram_is_shortened() {
        let long = serde_json::json!({ "seq": 7, "actor": "x".repeat(70_000) }).to_string();
        let text = String::from_utf8(datagram(&entry(long))).unwrap();
        assert!(text.len() < 300 && text.ends_with(r#""seq":7,"shortened":true}"#), "{text}");
    }
}
