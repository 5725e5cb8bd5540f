//! Normal forms of names and e-mail addresses for comparing, sorting and searching. The server computes them
//! instead of the database, so that every database gives the same results.

mod folding;

use serde_json::Value;
use studio_users_domain::{AddressError, EmailAddress, Unicode};
use unicode_normalization::UnicodeNormalization;

pub(crate) use folding::{email_sort_key, fold, folding_version, sort_key};

/// The Unicode operations of the backend.
struct Crates;

impl Unicode for Crates {
    fn nfc(&self, text: &str) -> String {
        text.nfc().collect()
    }

    fn nfkc(&self, text: &str) -> String {
        text.nfkc().collect()
    }

    fn domain_to_ascii(&self, domain: &str) -> Option<String> {
        idna::domain_to_ascii(domain).ok()
    }
}

/// Parses an e-mail address.
///
/// # Errors
/// The reason why the text is no address.
pub(crate) fn parse_email(text: &str) -> Result<EmailAddress, AddressError> {
    EmailAddress::parse(text, &Crates)
}

/// Returns the form of an e-mail address for comparison: the local part in NFC with ASCII letters in lower case, and the
/// domain in ASCII. `mıke@` differs from `mike@`.
///
/// A text that is no address has a key, too: earlier versions stored such texts.
pub(crate) fn email_norm(email: &str) -> String {
    parse_email(email).map_or_else(|_| invalid_email_norm(email), |address| address.key())
}

fn invalid_email_norm(email: &str) -> String {
    if email.is_ascii() {
        return email.trim().to_ascii_lowercase();
    }
    email.trim().nfc().collect::<String>().to_ascii_lowercase()
}

/// Converts a text to lower case and NFC. Converts each character on its own, so that the form of a substring is a
/// substring of the form. (The Greek final sigma would otherwise depend on its neighbours.)
pub(crate) fn fold_case(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfc()
        .flat_map(char::to_lowercase)
        .map(|letter| if letter == 'ς' { 'σ' } else { letter })
        .nfc()
        .collect()
}

/// Whether a text contains a name as whole words, or an address that is no part of a longer one. Ignores case.
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    let (text, name) = (fold_case(text), fold_case(name.trim()));
    let is_address = name.contains('@');
    let is_in_word =
        |letter: char| letter.is_alphanumeric() || is_address && "!#$%&'*+/=?^_`{|}~-".contains(letter);
    // A dot can also end a sentence.
    let continues = |first: Option<char>, second: Option<char>| {
        let after_dot = second.filter(|_| is_address && first == Some('.'));
        after_dot.or(first).is_some_and(is_in_word)
    };
    !name.is_empty()
        && text.match_indices(&name).any(|(at, found)| {
            let mut before = text[..at].chars().rev();
            let mut after = text[at + found.len()..].chars();
            !continues(before.next(), before.next()) && !continues(after.next(), after.next())
        })
}

/// Whether a string in a JSON text matches. The names of its fields do not count.
pub(crate) fn any_json_string(json: &str, matches: &impl Fn(&str) -> bool) -> bool {
    fn any(value: &Value, matches: &impl Fn(&str) -> bool) -> bool {
        match value {
            Value::String(text) => matches(text),
            Value::Array(values) => values.iter().any(|value| any(value, matches)),
            Value::Object(fields) => fields.values().any(|value| any(value, matches)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    serde_json::from_str(json).is_ok_and(|value| any(&value, matches))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_addresses_without_ascii_case_only() {
        assert_eq!(email_norm("  Mike@X.example "), "mike@x.example");
        assert_ne!(email_norm("mıke@x.example"), email_norm("mike@x.example"));
        assert_eq!(email_norm("mu\u{308}ller@x.example"), "müller@x.example");
        assert_eq!(email_norm("Zoe@BÜCHER.example"), "zoe@xn--bcher-kva.example");
        assert_eq!(email_norm(" Olga@Studio"), "olga@studio", "a text that is no address");
    }

    #[test]
    fn folds_substrings_like_whole_words() {
        assert!(fold_case("Γιώργος").contains(&fold_case("ΡΓΟΣ")));
        assert!(fold_case("Γιώργοσσ").contains(&fold_case("ΓΟΣ")));
        assert_eq!(fold_case("BERGSTRO\u{308}M"), fold_case("Bergström"));
    }

    #[test]
    fn finds_names_as_whole_words() {
        for text in ["Rea", "asked by rea.", "(REA)", "Rea’s bots", "a@rea"] {
            assert!(mentions(text, "Rea"), "{text}");
        }
        for text in ["reason", "Andrea", "r e a", ""] {
            assert!(!mentions(text, "Rea"), "{text}");
        }
        assert!(!mentions("any text", "") && !mentions("any text", " "));
    }

    #[test]
    fn finds_addresses_that_are_no_part_of_a_longer_one() {
        for text in
            ["Ada <ADA@x.example>", "Ask ada@x.example.", "ada@x.example, ben@x.example", "...ada@x.example"]
        {
            assert!(mentions(text, "ada@x.example"), "{text}");
        }
        for text in
            ["ada@x.examples", "ada@x.example.org", "b.ada@x.example", "b+ada@x.example", "b-ada@x.example"]
        {
            assert!(!mentions(text, "ada@x.example"), "{text}");
        }
    }

    #[test]
    fn searches_the_strings_of_json_but_not_its_fields() {
        let is = |text: &str| text == "reason";
        assert!(any_json_string(r#"{"a":[{"b":"reason"}]}"#, &is));
        assert!(!any_json_string(r#"{"reason":1}"#, &is) && !any_json_string("reason", &is));
    }
}
