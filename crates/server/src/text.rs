//! The forms in which names and addresses are compared, sorted and searched. They are made here rather than
//! by a database, so that databases agree.

use studio_users_contract::MAX_NAME_CHARS;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::problem::Refusal;

/// The form in which addresses are compared: trimmed, NFC, lower-cased by ASCII rules. `mıke@` is not `mike@`.
pub(crate) fn email_norm(email: &str) -> String {
    if email.is_ascii() {
        return email.trim().to_ascii_lowercase();
    }
    email.trim().nfc().collect::<String>().to_ascii_lowercase()
}

/// The form that names are sorted by: without marks and case.
pub(crate) fn sort_key(name: &str) -> String {
    if name.is_ascii() {
        return name.trim().to_ascii_lowercase();
    }
    name.trim().nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).collect()
}

/// The form that is searched: lower case, letter by letter, so that a part of a word folds as the word does
/// (the Greek final sigma depends on its neighbours otherwise); NFC.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfc()
        .flat_map(char::to_lowercase)
        .map(|letter| if letter == 'ς' { 'σ' } else { letter })
        .nfc()
        .collect()
}

/// A name as it is kept, of one that somebody gives themselves.
///
/// # Errors
/// What is wrong with it: it is empty or too long, or has control characters.
pub(crate) fn checked_name(typed: &str) -> Result<String, Refusal> {
    let name = typed.trim();
    let wrong = |detail: &str| Err(Refusal::InvalidField("name", detail.into()));
    match () {
        () if name.is_empty() => wrong("a name is not empty"),
        () if name.chars().count() > MAX_NAME_CHARS => wrong("at most 100 characters"),
        () if name.chars().any(char::is_control) => wrong("a name has no control characters"),
        () => Ok(name.into()),
    }
}

/// Whether the text can be an address to which mail is sent: something, an `@`, something; no blanks.
pub(crate) fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    let has_blank = text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    parts.is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'))
        && !has_blank
        && text.len() <= 254
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_ignore_ascii_case_and_nothing_more() {
        assert_eq!(email_norm("  Mike@X.example "), "mike@x.example");
        assert_ne!(email_norm("mıke@x.example"), email_norm("mike@x.example"));
        assert_eq!(email_norm("mu\u{308}ller@x.example"), "müller@x.example");
    }

    #[test]
    fn names_are_sorted_without_marks_and_case() {
        assert_eq!(sort_key("Åsa Bergström"), "asa bergstrom");
        assert_eq!(sort_key("Zoë"), sort_key("ZOE"));
    }

    #[test]
    fn folding_a_part_of_a_word_gives_a_part_of_the_folded_word() {
        assert!(fold("Γιώργος").contains(&fold("ΡΓΟΣ")));
        assert!(fold("Γιώργοσσ").contains(&fold("ΓΟΣ")));
        assert_eq!(fold("BERGSTRO\u{308}M"), fold("Bergström"));
    }

    #[test]
    fn an_address_needs_two_sides_and_no_blank() {
        assert!(is_email("lars@polder.example"));
        for text in ["lars", "@polder.example", "lars@", "la rs@polder.example", "a@b@c", "a@b\n"] {
            assert!(!is_email(text), "{text}");
        }
    }
}
