//! Every text that people read, in every language, and numbers, dates and lists as their language has them.

pub mod clock;
pub mod format;
pub mod letters;
pub mod messages;
pub mod moment;
pub(crate) mod pseudo;
pub mod words;

use leptos::prelude::*;
pub use studio_users_domain::Language;

/// What encloses a name within a sentence.
const ISOLATES: (char, char) = ('\u{2068}', '\u{2069}');

/// A name within a sentence that is shown: whatever direction it is written in, the words around it keep theirs. What
/// is only heard (`aria-label`) takes the plain name, and is called by just that.
pub fn isolated(name: &str) -> String {
    format!("{}{name}{}", ISOLATES.0, ISOLATES.1)
}

/// A sentence in pieces, each with whether it is a name that was [`isolated`].
pub fn pieces(sentence: &str) -> Vec<(&str, bool)> {
    let cut = sentence.split_inclusive(|letter| [ISOLATES.0, ISOLATES.1].contains(&letter));
    let piece = |piece: &'_ str| piece.trim_end_matches([ISOLATES.0, ISOLATES.1]).len();
    let pieces = cut.map(|whole| (&whole[..piece(whole)], whole.ends_with(ISOLATES.1)));
    pieces.filter(|(piece, _)| !piece.is_empty()).collect()
}

/// A sentence with each name that was [`isolated`] in an element of its own: so that the sentence, read as text, holds
/// the names as they are.
pub fn with_bdi(sentence: &str) -> impl IntoView + use<> {
    let show = |(piece, is_name): (&str, bool)| {
        let piece = piece.to_owned();
        if is_name { view! { <bdi>{piece}</bdi> }.into_any() } else { piece.into_any() }
    };
    pieces(sentence).into_iter().map(show).collect_view()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_apart_from_the_sentence_around_them() {
        let sentence = format!("Remove {}, and {}?", isolated("Jo"), isolated("Bo"));
        let expected = [("Remove ", false), ("Jo", true), (", and ", false), ("Bo", true), ("?", false)];
        assert_eq!(pieces(&sentence), expected);
        assert_eq!(pieces(&isolated("Jo")), [("Jo", true)]);
        assert_eq!(pieces("Undo"), [("Undo", false)]);
        assert!(pieces("").is_empty());
    }
}
