//! Who brings a mail: a mail server, or a folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use thiserror::Error;
use uuid::{Builder, Uuid};

use super::page::Page;
use super::sentence::one_line;

/// How long the mail server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Brings mail.
#[derive(Debug)]
pub(crate) struct Mailer {
    from: Mailbox,
    way: Way,
}

/// A mail server.
#[derive(Debug, Clone)]
pub(crate) struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

#[derive(Debug)]
enum Way {
    Folder(PathBuf),
    Smtp(Smtp),
}

/// Why a mail was not sent. What a mail server says in its own words is not repeated: it may quote the mail, and
/// with it the link.
#[derive(Debug, Error)]
pub(super) enum MailError {
    /// An address cannot be written to.
    #[error("the address is none: {0}")]
    Address(#[from] lettre::address::AddressError),
    /// The mail could not be written.
    #[error("it could not be written: {0}")]
    Message(#[from] lettre::error::Error),
    /// The folder refused it.
    #[error("it could not be kept: {0}")]
    Folder(#[from] std::io::Error),
    /// The mail server refused it.
    #[error("the mail server refused it with {0}")]
    Refused(lettre::transport::smtp::response::Code),
    /// The mail server was not reached, or broke off.
    #[error("the mail server: {0}")]
    Unreachable(String),
    /// No random numbers.
    #[error("the machine gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The work was cut off.
    #[error("it was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
}

impl Smtp {
    /// The mail server of a URL. What is wrong with it is told without the URL, which may hold a password.
    pub(crate) fn of(url: &str) -> Result<Self, &'static str> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
            "--smtp is no URL of a mail server: it is smtps://USER:PASSWORD@HOST, smtp://HOST?tls=required for \
             STARTTLS, or smtp://HOST without encryption"
        })?;
        Ok(Self(builder.timeout(Some(PATIENCE)).build()))
    }
}

impl Mailer {
    /// Hands mail to the server, or keeps it in `mail` within the data folder.
    pub(crate) fn new(data: &Path, smtp: Option<Smtp>, from: Mailbox) -> std::io::Result<Self> {
        let way = if let Some(smtp) = smtp {
            Way::Smtp(smtp)
        } else {
            let folder = data.join("mail");
            std::fs::create_dir_all(&folder)?;
            Way::Folder(folder)
        };
        Ok(Self { from, way })
    }

    /// The folder that mail is kept in, if it is.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &self.way {
            Way::Folder(folder) => Some(folder),
            Way::Smtp(_) => None,
        }
    }

    /// Brings a page to somebody.
    pub(super) async fn send(
        &self,
        name: Option<&str>,
        email: &str,
        page: &Page,
        now: DateTime<Utc>,
    ) -> Result<(), MailError> {
        let id = mail_id(now)?;
        let message = self.message(id, name, email, page, now)?;
        match &self.way {
            Way::Folder(folder) => keep(folder.clone(), id, message).await,
            Way::Smtp(Smtp(transport)) => Ok(transport.send(message).await.map(drop)?),
        }
    }

    fn message(
        &self,
        id: Uuid,
        name: Option<&str>,
        email: &str,
        page: &Page,
        now: DateTime<Utc>,
    ) -> Result<Message, MailError> {
        let name = name.map(one_line).filter(|name| !name.is_empty());
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let message = MessageBuilder::new()
            .from(self.from.clone())
            .to(Mailbox::new(name, email.parse()?))
            .subject(page.subject())
            .date(now.into())
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
            .multipart(MultiPart::alternative_plain_html(page.plain(), page.html()))?;
        Ok(message)
    }
}

/// Names a mail, so that names are in the order of their times.
fn mail_id(now: DateTime<Utc>) -> Result<Uuid, getrandom::Error> {
    let mut random = [0; 10];
    getrandom::fill(&mut random)?;
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    Ok(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// Puts the mail into the folder, where it is whole from the first moment.
async fn keep(folder: PathBuf, id: Uuid, message: Message) -> Result<(), MailError> {
    let write = move || {
        let unfinished = folder.join(format!("{id}.part"));
        std::fs::write(&unfinished, message.formatted())?;
        std::fs::rename(unfinished, folder.join(format!("{id}.eml")))
    };
    Ok(tokio::task::spawn_blocking(write).await??)
}

impl From<lettre::transport::smtp::Error> for MailError {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        if let Some(code) = error.status() {
            return Self::Refused(code);
        }
        if error.is_response() {
            return Self::Unreachable("its answer makes no sense".into());
        }
        let causes = std::iter::successors(std::error::Error::source(&error), |&cause| cause.source());
        let cause = causes.last().map(ToString::to_string);
        Self::Unreachable(cause.unwrap_or_else(|| error.to_string()))
    }
}
