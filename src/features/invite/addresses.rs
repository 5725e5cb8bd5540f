//! The addresses of a list: how they are read from what is typed, pasted or dropped, and what is wrong with each.

use std::collections::HashSet;

use studio_users_contract::Code;

/// The longest address that mail is sent to, in bytes.
const MOST_BYTES: usize = 254;

/// Why a text is no address that can be invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It lacks what makes an address: something, an `@`, something.
    Shape,
    /// There is a blank in it.
    Blank,
    /// What follows the `@` has no ending such as `.com`.
    Ending,
    /// It is too long.
    Length,
}

/// Why somebody was, or would be, not invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It is no address.
    Unfit(Unfit),
    /// The backend did nothing for it.
    Refused(Code),
}

/// One of those who are to be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chip {
    /// The address, as it was given.
    pub(super) email: String,
    /// What is wrong with it, if anything is.
    pub(super) trouble: Option<Trouble>,
}

/// Those who are to be invited: each once, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chips(Vec<Chip>);

/// What became of a list that was added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Added {
    /// So many are new.
    pub(super) new: usize,
    /// So many of those were there already.
    pub(super) doubled: usize,
}

impl Chips {
    /// All of them.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Chip> {
        self.0.iter()
    }

    /// The addresses that can be invited.
    pub(super) fn sendable(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|chip| chip.trouble.is_none()).map(|chip| chip.email.as_str())
    }

    /// The addresses that sending would try: also those that the backend refused last time.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &str> {
        let is_wanted = |chip: &&Chip| !matches!(chip.trouble, Some(Trouble::Unfit(_)));
        self.0.iter().filter(is_wanted).map(|chip| chip.email.as_str())
    }

    /// Adds those that are not there yet.
    pub(super) fn add(&mut self, found: impl IntoIterator<Item = String>) -> Added {
        let mut known: HashSet<_> = self.0.iter().map(|chip| compared(&chip.email)).collect();
        let mut added = Added::default();
        for email in found {
            if known.insert(compared(&email)) {
                let trouble = unfit(&email).map(Trouble::Unfit);
                self.0.push(Chip { email, trouble });
                added.new += 1;
            } else {
                added.doubled += 1;
            }
        }
        added
    }

    /// Takes one away.
    pub(super) fn remove(&mut self, email: &str) {
        self.0.retain(|chip| chip.email != email);
    }

    /// Notes what became of some of them: who was invited goes, whoever was not stays with the reason.
    pub(super) fn settle(&mut self, sent: &[String], failed: &[(String, Code)]) {
        self.0.retain_mut(|chip| {
            if let Some((_, code)) = failed.iter().find(|(email, _)| *email == chip.email) {
                chip.trouble = Some(Trouble::Refused(*code));
                return true;
            }
            !sent.contains(&chip.email)
        });
    }

    /// Lets those be tried again that the backend refused.
    pub(super) fn forgive(&mut self) {
        for chip in &mut self.0 {
            if matches!(chip.trouble, Some(Trouble::Refused(_))) {
                chip.trouble = None;
            }
        }
    }
}

/// The form in which two addresses are the same. The backend folds more, such as how a letter is composed.
pub(super) fn compared(email: &str) -> String {
    email.trim().to_ascii_lowercase()
}

/// What is wrong with an address.
fn unfit(email: &str) -> Option<Unfit> {
    if email.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return Some(Unfit::Blank);
    }
    let (name, host) = match email.split_once('@') {
        Some((name, host)) if !name.is_empty() && !host.is_empty() && !host.contains('@') => (name, host),
        _ => return Some(Unfit::Shape),
    };
    if name.len() + 1 + host.len() > MOST_BYTES {
        return Some(Unfit::Length);
    }
    let has_ending = host.contains('.') && host.split('.').all(|part| !part.is_empty());
    (!has_ending).then_some(Unfit::Ending)
}

/// Whether the text holds something that separates one address from the next.
pub(super) fn is_list(text: &str) -> bool {
    text.contains([',', ';', '\n', '\r', '\t'])
}

/// Reads what was typed or pasted: split on commas, semicolons and lines; of `Name <mail>` only the mail. Columns of
/// a spreadsheet are read as a table.
pub(super) fn split(text: &str) -> Vec<String> {
    if text.contains('\t') {
        return split_table(text);
    }
    let mut found = Vec::new();
    let mut pieces = pieces(text, &[',', ';', '\n', '\r']).into_iter().peekable();
    while let Some((piece, end)) = pieces.next() {
        // "Meijer, Anouk <anouk@…>": what stands before the comma is part of the name.
        let is_name = !piece.contains('@') && end == Some(',');
        if is_name && pieces.peek().is_some_and(|(next, _)| in_brackets(next).is_some()) {
            continue;
        }
        if let Some(mail) = in_brackets(&piece) {
            found.push(mail.to_owned());
            continue;
        }
        let words: Vec<_> = piece.split_whitespace().collect();
        if words.len() > 1 && words.iter().all(|word| word.contains('@')) {
            found.extend(words.into_iter().map(bare));
        } else if !piece.trim().is_empty() {
            found.push(bare(piece.trim()));
        }
    }
    found.retain(|mail| !mail.is_empty());
    found
}

/// Reads a table: of every cell that holds an address only that. Heads, names and numbers are no addresses.
pub(super) fn split_table(text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let cells = pieces(text, &[',', ';', '\t', '\n', '\r']).into_iter();
    let mails = cells.filter(|(cell, _)| cell.contains('@')).flat_map(|(cell, _)| split(&cell));
    mails.collect()
}

/// The pieces between separators, each with the one that ends it. What stands in quotes is in one piece.
fn pieces(text: &str, separators: &[char]) -> Vec<(String, Option<char>)> {
    let mut pieces = Vec::new();
    let (mut piece, mut is_quoted) = (String::new(), false);
    // A quote that nothing closes is a letter like any other.
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

/// What stands in the angle brackets that end a piece.
fn in_brackets(piece: &str) -> Option<&str> {
    let (_, rest) = piece.rsplit_once('<')?;
    Some(rest.trim().strip_suffix('>')?.trim()).filter(|mail| mail.contains('@'))
}

/// Without what mail programs put around an address.
fn bare(text: &str) -> String {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    text.trim_matches(['<', '>', '(', ')', '"', '\'', '\u{200b}', '\u{feff}'])
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chips(text: &str) -> Chips {
        let mut chips = Chips::default();
        chips.add(split(text));
        chips
    }

    #[test]
    fn a_list_is_split_on_commas_semicolons_lines_and_blanks_between_addresses() {
        let four = ["a@x.example", "b@x.example", "c@x.example", "d@x.example"];
        assert_eq!(split("a@x.example, b@x.example;c@x.example\r\n\n d@x.example ,"), four);
        assert_eq!(split("a@x.example b@x.example  c@x.example d@x.example"), four);
        assert_eq!(split(" ;,\n "), [""; 0]);
    }

    #[test]
    fn of_a_name_with_an_address_only_the_address_is_kept() {
        let text =
            "Anouk Meijer <anouk@x.example>, \"Postma, Rik\" <rik@x.example>; Holm, Freja <freja@x.example>";
        assert_eq!(split(text), ["anouk@x.example", "rik@x.example", "freja@x.example"]);
        assert_eq!(
            split("<mailto@x.example>; mailto:lars@x.example."),
            ["mailto@x.example", "lars@x.example"]
        );
    }

    #[test]
    fn what_is_no_address_is_kept_to_be_told_of() {
        assert_eq!(split("Anouk, lotte@velobikes"), ["Anouk", "lotte@velobikes"]);
        assert_eq!(split("say \"hi@x.example"), ["say \"hi@x.example"]);
    }

    #[test]
    fn of_a_table_only_cells_with_addresses_are_kept() {
        let csv = "\u{feff}Name;E-mail;Team\r\n\"Meijer; Anouk\";anouk@x.example;3\r\nRik;\"Rik <rik@x.example>\";4\r\n";
        assert_eq!(split_table(csv), ["anouk@x.example", "rik@x.example"]);
        assert_eq!(split("Anouk\tanouk@x.example\nRik\trik@x.example"), ["anouk@x.example", "rik@x.example"]);
    }

    #[test]
    fn doubles_fold_whatever_their_ascii_case_and_nothing_more() {
        let mut chips = chips("mike@x.example, Mike@X.example, mıke@x.example");
        assert_eq!(chips.sendable().collect::<Vec<_>>(), ["mike@x.example", "mıke@x.example"]);
        let again = chips.add(split("MIKE@x.example, new@x.example"));
        assert_eq!(again, Added { new: 1, doubled: 1 });
    }

    #[test]
    fn an_address_that_cannot_be_is_told_what_it_lacks() {
        let unfit = |text: &str| unfit(text);
        for (text, why) in [
            ("lotte", Unfit::Shape),
            ("@x.example", Unfit::Shape),
            ("lotte@", Unfit::Shape),
            ("a@b@c.example", Unfit::Shape),
            ("lotte@velobikes", Unfit::Ending),
            ("lotte@velobikes.", Unfit::Ending),
            ("lotte@.example", Unfit::Ending),
            ("lot te@x.example", Unfit::Blank),
        ] {
            assert_eq!(unfit(text), Some(why), "{text}");
        }
        assert_eq!(unfit(&format!("{}@x.example", "a".repeat(250))), Some(Unfit::Length));
        assert_eq!(unfit("lotte@velobikes.example"), None);
    }

    #[test]
    fn who_was_invited_goes_and_who_was_not_stays_with_the_reason_until_tried_again() {
        let mut chips = chips("a@x.example, b@x.example, c@x.example, nobody");
        let sent = ["a@x.example", "b@x.example"].map(String::from);
        chips.settle(&sent, &[("b@x.example".into(), Code::RateLimited)]);
        assert_eq!(chips.sendable().collect::<Vec<_>>(), ["c@x.example"]);
        assert_eq!(chips.iter().next().unwrap().trouble, Some(Trouble::Refused(Code::RateLimited)));
        chips.forgive();
        assert_eq!(chips.sendable().collect::<Vec<_>>(), ["b@x.example", "c@x.example"]);
        assert_eq!(chips.iter().len(), 3, "what is no address stays what it is");
    }
}
