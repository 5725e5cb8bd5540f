//! The targets of the export, as the command line names them.

use std::fmt;
use std::path::{Path, PathBuf};

/// A target of the export.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ExportTarget {
    /// Appends lines of JSON to a file.
    File(PathBuf),
    /// Sends datagrams to a socket of the local syslog.
    SyslogSocket(PathBuf),
    /// Sends datagrams to a host and port.
    SyslogUdp(String),
    /// Connects to a host and port.
    SyslogTcp(String),
}

/// The socket of the local syslog.
const SOCKET: &str = "/dev/log";

impl ExportTarget {
    /// Parses `file:/PATH`, `syslog:`, `syslog:/SOCKET`, `syslog+udp://HOST:PORT` or `syslog+tcp://HOST:PORT`.
    ///
    /// # Errors
    /// Explains what was expected.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let path = |text: &str| {
            let path = Path::new(text);
            if path.is_absolute() {
                Ok(path.to_owned())
            } else {
                Err(format!("`{text}` must be an absolute path"))
            }
        };
        if let Some(file) = text.strip_prefix("file:") {
            Ok(Self::File(path(file)?))
        } else if let Some(address) = text.strip_prefix("syslog+udp://") {
            Ok(Self::SyslogUdp(host_and_port(address)?))
        } else if let Some(address) = text.strip_prefix("syslog+tcp://") {
            Ok(Self::SyslogTcp(host_and_port(address)?))
        } else if let Some(socket) = text.strip_prefix("syslog:") {
            Ok(Self::SyslogSocket(path(if socket.is_empty() { SOCKET } else { socket })?))
        } else {
            Err("expected file:/PATH, syslog:, syslog:/SOCKET, syslog+udp://HOST:PORT or syslog+tcp://HOST:PORT"
                .into())
        }
    }
}

/// The name of the target in the database and in the log.
impl fmt::Display for ExportTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::SyslogSocket(path) => write!(f, "syslog:{}", path.display()),
            Self::SyslogUdp(address) => write!(f, "syslog+udp://{address}"),
            Self::SyslogTcp(address) => write!(f, "syslog+tcp://{address}"),
        }
    }
}

fn host_and_port(address: &str) -> Result<String, String> {
    let address = address.strip_suffix('/').unwrap_or(address);
    let parts = address.rsplit_once(':').filter(|(host, port)| {
        let is_host = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
        let is_ip6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_host = is_ip6.map_or(!host.is_empty() && host.chars().all(is_host), |ip| {
            ip.parse::<std::net::Ipv6Addr>().is_ok()
        });
        is_host && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if parts.is_some() {
        Ok(address.to_owned())
    } else {
        Err(format!("`{address}` must be HOST:PORT, such as logs.example:601 or [::1]:514"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_targets_and_prints_them_as_they_were() {
        for text in [
            "file:/var/log/studio/audit.jsonl",
            "syslog:/run/log",
            "syslog+udp://logs.example:514",
            "syslog+tcp://[2001:db8::7]:601",
        ] {
            assert_eq!(ExportTarget::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(ExportTarget::parse("syslog:").unwrap().to_string(), "syslog:/dev/log");
    }

    #[test]
    fn rejects_other_texts() {
        for text in [
            "",
            "/var/log/audit",
            "file:audit.jsonl",
            "syslog",
            "syslog:log",
            "syslog+tcp://host",
            "syslog+tcp://:601",
            "syslog+tcp://host:0",
            "syslog+tcp://user@host:1",
            "syslog+udp://::1:514",
            "syslog+tls://host:6514",
        ] {
            assert!(ExportTarget::parse(text).is_err(), "{text}");
        }
    }
}
