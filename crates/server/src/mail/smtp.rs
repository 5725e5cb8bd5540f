//! The connection to a mail server ([RFC 5321](https://www.rfc-editor.org/rfc/rfc5321)).

mod endpoint;

use std::error::Error as _;
use std::fmt;
use std::time::{Duration, Instant};

use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::reply::Reply;
use endpoint::Endpoint;

/// The time in which a connection has to be ready.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// The time in which a mail has to be transmitted. Servers check mails before they answer.
const SEND_TIMEOUT: Duration = Duration::from_mins(5);
/// The timeout of the question what the mail server supports. A request waits for the answer.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// The time for which an answer counts. The mail server may be updated meanwhile.
const PROBE_LASTS: Duration = Duration::from_mins(10);
/// The replies that concern the connection and not the mail: the service closes, the command is unknown or comes at the
/// wrong time, or the sender must sign in. <https://www.rfc-editor.org/rfc/rfc4954#section-6>
const SERVER_CODES: [u16; 10] = [421, 454, 500, 502, 503, 504, 530, 534, 535, 538];

/// A mail server, with a connection that is used again.
pub(crate) struct Smtp {
    endpoint: Endpoint,
    connection: Mutex<Option<AsyncSmtpConnection>>,
    /// Whether the server supports SMTPUTF8, and when that was found out.
    supports_smtputf8: Mutex<Option<(Instant, bool)>>,
}

/// Why a mail was not sent.
pub(super) enum SmtpError {
    /// The server cannot be reached, or refuses the connection, the sign-in or the sender. That concerns every mail.
    Server(String),
    /// The server refused the recipient or the content of this mail.
    Mail {
        /// The answer.
        reply: Reply,
        /// Whether another attempt would fail, too.
        is_permanent: bool,
    },
    /// The server does not support addresses outside of ASCII.
    NoSmtpUtf8,
}

impl Smtp {
    /// Configures the mail server of a URL. The error does not contain the URL, because it may contain a
    /// password.
    pub(crate) fn from_url(url: &str) -> Result<Self, &'static str> {
        const USAGE: &str = "--smtp must be a mail server URL: smtps://USER:PASSWORD@HOST, smtp://HOST?tls=required (STARTTLS) or \
             smtp://HOST (no encryption)";
        let endpoint = Endpoint::from_url(url).ok_or(USAGE)?;
        Ok(Self { endpoint, connection: Mutex::default(), supports_smtputf8: Mutex::default() })
    }

    /// Whether the URL has a password.
    pub(crate) fn has_password(&self) -> bool {
        self.endpoint.has_password()
    }

    /// Connects and signs in, and sends nothing.
    ///
    /// # Errors
    /// Fails with the reason. It contains no password.
    pub(crate) async fn check(&self) -> Result<(), String> {
        match timeout(CONNECT_TIMEOUT, self.endpoint.connect(CONNECT_TIMEOUT)).await {
            Ok(Ok(mut connection)) => {
                // The sign-in has succeeded, whether the server answers the farewell or not.
                let _ = timeout(PROBE_TIMEOUT, connection.quit()).await;
                Ok(())
            }
            Ok(Err(error)) => Err(describe(&error)),
            Err(_) => Err("the connection timed out".into()),
        }
    }

    /// Sends a mail. Keeps the connection for the next one, unless it has failed.
    pub(super) async fn send(&self, message: &Message) -> Result<(), SmtpError> {
        let mut kept = self.connection.lock().await;
        let mut connection = match usable(kept.take()).await {
            Some(connection) => connection,
            None => match timeout(CONNECT_TIMEOUT, self.endpoint.connect(CONNECT_TIMEOUT)).await {
                Ok(connected) => connected.map_err(|error| SmtpError::server(&error))?,
                Err(_) => return Err(SmtpError::Server("the connection timed out".into())),
            },
        };
        match timeout(SEND_TIMEOUT, transmit(&mut connection, message)).await {
            Ok(Ok(())) => {
                *kept = Some(connection);
                Ok(())
            }
            Ok(Err(error)) => {
                // The error matters, not whether the server answers the farewell.
                let _ = timeout(PROBE_TIMEOUT, connection.abort()).await;
                Err(error)
            }
            Err(_) => Err(SmtpError::Server("the mail server did not answer in time".into())),
        }
    }

    /// Closes the connection that is kept for the next mail.
    pub(super) async fn release(&self) {
        if let Some(mut connection) = self.connection.lock().await.take() {
            // Whether the server answers the farewell does not matter.
            let _ = timeout(PROBE_TIMEOUT, connection.quit()).await;
        }
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
        match timeout(PROBE_TIMEOUT, self.endpoint.supports_smtputf8(PROBE_TIMEOUT)).await {
            Ok(Ok(supports)) => {
                *known = Some((Instant::now(), supports));
                Some(supports)
            }
            Ok(Err(_)) | Err(_) => None,
        }
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// Returns a connection that the server has not closed.
async fn usable(kept: Option<AsyncSmtpConnection>) -> Option<AsyncSmtpConnection> {
    let mut connection = kept?;
    let is_open = timeout(PROBE_TIMEOUT, connection.test_connected()).await == Ok(true);
    is_open.then_some(connection)
}

/// Transmits a mail. What the server refuses before it knows the recipient concerns every mail.
async fn transmit(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), SmtpError> {
    let (envelope, content) = (message.envelope(), message.formatted());
    let mut parameters = Vec::new();
    let mut addresses = envelope.from().into_iter().chain(envelope.to());
    if addresses.any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(SmtpError::NoSmtpUtf8);
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !content.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let sender = Mail::new(envelope.from().cloned(), parameters);
    connection.command(sender).await.map_err(|error| SmtpError::server(&error))?;
    for recipient in envelope.to() {
        let recipient = Rcpt::new(recipient.clone(), Vec::new());
        connection.command(recipient).await.map_err(|error| SmtpError::mail(&error))?;
    }
    connection.command(Data).await.map_err(|error| SmtpError::mail(&error))?;
    connection.message(&content).await.map_err(|error| SmtpError::mail(&error))?;
    Ok(())
}

/// Describes an error of the server as a whole. The text contains no answer to a mail.
fn describe(error: &Error) -> String {
    if let Some(code) = error.status() {
        return format!("the mail server refused the connection or the sender (code {code})");
    }
    if error.is_response() {
        return "invalid response".into();
    }
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    let cause = causes.last().map(ToString::to_string);
    cause.unwrap_or_else(|| error.to_string())
}

impl SmtpError {
    /// Returns an error of the server as a whole.
    fn server(error: &Error) -> Self {
        Self::Server(describe(error))
    }

    /// Returns an error about the recipient or the content of a mail.
    fn mail(error: &Error) -> Self {
        let Some(code) = error.status().map(u16::from) else { return Self::server(error) };
        let reply = Reply::new(code, &error.source().map(ToString::to_string).unwrap_or_default());
        if SERVER_CODES.contains(&code) || reply.is_about_relaying() {
            return Self::Server(format!(
                "the mail server does not take mails of this server: {}",
                reply.codes()
            ));
        }
        Self::Mail { reply, is_permanent: error.is_permanent() }
    }
}
