//! Reads the mails in the mail folder.

use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};
use mail_parser::{Address, Message, MessageParser};
use uuid::Uuid;

/// The maximum number of listed mails.
const MAX_LISTED: usize = 200;

/// A mail in the mail folder.
#[derive(Debug)]
pub(crate) struct StoredMail {
    /// The name of the file, without the extension.
    pub(crate) id: Uuid,
    /// The sender.
    pub(crate) from: String,
    /// The recipients.
    pub(crate) to: String,
    /// The subject.
    pub(crate) subject: String,
    /// The date header.
    pub(crate) at: Option<DateTime<Utc>>,
    /// The raw header.
    pub(crate) header: String,
    /// The plain text part.
    pub(crate) plain: String,
    /// The HTML part.
    pub(crate) html: String,
}

/// Returns the newest mails, newest first.
pub(crate) fn newest(folder: &Path) -> io::Result<Vec<StoredMail>> {
    let mut ids = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let id = name.to_str().and_then(|name| name.strip_suffix(".eml")).and_then(|id| id.parse().ok());
        ids.extend::<Option<Uuid>>(id);
    }
    // The ids are UUIDs of version 7, which sort by time.
    ids.sort_unstable_by(|one, other| other.cmp(one));
    ids.truncate(MAX_LISTED);
    ids.into_iter().filter_map(|id| read(folder, id).transpose()).collect()
}

/// Returns a mail by its id, if it exists. The id is a UUID and therefore cannot contain a path.
pub(crate) fn read(folder: &Path, id: Uuid) -> io::Result<Option<StoredMail>> {
    let bytes = match std::fs::read(folder.join(format!("{id}.eml"))) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(MessageParser::default().parse(&bytes).map(|message| StoredMail::of(id, &message)))
}

impl StoredMail {
    fn of(id: Uuid, message: &Message) -> Self {
        let lines = message.headers_raw().map(|(name, value)| format!("{name}:{}\n", value.trim_end()));
        Self {
            id,
            from: addresses(message.from()),
            to: addresses(message.to()),
            subject: message.subject().unwrap_or_default().to_owned(),
            at: message.date().and_then(|at| DateTime::from_timestamp(at.to_timestamp(), 0)),
            header: lines.collect(),
            plain: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).unwrap_or_default().into_owned(),
        }
    }
}

fn addresses(address: Option<&Address>) -> String {
    let one = |part: &mail_parser::Addr| {
        let address = part.address().unwrap_or_default();
        part.name().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
    };
    address.into_iter().flat_map(Address::iter).map(one).collect::<Vec<_>>().join(", ")
}
