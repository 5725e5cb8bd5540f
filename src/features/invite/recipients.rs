//! The list of recipients, with the validation of each address.

use std::collections::HashSet;

use studio_users_contract::Code;
use studio_users_domain::{AddressError, EmailAddress, Unicode};

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
    /// The form for comparison.
    pub(super) key: String,
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
        self.without_error().map(|recipient| recipient.email.as_str())
    }

    /// The forms for comparison of the addresses without an error.
    pub(super) fn sendable_keys(&self) -> impl Iterator<Item = &str> {
        self.without_error().map(|recipient| recipient.key.as_str())
    }

    fn without_error(&self) -> impl Iterator<Item = &Recipient> {
        self.0.iter().filter(|recipient| recipient.error.is_none())
    }

    /// The valid addresses, including those that the backend refused. Sending tries them again.
    pub(super) fn valid(&self) -> impl Iterator<Item = &str> {
        let is_valid = |recipient: &&Recipient| !matches!(recipient.error, Some(RecipientError::Invalid(_)));
        self.0.iter().filter(is_valid).map(|recipient| recipient.email.as_str())
    }

    /// Adds addresses and skips duplicates.
    pub(super) fn add(
        &mut self,
        found: impl IntoIterator<Item = String>,
        unicode: &impl Unicode,
    ) -> AddResult {
        let mut existing: HashSet<_> = self.0.iter().map(|recipient| recipient.key.clone()).collect();
        let mut result = AddResult::default();
        for email in found {
            let parsed = EmailAddress::parse(&email, unicode);
            let key = key_of(&parsed, &email);
            if existing.insert(key.clone()) {
                let error = parsed.err().map(RecipientError::Invalid);
                self.0.push(Recipient { email, key, error });
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
    pub(super) fn remove_sent(&mut self, sent: &[String], failed: &[(String, RecipientError)]) {
        self.0.retain_mut(|recipient| {
            if let Some((_, error)) = failed.iter().find(|(email, _)| *email == recipient.email) {
                recipient.error = Some(*error);
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

/// Returns the form of an address for comparison, as the backend computes it.
pub(super) fn normalize(email: &str, unicode: &impl Unicode) -> String {
    key_of(&EmailAddress::parse(email, unicode), email)
}

fn key_of(parsed: &Result<EmailAddress, AddressError>, email: &str) -> String {
    parsed.as_ref().map_or_else(|_| email.trim().to_ascii_lowercase(), EmailAddress::key)
}

// These tests run natively: in the browser, other code is behind `Unicode`.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::list_parser::parse_list;
    use super::*;
    use crate::parts::NativeUnicode;

    fn recipients(text: &str) -> Recipients {
        let mut recipients = Recipients::default();
        recipients.add(parse_list(text), &NativeUnicode);
        recipients
    }

    #[test]
    fn skips_duplicates_that_differ_in_ascii_case_only() {
        let mut recipients = recipients("mike@x.example, Mike@X.example, mıke@x.example");
        assert_eq!(recipients.sendable().collect::<Vec<_>>(), ["mike@x.example", "mıke@x.example"]);
        let again = recipients.add(parse_list("MIKE@x.example, new@x.example"), &NativeUnicode);
        assert_eq!(again, AddResult { new: 1, duplicates: 1 });
    }

    #[test]
    fn international_domains_are_compared_in_ascii() {
        let recipients = recipients("zoe@bücher.example, Zoe@BÜCHER.example, zoe@xn--bcher-kva.example");
        assert_eq!(recipients.sendable().collect::<Vec<_>>(), ["zoe@bücher.example"]);
        assert_eq!(recipients.sendable_keys().collect::<Vec<_>>(), ["zoe@xn--bcher-kva.example"]);
    }

    #[test]
    fn invalid_addresses_keep_the_reason() {
        let recipients = recipients("lotte@velobikes, lot te@x.example, zo\u{200b}e@x.example, nobody");
        let errors: Vec<_> = recipients.iter().map(|recipient| recipient.error).collect();
        let expected =
            [AddressError::Ending, AddressError::WhiteSpace, AddressError::Invisible, AddressError::AtSign];
        assert_eq!(errors, expected.map(|error| Some(RecipientError::Invalid(error))));
        assert_eq!(recipients.valid().count(), 0);
    }

    #[test]
    fn removes_invited_recipients_and_keeps_failed_ones_until_retry() {
        let mut recipients = recipients("a@x.example, b@x.example, c@x.example, nobody");
        let sent = ["a@x.example", "b@x.example"].map(String::from);
        let refused = RecipientError::Refused(Code::RateLimited);
        recipients.remove_sent(&sent, &[("b@x.example".into(), refused)]);
        assert_eq!(recipients.sendable().collect::<Vec<_>>(), ["c@x.example"]);
        assert_eq!(recipients.iter().next().unwrap().error, Some(RecipientError::Refused(Code::RateLimited)));
        recipients.clear_refusals();
        assert_eq!(recipients.sendable().collect::<Vec<_>>(), ["b@x.example", "c@x.example"]);
        assert_eq!(recipients.iter().len(), 3, "the invalid address keeps its error");
    }
}
