use studio_users_domain::AddressError;

use crate::i18n::{Language, messages};

/// Returns what is wrong with an e-mail address. `email` is the address as the text shows it.
pub fn address_error(language: Language, error: AddressError, email: &str) -> String {
    match error {
        AddressError::AtSign => messages::address_invalid(language, email),
        AddressError::WhiteSpace => messages::address_has_space(language, email),
        AddressError::Invisible => messages::address_has_invisible(language, email),
        AddressError::LookAlike => messages::address_has_look_alike(language, email),
        AddressError::LocalPart => messages::address_local_part_invalid(language, email),
        AddressError::Domain => messages::address_domain_invalid(language, email),
        AddressError::Ending => messages::address_without_ending(language, email),
        AddressError::LocalPartTooLong | AddressError::TooLong => messages::address_too_long(language, email),
        AddressError::MailServer => messages::address_not_deliverable(language, email),
    }
}
