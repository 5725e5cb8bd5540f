//! Sends mails to a mail server, or writes them to a folder.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart};
use lettre::{Address, Message};
use studio_users_domain::{AddressError, EmailAddress};
use thiserror::Error;
use uuid::{Builder, Uuid};

use super::document::MailDocument;
use super::reply::Reply;
use super::sentence::{one_line, shorten};
use super::smtp::{Smtp, SmtpError};
use crate::private_files::{create_folder, replace_file, restrict_files, sync_folder};
use crate::text::parse_email;

/// The folder in the data folder for mails, without a mail server.
pub(crate) const MAIL_FOLDER: &str = "mail";
/// The maximum length of a name in a header, in bytes. With the address, the encoded header has at most 998 octets.
/// <https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1>
const MAX_NAME_BYTES: usize = 300;

/// Sends mails.
#[derive(Debug)]
pub(crate) struct Mailer {
    from: Mailbox,
    transport: MailTransport,
}

#[derive(Debug)]
enum MailTransport {
    Folder(PathBuf),
    Smtp(Box<Smtp>),
}

/// An error while sending a mail. The message has only the codes of a reply, because it is logged.
#[derive(Debug, Error)]
pub(crate) enum MailError {
    /// The recipient has an address to which no mail can go.
    #[error("invalid e-mail address: {0}")]
    Address(#[from] AddressError),
    /// The message could not be built.
    #[error("cannot create the e-mail: {0}")]
    Message(#[from] lettre::error::Error),
    /// The mail could not be written to the mail folder.
    #[error("cannot write the e-mail to the mail folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The mail server refused the recipient or the content of this mail.
    #[error("the mail server rejected the e-mail: {}", reply.codes())]
    Rejected {
        /// The answer.
        reply: Reply,
        /// Whether another attempt would fail, too.
        is_permanent: bool,
    },
    /// The mail server cannot be used now: it cannot be reached, or refuses the sign-in or the sender.
    #[error("mail server error: {0}")]
    Unreachable(String),
    /// The operating system returned no random numbers.
    #[error("cannot get random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The task was aborted.
    #[error("sending was aborted: {0}")]
    Aborted(#[from] tokio::task::JoinError),
}

impl MailError {
    /// Whether another attempt would fail, too.
    pub(crate) const fn is_permanent(&self) -> bool {
        matches!(self, Self::Address(_) | Self::Message(_) | Self::Rejected { is_permanent: true, .. })
    }

    /// Whether the cause is the mail server as a whole. Then other mails would fail, too.
    pub(crate) const fn is_server_fault(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }

    /// Returns the answer of the mail server to this mail.
    pub(crate) fn reply(&self) -> Option<&str> {
        match self {
            Self::Rejected { reply, .. } => Some(reply.as_str()),
            _ => None,
        }
    }

    /// Whether the cause is on this machine, so that it concerns all mails alike.
    pub(crate) const fn is_local(&self) -> bool {
        matches!(self, Self::Folder(_) | Self::Random(_) | Self::Aborted(_))
    }
}

impl Mailer {
    /// Creates a mailer for a mail server, or for the folder `mail` in the data folder.
    pub(crate) fn new(data: &Path, smtp: Option<Smtp>, from: Mailbox) -> std::io::Result<Self> {
        let transport = if let Some(smtp) = smtp {
            MailTransport::Smtp(Box::new(smtp))
        } else {
            let folder = data.join(MAIL_FOLDER);
            create_folder(&folder)?;
            restrict_files(&folder, |_| true)?;
            MailTransport::Folder(folder)
        };
        let from = Mailbox::new(from.name.as_deref().and_then(header_name), from.email);
        Ok(Self { from, transport })
    }

    /// Returns the mail folder, if mails are written to one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &self.transport {
            MailTransport::Folder(folder) => Some(folder),
            MailTransport::Smtp(_) => None,
        }
    }

    /// Returns the reason why no mail can go to an address. Asks the mail server, if that depends on it. An address is
    /// accepted while the mail server cannot be reached.
    pub(crate) async fn check_address(&self, address: &EmailAddress) -> Result<(), AddressError> {
        match &self.transport {
            MailTransport::Smtp(smtp) if address.needs_smtputf8() => match smtp.supports_smtputf8().await {
                Some(false) => Err(AddressError::MailServer),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Sends a mail to an address.
    pub(crate) async fn send(
        &self,
        name: Option<&str>,
        email: &str,
        document: &MailDocument,
        now: DateTime<Utc>,
    ) -> Result<(), MailError> {
        let id = mail_id(now)?;
        let address = parse_email(email)?;
        let message = self.message(id, name, &address, document, now)?;
        match &self.transport {
            MailTransport::Folder(folder) => write_to_folder(folder.clone(), id, message).await,
            // The future of a connection is large.
            MailTransport::Smtp(smtp) => Ok(Box::pin(smtp.send(&message)).await?),
        }
    }

    /// Closes the connection to the mail server. Call this when no further mail is due.
    pub(crate) async fn release(&self) {
        if let MailTransport::Smtp(smtp) = &self.transport {
            Box::pin(smtp.release()).await;
        }
    }

    fn message(
        &self,
        id: Uuid,
        name: Option<&str>,
        address: &EmailAddress,
        document: &MailDocument,
        now: DateTime<Utc>,
    ) -> Result<Message, MailError> {
        let name = name.and_then(header_name);
        // https://www.rfc-editor.org/rfc/rfc3834#section-5
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let mut builder = MessageBuilder::new();
        if let Some(url) = &document.unsubscribe {
            // https://www.rfc-editor.org/rfc/rfc8058#section-3.1
            for (name, value) in [
                ("List-Unsubscribe", format!("<{url}>")),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()),
            ] {
                let name = HeaderName::new_from_ascii_str(name);
                builder = builder.raw_header(HeaderValue::new(name, value));
            }
        }
        let message = builder
            .from(self.from.clone())
            .to(Mailbox::new(name, delivery_address(address)))
            .subject(document.subject())
            .date(now.into())
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
            .multipart(MultiPart::alternative_plain_html(document.plain(), document.html()))?;
        Ok(message)
    }
}

/// Returns the form of a name for a header. `None` for an empty name.
fn header_name(name: &str) -> Option<String> {
    Some(shorten(&one_line(name), MAX_NAME_BYTES)).filter(|name| !name.is_empty())
}

/// Returns the form of an address for a mail server: with the domain in ASCII. lettre does not check it again, because
/// its own check refuses some scripts.
pub(crate) fn delivery_address(address: &EmailAddress) -> Address {
    Address::new_dangerous(address.local_part(), address.ascii_domain())
}

/// Returns a UUID of version 7, so that the mails in a folder sort by time. After the clock was set back, the ids of this
/// process still ascend.
fn mail_id(now: DateTime<Utc>) -> Result<Uuid, getrandom::Error> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut random = [0; 10];
    getrandom::fill(&mut random)?;
    let now = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    let millis = NEXT.fetch_max(now, Ordering::Relaxed).max(now);
    NEXT.fetch_max(millis + 1, Ordering::Relaxed);
    Ok(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// Writes a mail to the folder. Renames a temporary file, so that readers never see an incomplete mail. Returns once
/// the mail is on the disk.
async fn write_to_folder(folder: PathBuf, id: Uuid, message: Message) -> Result<(), MailError> {
    let write = move || {
        let temporary = folder.join(format!("{id}.part"));
        replace_file(&folder.join(format!("{id}.eml")), &temporary, &message.formatted())?;
        sync_folder(&folder)
    };
    Ok(tokio::task::spawn_blocking(write).await??)
}

impl From<SmtpError> for MailError {
    fn from(error: SmtpError) -> Self {
        match error {
            SmtpError::Server(cause) => Self::Unreachable(cause),
            SmtpError::Mail { reply, is_permanent } => Self::Rejected { reply, is_permanent },
            SmtpError::NoSmtpUtf8 => AddressError::MailServer.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn ids_ascend_after_the_clock_was_set_back() {
        let now = DateTime::from_timestamp(2_000_000_000, 0).unwrap();
        let first = mail_id(now).unwrap();
        assert!(mail_id(now - TimeDelta::days(1)).unwrap() > first);
    }
}
