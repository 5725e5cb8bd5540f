//! E-mail addresses. The page, the backend and the mailer use this parser, so that they accept the same addresses.
//!
//! The syntax is that of [RFC 5321](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2) and of [RFC
//! 6531](https://www.rfc-editor.org/rfc/rfc6531), without comments, quoted local parts and IP addresses. Nobody types
//! those, and many mail servers refuse them.

use std::fmt;

use email_address::{Error as SyntaxError, Options};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::text::{is_bidi_control, is_invisible};

/// The maximum length of an address, in bytes: 256 for an SMTP path, less its angle brackets.
/// <https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.3>
const MAX_BYTES: usize = 254;
/// The maximum length of a local part, in bytes. <https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.1>
const MAX_LOCAL_BYTES: usize = 64;

/// Unicode operations that need large tables. The backend uses crates for them, and the page asks the browser.
pub trait Unicode {
    /// Returns the text in the [normal form](https://www.unicode.org/reports/tr15/) NFC.
    fn nfc(&self, text: &str) -> String;
    /// Returns the text in the [normal form](https://www.unicode.org/reports/tr15/) NFKC.
    fn nfkc(&self, text: &str) -> String;
    /// Returns the ASCII form of an internationalised domain, in lower case. `None` if it is invalid.
    /// <https://url.spec.whatwg.org/#concept-domain-to-ascii>
    fn domain_to_ascii(&self, domain: &str) -> Option<String>;
}

/// An e-mail address that can receive mail.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    /// The part before the `@`, in NFC.
    local: String,
    /// The domain as typed, in NFC.
    domain: String,
    /// The domain in ASCII and in lower case.
    ascii_domain: String,
}

/// The reason why a text is no usable e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AddressError {
    /// The text has no `@`, or several.
    #[error("an e-mail address has exactly one @")]
    AtSign,
    /// White space or a control character.
    #[error("an e-mail address contains no space")]
    WhiteSpace,
    /// A character that nobody sees, such as a zero-width space.
    #[error("the address contains an invisible character")]
    Invisible,
    /// A character that looks like another one, or a word with letters of several alphabets.
    #[error("the address contains a look-alike character")]
    LookAlike,
    /// The part before the `@` is missing, or has a character or a dot that is not allowed there.
    #[error("the part before the @ is not valid")]
    LocalPart,
    /// The part before the `@` is longer than 64 bytes.
    #[error("the part before the @ is longer than 64 bytes")]
    LocalPartTooLong,
    /// The part after the `@` is no domain.
    #[error("the part after the @ is not a valid domain")]
    Domain,
    /// The domain has no ending, such as `.com`.
    #[error("the domain has no ending such as .com")]
    Ending,
    /// The address is longer than 254 bytes.
    #[error("the address is longer than 254 bytes")]
    TooLong,
    /// The mail server does not support letters outside of ASCII before the `@`
    /// ([SMTPUTF8](https://www.rfc-editor.org/rfc/rfc6531)).
    #[error("the mail server does not support non-ASCII letters before the @")]
    MailServer,
}

impl EmailAddress {
    /// Parses an address. Ignores white space around it.
    ///
    /// # Errors
    /// The first reason why the text is no address.
    pub fn parse(text: &str, unicode: &impl Unicode) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(AddressError::WhiteSpace);
        }
        if text.chars().any(|letter| is_invisible(letter) || is_bidi_control(letter)) {
            return Err(AddressError::Invisible);
        }
        if text.contains(['＠', '﹫']) {
            return Err(AddressError::LookAlike);
        }
        let (local, domain) = text.split_once('@').ok_or(AddressError::AtSign)?;
        if domain.contains('@') {
            return Err(AddressError::AtSign);
        }
        let normalize = |part: &str| if part.is_ascii() { part.to_owned() } else { unicode.nfc(part) };
        let (local, domain) = (normalize(local), normalize(domain));
        check_local(&local, unicode)?;
        let ascii_domain = ascii_domain(&domain, unicode)?;
        if local.len() + 1 + ascii_domain.len() > MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        Ok(Self { local, domain, ascii_domain })
    }

    /// Returns the part before the `@`, in NFC.
    pub fn local_part(&self) -> &str {
        &self.local
    }

    /// Returns the domain in ASCII and in lower case, as mail servers expect it.
    pub fn ascii_domain(&self) -> &str {
        &self.ascii_domain
    }

    /// Returns the form for comparison. Two addresses with the same key are one account: `Zoe@bücher.example` and
    /// `zoe@xn--bcher-kva.example`.
    pub fn key(&self) -> String {
        format!("{}@{}", self.local.to_ascii_lowercase(), self.ascii_domain)
    }

    /// Whether a mail server needs [SMTPUTF8](https://www.rfc-editor.org/rfc/rfc6531) to deliver to the address.
    pub fn needs_smtputf8(&self) -> bool {
        !self.local.is_ascii()
    }
}

/// The address as typed, in NFC.
impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.local, self.domain)
    }
}

fn check_local(local: &str, unicode: &impl Unicode) -> Result<(), AddressError> {
    if local.len() > MAX_LOCAL_BYTES {
        return Err(AddressError::LocalPartTooLong);
    }
    if local.contains(is_private) || local.contains('"') {
        return Err(AddressError::LocalPart);
    }
    if !local.is_ascii() {
        let words = || local.split(|letter: char| letter.is_ascii() && !letter.is_ascii_alphanumeric());
        if local.contains(is_punctuation) || unicode.nfkc(local) != local || words().any(mixes_alphabets) {
            return Err(AddressError::LookAlike);
        }
    }
    // The crate knows only a part of the letters outside of ASCII, which were checked above.
    let ascii: String = local.chars().map(|letter| if letter.is_ascii() { letter } else { 'x' }).collect();
    match syntax_error(&format!("{ascii}@domain.example")) {
        None => Ok(()),
        Some(_) => Err(AddressError::LocalPart),
    }
}

/// Returns the ASCII form of the domain.
fn ascii_domain(domain: &str, unicode: &impl Unicode) -> Result<String, AddressError> {
    let is_allowed =
        |letter: char| !letter.is_ascii() || letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.');
    // A parser of URLs would decode or ignore other ASCII characters.
    if domain.is_empty() || !domain.chars().all(is_allowed) || domain.contains(is_private) {
        return Err(AddressError::Domain);
    }
    if domain.split('.').any(mixes_alphabets) {
        return Err(AddressError::LookAlike);
    }
    let lower = domain.to_ascii_lowercase();
    let is_plain = lower.is_ascii() && !lower.contains("xn--");
    let ascii = if is_plain { lower } else { unicode.domain_to_ascii(&lower).ok_or(AddressError::Domain)? };
    if !ascii.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')) {
        return Err(AddressError::Domain);
    }
    match syntax_error(&format!("x@{ascii}")) {
        None => {}
        Some(SyntaxError::DomainTooFew) => return Err(AddressError::Ending),
        // An empty ending: `x.`.
        Some(SyntaxError::SubDomainEmpty) if ascii.ends_with('.') && !ascii.starts_with('.') => {
            return Err(AddressError::Ending);
        }
        Some(SyntaxError::DomainTooLong) => return Err(AddressError::TooLong),
        Some(_) => return Err(AddressError::Domain),
    }
    // No top-level domain starts with a digit, but IP addresses end in a number.
    let ends_in_number =
        ascii.rsplit('.').next().is_some_and(|end| end.starts_with(|c: char| c.is_ascii_digit()));
    if ends_in_number { Err(AddressError::Domain) } else { Ok(ascii) }
}

fn syntax_error(address: &str) -> Option<SyntaxError> {
    let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
    email_address::EmailAddress::parse_with_options(address, options).err()
}

/// Whether the character has no meaning of its own: a private one, a noncharacter, or the replacement of an unreadable
/// one.
fn is_private(letter: char) -> bool {
    let number = u32::from(letter);
    matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. | '\u{fffc}' | '\u{fffd}')
        || number & 0xfffe == 0xfffe
        || (0xfdd0..=0xfdef).contains(&number)
}

/// Whether it is punctuation that can be mistaken for ASCII punctuation, such as `․` (one dot leader) or `’`.
fn is_punctuation(letter: char) -> bool {
    matches!(
        letter,
        '\u{2010}'..='\u{205e}' | '\u{2e00}'..='\u{2e7f}' | '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}'
            | '\u{2215}' | '\u{2216}' | '\u{2236}' | '\u{29f8}' | '\u{29f9}'
    )
}

/// Whether a word has letters of several alphabets whose letters look alike, such as a Cyrillic `а` among Latin letters.
/// <https://www.unicode.org/reports/tr39/#Mixed_Script_Detection>
fn mixes_alphabets(word: &str) -> bool {
    let mut first = None;
    word.chars().filter_map(alphabet).any(|alphabet| *first.get_or_insert(alphabet) != alphabet)
}

/// Returns a number for the alphabet of a letter, if other alphabets have letters that look like it.
fn alphabet(letter: char) -> Option<u8> {
    if ('\u{aa}'..='\u{24f}').contains(&letter) && !letter.is_alphabetic() {
        return None;
    }
    Some(match letter {
        'a'..='z'
        | 'A'..='Z'
        | '\u{aa}'..='\u{2af}'
        | '\u{1e00}'..='\u{1eff}'
        | '\u{2c60}'..='\u{2c7f}'
        | '\u{a720}'..='\u{a7ff}' => 0,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => 1,
        '\u{400}'..='\u{52f}'
        | '\u{1c80}'..='\u{1c8f}'
        | '\u{2de0}'..='\u{2dff}'
        | '\u{a640}'..='\u{a69f}' => 2,
        '\u{530}'..='\u{58f}' => 3,
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => 4,
        '\u{10a0}'..='\u{10ff}' | '\u{2d00}'..='\u{2d2f}' => 5,
        '\u{2c80}'..='\u{2cff}' => 6,
        _ => return None,
    })
}
