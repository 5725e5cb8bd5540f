//! Every text that people read, in every language, and numbers, dates and lists as their language has them.

pub mod clock;
pub mod format;
pub mod messages;
pub mod moment;
pub mod words;

use leptos::prelude::*;
pub use studio_users_domain::Language;

/// A name within a sentence: whatever direction it is written in, the words around it keep theirs.
pub fn isolated(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}

/// A language's name in that language.
pub const fn endonym(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::Nl => "Nederlands",
    }
}

/// The language that this part of the page is rendered in. Choosing another renders it anew.
pub fn use_language() -> Language {
    use_context().unwrap_or_default()
}
