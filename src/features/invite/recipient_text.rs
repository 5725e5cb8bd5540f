//! Texts about recipients: their errors, and the announcement of added ones.

use studio_users_contract::Code;

use super::recipients::{AddResult, Recipient, RecipientError};
use super::store::InviteStore;
use crate::i18n::{Language, messages};
use crate::parts::{BrowserUnicode, address_error};
use leptos::prelude::*;

/// Adds addresses to the list, and announces the numbers of new and duplicate ones.
pub(super) fn add_recipients(store: InviteStore, language: Language, found: Vec<String>) {
    let _ = store.file_error.try_set(None);
    let result = store.recipients.try_update(|recipients| recipients.add(found, &BrowserUnicode));
    let Some(AddResult { new, duplicates }) = result.filter(|result| *result != AddResult::default()) else {
        return;
    };
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let mut announcement = messages::addresses_added(language, count(new));
    if duplicates > 0 {
        announcement =
            format!("{announcement}, {}", messages::duplicates_skipped(language, count(duplicates)));
    }
    let _ = store.announcement.try_set(announcement);
}

/// The error message of a recipient. `email` replaces the address in the text, so that it can be a placeholder.
pub(super) fn error_message(language: Language, recipient: &Recipient, email: &str) -> Option<String> {
    Some(match recipient.error? {
        RecipientError::Invalid(error) => address_error(language, error, email),
        RecipientError::Refused(Code::RateLimited) => messages::address_daily_limit(language, email),
        RecipientError::Refused(code) => match code.denial() {
            Some(denial) => messages::address_not_invited(language, email, denial.message(language)),
            None => messages::address_invalid(language, email),
        },
    })
}
