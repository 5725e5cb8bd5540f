//! The message catalogue: one entry per text, in every language. An entry that lacks a language does not compile. Each
//! part of the page has its own file.
//!
//! Names of roles, capabilities and sections, and the reasons of the access rules, are in the domain crate, because the
//! server uses them too.

macro_rules! messages {
    () => {};
    ($name:ident { en: $en:literal, nl: $nl:literal } $($rest:tt)*) => {
        #[doc = $en]
        pub fn $name(language: Language) -> &'static str {
            match language {
                Language::En => crate::i18n::pseudo::text($en),
                Language::Nl => $nl,
            }
        }
        messages! { $($rest)* }
    };
    ($name:ident[$count:ident]($($value:ident),*) {
        en: $one_en:literal | $en:literal, nl: $one_nl:literal | $nl:literal
    } $($rest:tt)*) => {
        #[doc = $en]
        pub fn $name(language: Language, $count: u32, $($value: &str),*) -> String {
            let is_singular = crate::i18n::format::is_singular(language, $count);
            let $count = crate::i18n::format::number(language, $count);
            match (language, is_singular) {
                (Language::En, true) => crate::i18n::pseudo::sentence(format!($one_en)),
                (Language::En, false) => crate::i18n::pseudo::sentence(format!($en)),
                (Language::Nl, true) => format!($one_nl),
                (Language::Nl, false) => format!($nl),
            }
        }
        messages! { $($rest)* }
    };
    ($name:ident($($value:ident),+) { en: $en:literal, nl: $nl:literal } $($rest:tt)*) => {
        #[doc = $en]
        pub fn $name(language: Language, $($value: &str),+) -> String {
            match language {
                Language::En => crate::i18n::pseudo::sentence(format!($en)),
                Language::Nl => format!($nl),
            }
        }
        messages! { $($rest)* }
    };
}

mod access;
mod account;
mod activity;
mod bulk;
mod common;
mod compare;
mod embed;
mod errors;
mod impersonation;
mod invitation_links;
mod invite;
mod join;
mod palette;
mod panel;
#[cfg(not(target_family = "wasm"))]
mod prerendered;
mod removal;
mod roles;
mod sign_in;
mod studio;
mod undelivered_mail;
mod users;

pub use access::*;
pub use account::*;
pub use activity::*;
pub use bulk::*;
pub use common::*;
pub use compare::*;
pub use embed::*;
pub use errors::*;
pub use impersonation::*;
pub use invitation_links::*;
pub use invite::*;
pub use join::*;
pub use palette::*;
pub use panel::*;
#[cfg(not(target_family = "wasm"))]
pub use prerendered::*;
pub use removal::*;
pub use roles::*;
pub use sign_in::*;
pub use studio::*;
pub use undelivered_mail::*;
pub use users::*;

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_domain::Language;

    #[test]
    fn inserts_the_values_in_every_language() {
        for language in Language::ALL {
            let text = rows_of(language, "1", "40", "2,400");
            assert!(text.contains("40") && text.contains("2,400"), "{text}");
        }
    }
}
