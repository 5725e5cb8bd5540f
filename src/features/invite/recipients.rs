//! The list of recipients. Parses typed, pasted and dropped text, and validates each address.

use std::collections::HashSet;

use studio_users_contract::Code;

/// The maximum length of an address, in bytes: 256 for an SMTP path, less its angle brackets.
/// <https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.3>
const MAX_BYTES: usize = 254;

/// The validation error of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AddressError {
    /// Not of the form `local@host`.
    Malformed,
    /// Contains white space or control characters.
    Whitespace,
    /// The host has no ending such as `.com`.
    MissingEnding,
    /// Longer than [`MAX_BYTES`].
    TooLong,
}

/// The reason for which a recipient was not or will not be invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecipientError {
    /// The address is invalid.
    Invalid(AddressError),
    /// The backend refused the recipient.
    Refused(Code),
}

/// A recipient of the invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recipient {
    /// The address as entered.
    pub(super) email: String,
    pub(super) error: Option<RecipientError>,
}

/// The recipients without duplicates, in the order in which they were added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Recipients(Vec<Recipient>);

/// The result of adding a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct AddResult {
    /// The number of added addresses.
    pub(super) new: usize,
    /// The number of skipped duplicates.
    pub(super) duplicates: usize,
}

impl Recipients {
    /// Iterates over all recipients.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Recipient> {
        self.0.iter()
    }

    /// The addresses without an error.
    pub(super) fn sendable(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|recipient| recipient.error.is_none()).map(|recipient| recipient.email.as_str())
    }

    /// The valid addresses, including those that the backend refused. Sending tries them again.
    pub(super) fn valid(&self) -> impl Iterator<Item = &str> {
        let is_valid = |recipient: &&Recipient| !matches!(recipient.error, Some(RecipientError::Invalid(_)));
        self.0.iter().filter(is_valid).map(|recipient| recipient.email.as_str())
    }

    /// Adds addresses and skips duplicates.
    pub(super) fn add(&mut self, found: impl IntoIterator<Item = String>) -> AddResult {
        let mut existing: HashSet<_> = self.0.iter().map(|recipient| normalize(&recipient.email)).collect();
        let mut result = AddResult::default();
        for email in found {
            if existing.insert(normalize(&email)) {
                let error = validate(&email).map(RecipientError::Invalid);
                self.0.push(Recipient { email, error });
                result.new += 1;
            } else {
                result.duplicates += 1;
            }
        }
        result
    }

    /// Removes a recipient.
    pub(super) fn remove(&mut self, email: &str) {
        self.0.retain(|recipient| recipient.email != email);
    }

    /// Removes the invited recipients, and sets the error of those that failed.
    pub(super) fn remove_sent(&mut self, sent: &[String], failed: &[(String, Code)]) {
        self.0.retain_mut(|recipient| {
            if let Some((_, code)) = failed.iter().find(|(email, _)| *email == recipient.email) {
                recipient.error = Some(RecipientError::Refused(*code));
                return true;
            }
            !sent.contains(&recipient.email)
        });
    }

    /// Clears the errors of refused recipients, so that sending tries them again.
    pub(super) fn clear_refusals(&mut self) {
        for recipient in &mut self.0 {
            if matches!(recipient.error, Some(RecipientError::Refused(_))) {
                recipient.error = None;
            }
        }
    }
}

/// Normalizes an address for comparison. The backend also applies Unicode normalization.
pub(super) fn normalize(email: &str) -> String {
    email.trim().to_ascii_lowercase()
}

/// Validates an address. Returns `None` if it is valid.
fn validate(email: &str) -> Option<AddressError> {
    if email.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return Some(AddressError::Whitespace);
    }
    let (name, host) = match email.split_once('@') {
        Some((name, host)) if !name.is_empty() && !host.is_empty() && !host.contains('@') => (name, host),
        _ => return Some(AddressError::Malformed),
    };
    if name.len() + 1 + host.len() > MAX_BYTES {
        return Some(AddressError::TooLong);
    }
    let has_ending = host.contains('.') && host.split('.').all(|part| !part.is_empty());
    (!has_ending).then_some(AddressError::MissingEnding)
}

/// Whether the text contains a separator between addresses.
pub(super) fn has_separator(text: &str) -> bool {
    text.contains([',', ';', '\n', '\r', '\t'])
}

/// Parses typed or pasted text. Splits it at commas, semicolons and line breaks, and keeps only the address of
/// `Name <address>`. Parses text with tabs, as copied from a spreadsheet, as a table.
pub(super) fn parse_list(text: &str) -> Vec<String> {
    if text.contains('\t') {
        return parse_table(text);
    }
    let mut found = Vec::new();
    let mut pieces = split_quoted(text, &[',', ';', '\n', '\r']).into_iter().peekable();
    while let Some((piece, end)) = pieces.next() {
        // In "Meijer, Anouk <anouk@…>", the text before the comma belongs to the name.
        let is_name = !piece.contains('@') && end == Some(',');
        if is_name && pieces.peek().is_some_and(|(next, _)| angle_address(next).is_some()) {
            continue;
        }
        if let Some(mail) = angle_address(&piece) {
            found.push(mail.to_owned());
            continue;
        }
        let words: Vec<_> = piece.split_whitespace().collect();
        if words.len() > 1 && words.iter().all(|word| word.contains('@')) {
            found.extend(words.into_iter().map(strip_decoration));
        } else if !piece.trim().is_empty() {
            found.push(strip_decoration(piece.trim()));
        }
    }
    found.retain(|mail| !mail.is_empty());
    found
}

/// Parses a table (CSV or TSV). Keeps the addresses, and ignores cells without an `@`, such as headings and names.
pub(super) fn parse_table(text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let cells = split_quoted(text, &[',', ';', '\t', '\n', '\r']).into_iter();
    let mails = cells.filter(|(cell, _)| cell.contains('@')).flat_map(|(cell, _)| parse_list(&cell));
    mails.collect()
}

/// Splits the text at the separators outside of double quotes. Returns each piece with the separator that ends it.
fn split_quoted(text: &str, separators: &[char]) -> Vec<(String, Option<char>)> {
    let mut pieces = Vec::new();
    let (mut piece, mut is_quoted) = (String::new(), false);
    // An unclosed quote is an ordinary character.
    let mut quotes = text.matches('"').count();
    for letter in text.chars() {
        if letter == '"' && (is_quoted || quotes > 1) {
            is_quoted = !is_quoted;
            quotes -= 1;
        } else if separators.contains(&letter) && !is_quoted {
            pieces.push((std::mem::take(&mut piece), Some(letter)));
        } else {
            piece.push(letter);
        }
    }
    pieces.push((piece, None));
    pieces
}

/// Returns the address in angle brackets at the end of a piece.
fn angle_address(piece: &str) -> Option<&str> {
    let (_, rest) = piece.rsplit_once('<')?;
    Some(rest.trim().strip_suffix('>')?.trim()).filter(|mail| mail.contains('@'))
}

/// Strips the decoration that mail programs put around an address, such as `mailto:`, brackets and quotes.
fn strip_decoration(text: &str) -> String {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    text.trim_matches(['<', '>', '(', ')', '"', '\'', '\u{200b}', '\u{feff}'])
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipients(text: &str) -> Recipients {
        let mut recipients = Recipients::default();
        recipients.add(parse_list(text));
        recipients
    }

    #[test]
    fn splits_at_commas_semicolons_line_breaks_and_spaces() {
        let four = ["a@x.example", "b@x.example", "c@x.example", "d@x.example"];
        assert_eq!(parse_list("a@x.example, b@x.example;c@x.example\r\n\n d@x.example ,"), four);
        assert_eq!(parse_list("a@x.example b@x.example  c@x.example d@x.example"), four);
        assert_eq!(parse_list(" ;,\n "), [""; 0]);
    }

    #[test]
    fn keeps_only_the_address_of_a_name_with_address() {
        let text =
            "Anouk Meijer <anouk@x.example>, \"Postma, Rik\" <rik@x.example>; Holm, Freja <freja@x.example>";
        assert_eq!(parse_list(text), ["anouk@x.example", "rik@x.example", "freja@x.example"]);
        assert_eq!(
            parse_list("<mailto@x.example>; mailto:lars@x.example."),
            ["mailto@x.example", "lars@x.example"]
        );
    }

    #[test]
    fn keeps_invalid_addresses_for_error_messages() {
        assert_eq!(parse_list("Anouk, lotte@velobikes"), ["Anouk", "lotte@velobikes"]);
        assert_eq!(parse_list("say \"hi@x.example"), ["say \"hi@x.example"]);
    }

    #[test]
    fn keeps_only_addresses_of_a_table() {
        let csv = "\u{feff}Name;E-mail;Team\r\n\"Meijer; Anouk\";anouk@x.example;3\r\nRik;\"Rik <rik@x.example>\";4\r\n";
        assert_eq!(parse_table(csv), ["anouk@x.example", "rik@x.example"]);
        assert_eq!(
            parse_list("Anouk\tanouk@x.example\nRik\trik@x.example"),
            ["anouk@x.example", "rik@x.example"]
        );
    }

    #[test]
    fn skips_duplicates_that_differ_in_ascii_case_only() {
        let mut recipients = recipients("mike@x.example, Mike@X.example, mıke@x.example");
        assert_eq!(recipients.sendable().collect::<Vec<_>>(), ["mike@x.example", "mıke@x.example"]);
        let again = recipients.add(parse_list("MIKE@x.example, new@x.example"));
        assert_eq!(again, AddResult { new: 1, duplicates: 1 });
    }

    #[test]
    fn returns_the_error_of_an_invalid_address() {
        let validate = |text: &str| validate(text);
        for (text, error) in [
            ("lotte", AddressError::Malformed),
            ("@x.example", AddressError::Malformed),
            ("lotte@", AddressError::Malformed),
            ("a@b@c.example", AddressError::Malformed),
            ("lotte@velobikes", AddressError::MissingEnding),
            ("lotte@velobikes.", AddressError::MissingEnding),
            ("lotte@.example", AddressError::MissingEnding),
            ("lot te@x.example", AddressError::Whitespace),
        ] {
            assert_eq!(validate(text), Some(error), "{text}");
        }
        assert_eq!(validate(&format!("{}@x.example", "a".repeat(250))), Some(AddressError::TooLong));
        assert_eq!(validate("lotte@velobikes.example"), None);
    }

    #[test]
    fn removes_invited_recipients_and_keeps_failed_ones_until_retry() {
        let mut recipients = recipients("a@x.example, b@x.example, c@x.example, nobody");
        let sent = ["a@x.example", "b@x.example"].map(String::from);
        recipients.remove_sent(&sent, &[("b@x.example".into(), Code::RateLimited)]);
        assert_eq!(recipients.sendable().collect::<Vec<_>>(), ["c@x.example"]);
        assert_eq!(recipients.iter().next().unwrap().error, Some(RecipientError::Refused(Code::RateLimited)));
        recipients.clear_refusals();
        assert_eq!(recipients.sendable().collect::<Vec<_>>(), ["b@x.example", "c@x.example"]);
        assert_eq!(recipients.iter().len(), 3, "the invalid address keeps its error");
    }
}
