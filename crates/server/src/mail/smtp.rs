//! The connection to a mail server ([RFC 5321](https://www.rfc-editor.org/rfc/rfc5321)).

use std::time::{Duration, Instant};

use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::{ClientId, Extension};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::sync::Mutex;
use tokio::time::timeout;
use url::Url;

/// The timeout of the mail server.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The timeout of the question what the mail server supports. A request waits for the answer.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// The time for which an answer counts. The mail server may be updated meanwhile.
const PROBE_LASTS: Duration = Duration::from_mins(10);

/// A connection pool to a mail server.
#[derive(Debug)]
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    endpoint: Endpoint,
    /// Whether the server supports SMTPUTF8, and when that was found out.
    supports_smtputf8: Mutex<Option<(Instant, bool)>>,
}

/// The address of a mail server, without its password.
#[derive(Debug, Clone)]
struct Endpoint {
    host: String,
    port: u16,
    encryption: Encryption,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    None,
    /// STARTTLS, if the server offers it.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

impl Smtp {
    /// Configures the mail server of a URL. The error does not contain the URL, because it may contain a
    /// password.
    pub(crate) fn from_url(url: &str) -> Result<Self, &'static str> {
        const USAGE: &str = "--smtp must be a mail server URL: smtps://USER:PASSWORD@HOST, smtp://HOST?tls=required (STARTTLS) or \
             smtp://HOST (no encryption)";
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| USAGE)?;
        let endpoint = Endpoint::from_url(url).ok_or(USAGE)?;
        let transport = builder.timeout(Some(TIMEOUT)).build();
        Ok(Self { transport, endpoint, supports_smtputf8: Mutex::default() })
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), Error> {
        self.transport.send(message).await.map(drop)
    }

    /// Whether the server accepts letters outside of ASCII before the `@`
    /// ([RFC 6531](https://www.rfc-editor.org/rfc/rfc6531)). `None` while the server cannot be reached.
    pub(super) async fn supports_smtputf8(&self) -> Option<bool> {
        let mut known = self.supports_smtputf8.lock().await;
        if let Some((at, supports)) = *known
            && at.elapsed() < PROBE_LASTS
        {
            return Some(supports);
        }
        match timeout(PROBE_TIMEOUT, self.endpoint.supports_smtputf8()).await {
            Ok(Ok(supports)) => {
                *known = Some((Instant::now(), supports));
                Some(supports)
            }
            Ok(Err(_)) | Err(_) => None,
        }
    }
}

impl Endpoint {
    /// Parses a URL as lettre does.
    fn from_url(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let uses_starttls = url.query_pairs().any(|(name, _)| name == "tls");
        let (encryption, port) = match url.scheme() {
            "smtps" => (Encryption::Tls, 465),
            _ if uses_starttls => (Encryption::StartTls, 587),
            _ => (Encryption::None, 25),
        };
        Some(Self { host: url.host_str()?.to_owned(), port: url.port().unwrap_or(port), encryption })
    }

    async fn supports_smtputf8(&self) -> Result<bool, Error> {
        let hello = ClientId::default();
        let tls = match self.encryption {
            Encryption::None => None,
            Encryption::StartTls | Encryption::Tls => Some(TlsParameters::new(self.host.clone())?),
        };
        let (now, later) = if self.encryption == Encryption::Tls { (tls, None) } else { (None, tls) };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(PROBE_TIMEOUT), &hello, now, None).await?;
        if let Some(tls) = later.filter(|_| connection.can_starttls()) {
            connection.starttls(tls, &hello).await?;
        }
        let supports = connection.server_info().supports_feature(Extension::SmtpUtfEight);
        connection.abort().await;
        Ok(supports)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_the_endpoint_of_a_url() {
        for (url, port, encryption) in [
            ("smtp://mail.example", 25, Encryption::None),
            ("smtp://user:secret@mail.example?tls=required", 587, Encryption::StartTls),
            ("smtps://user:secret@mail.example:10465/hello", 10_465, Encryption::Tls),
        ] {
            let endpoint = Endpoint::from_url(url).unwrap();
            assert_eq!((endpoint.port, endpoint.encryption), (port, encryption), "{url}");
            assert!(!format!("{endpoint:?}").contains("secret"));
        }
    }
}
