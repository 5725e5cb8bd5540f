//! Mail. For now it is put into a folder; who delivers it is nobody else's concern.

use std::path::{Path, PathBuf};

use lettre::message::{Mailbox, MultiPart};
use lettre::{FileTransport, Message, Transport};
use studio_users_domain::Language;
use thiserror::Error;

use crate::store::Account;

const SENDER: &str = "Studio <no-reply@studio.localhost>";

/// Brings mail to a folder, one `.eml` file each.
#[derive(Debug, Clone)]
pub(crate) struct Mailer {
    folder: PathBuf,
}

/// Why a mail was not sent.
#[derive(Debug, Error)]
pub(crate) enum MailError {
    /// An address cannot be written to.
    #[error("an address is none: {0}")]
    Address(#[from] lettre::address::AddressError),
    /// The mail could not be written.
    #[error("the mail could not be written: {0}")]
    Message(#[from] lettre::error::Error),
    /// The folder refused it.
    #[error("the mail could not be kept: {0}")]
    File(#[from] lettre::transport::file::Error),
    /// There is no folder.
    #[error("the folder for mail: {0}")]
    Folder(#[from] std::io::Error),
    /// The work was cut off.
    #[error("the mail was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
}

impl Mailer {
    /// Keeps mail in `mail` within the data folder.
    pub(crate) fn new(data: &Path) -> Result<Self, MailError> {
        let folder = data.join("mail");
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Mails a link that signs its reader in.
    pub(crate) async fn send_sign_in_link(&self, to: &Account, url: &str) -> Result<(), MailError> {
        let text = sign_in_text(to.locale.unwrap_or_default(), to.name.as_deref(), url);
        let message = Message::builder()
            .from(SENDER.parse::<Mailbox>()?)
            .to(Mailbox::new(to.name.clone(), to.email.parse()?))
            .subject(text.subject)
            .multipart(MultiPart::alternative_plain_html(text.plain(), text.html()))?;
        let transport = FileTransport::new(&self.folder);
        tokio::task::spawn_blocking(move || transport.send(&message)).await??;
        Ok(())
    }
}

/// A mail around one link.
struct LinkMail<'a> {
    subject: &'static str,
    greeting: String,
    before: &'static str,
    url: &'a str,
    after: &'static str,
}

fn sign_in_text<'a>(language: Language, name: Option<&str>, url: &'a str) -> LinkMail<'a> {
    let greet = |hello: &str| name.map_or_else(|| format!("{hello},"), |name| format!("{hello} {name},"));
    match language {
        Language::En => LinkMail {
            subject: "Sign in to the studio",
            greeting: greet("Hello"),
            before: "Open this link to sign in. It works once, within 15 minutes.",
            url,
            after: "If you did not ask for it, you need not do anything.",
        },
        Language::Nl => LinkMail {
            subject: "Inloggen bij de studio",
            greeting: greet("Hallo"),
            before: "Open deze link om in te loggen. Hij werkt één keer, binnen 15 minuten.",
            url,
            after: "Heb je er niet om gevraagd, dan hoef je niets te doen.",
        },
    }
}

impl LinkMail<'_> {
    fn plain(&self) -> String {
        format!("{}\n\n{}\n\n{}\n\n{}\n", self.greeting, self.before, self.url, self.after)
    }

    fn html(&self) -> String {
        let (greeting, url) = (escape(&self.greeting), escape(self.url));
        format!(
            "<p>{greeting}</p><p>{}</p><p><a href=\"{url}\">{url}</a></p><p>{}</p>",
            self.before, self.after
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_speaks_the_readers_language_and_holds_the_link() {
        let url = "http://localhost:8080/sign-in#abc";
        let mail = sign_in_text(Language::Nl, Some("Maud"), url);
        assert!(mail.plain().starts_with("Hallo Maud,") && mail.plain().contains(url));
        assert_eq!(sign_in_text(Language::En, None, url).greeting, "Hello,");
    }

    #[test]
    fn a_name_is_text_in_a_mail() {
        let mail = sign_in_text(Language::En, Some("<b>\"&"), "http://x");
        assert!(mail.html().contains("Hello &lt;b&gt;&quot;&amp;,"));
    }
}
