//! The address of a mail server, and how to sign in at it.

use std::fmt;
use std::time::Duration;

use lettre::AsyncSmtpTransport;
use lettre::Tokio1Executor;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::{ClientId, Extension};
use percent_encoding::percent_decode_str;
use url::Url;

/// The address of a mail server.
pub(super) struct Endpoint {
    host: String,
    port: u16,
    encryption: Encryption,
    /// The name by which this server introduces itself.
    hello: ClientId,
    credentials: Option<Credentials>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    None,
    /// STARTTLS, if the server offers it.
    Opportunistic,
    /// STARTTLS.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

impl Endpoint {
    /// Parses a URL as [`AsyncSmtpTransport::from_url`] does. `None` if it is invalid.
    pub(super) fn from_url(text: &str) -> Option<Self> {
        AsyncSmtpTransport::<Tokio1Executor>::from_url(text).ok()?;
        let url = Url::parse(text).ok()?;
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let (encryption, port) = match (url.scheme(), tls.as_deref()) {
            ("smtps", _) => (Encryption::Tls, 465),
            (_, Some("required")) => (Encryption::StartTls, 587),
            (_, Some(_)) => (Encryption::Opportunistic, 587),
            (_, None) => (Encryption::None, 25),
        };
        let decode = |text: &str| percent_decode_str(text).decode_utf8().ok().map(String::from);
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(decode(url.username())?, decode(password)?)),
            None => None,
        };
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        let host = url.host_str()?.to_owned();
        Some(Self { host, port: url.port().unwrap_or(port), encryption, hello, credentials })
    }

    /// Whether the server signs in with a password.
    pub(super) fn has_password(&self) -> bool {
        self.credentials.is_some()
    }

    /// Connects, encrypts the connection and signs in.
    pub(super) async fn connect(&self, timeout: Duration) -> Result<AsyncSmtpConnection, Error> {
        let mut connection = self.connect_anonymously(timeout).await?;
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    pub(super) async fn supports_smtputf8(&self, timeout: Duration) -> Result<bool, Error> {
        let mut connection = self.connect_anonymously(timeout).await?;
        let supports = connection.server_info().supports_feature(Extension::SmtpUtfEight);
        connection.abort().await;
        Ok(supports)
    }

    async fn connect_anonymously(&self, timeout: Duration) -> Result<AsyncSmtpConnection, Error> {
        let tls = match self.encryption {
            Encryption::None => None,
            _ => Some(TlsParameters::new(self.host.clone())?),
        };
        let (now, later) = if self.encryption == Encryption::Tls { (tls, None) } else { (None, tls) };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(timeout), &self.hello, now, None).await?;
        let is_required = self.encryption == Encryption::StartTls;
        if let Some(tls) = later.filter(|_| is_required || connection.can_starttls()) {
            connection.starttls(tls, &self.hello).await?;
        }
        Ok(connection)
    }
}

/// Omits the password.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, encryption, .. } = self;
        let mut fields = f.debug_struct("Endpoint");
        fields.field("host", host).field("port", port).field("encryption", encryption).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_the_endpoint_of_a_url() {
        for (url, port, encryption, signs_in) in [
            ("smtp://mail.example", 25, Encryption::None, false),
            ("smtp://user:secret@mail.example?tls=required", 587, Encryption::StartTls, true),
            ("smtp://mail.example?tls=opportunistic", 587, Encryption::Opportunistic, false),
            ("smtps://user:secret@mail.example:10465/hello", 10_465, Encryption::Tls, true),
        ] {
            let endpoint = Endpoint::from_url(url).unwrap();
            assert_eq!((endpoint.port, endpoint.encryption), (port, encryption), "{url}");
            assert_eq!(endpoint.credentials.is_some(), signs_in, "{url}");
            assert!(!format!("{endpoint:?}").contains("secret"));
        }
    }
}
