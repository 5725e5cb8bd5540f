//! Internationalization: all texts of the page in every language, and formatting of numbers, dates and lists.

pub(crate) mod case;
pub mod clock;
pub(crate) mod folding;
pub(crate) mod format;
pub(crate) mod labels;
pub(crate) mod messages;
pub(crate) mod pseudo;
pub(crate) mod relative_time;

use leptos::prelude::*;
pub use studio_users_domain::Language;

/// FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE: <https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates>
const ISOLATES: (char, char) = ('\u{2068}', '\u{2069}');

/// Wraps a name in bidirectional isolates, so that its direction does not affect the sentence around it.
///
/// Use this for visible sentences only. Accessible names (`aria-label`) take the plain name, so that it matches exactly.
pub fn isolated(name: &str) -> String {
    format!("{}{name}{}", ISOLATES.0, ISOLATES.1)
}

/// Splits a sentence at its [`isolated`] names. Returns each piece, and whether it is such a name.
pub fn pieces(sentence: &str) -> Vec<(&str, bool)> {
    let cut = sentence.split_inclusive(|letter| [ISOLATES.0, ISOLATES.1].contains(&letter));
    let piece = |piece: &'_ str| piece.trim_end_matches([ISOLATES.0, ISOLATES.1]).len();
    let pieces = cut.map(|whole| (&whole[..piece(whole)], whole.ends_with(ISOLATES.1)));
    pieces.filter(|(piece, _)| !piece.is_empty()).collect()
}

/// Renders a sentence with each [`isolated`] name in a `<bdi>` element, which page translators skip. The text content
/// then has the plain names, without isolates.
pub fn with_bdi(sentence: &str) -> impl IntoView + use<> {
    let render = |(piece, is_name): (&str, bool)| {
        let piece = piece.to_owned();
        if is_name { view! { <bdi>{piece}</bdi> }.into_any() } else { piece.into_any() }
    };
    pieces(sentence).into_iter().map(render).collect_view()
}

/// Returns the name of a language in that language.
pub const fn endonym(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::Nl => "Nederlands",
    }
}

/// Returns the language that this part of the page is rendered in. The page is rendered again when the user changes it.
pub fn use_language() -> Language {
    use_context().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_sentence_at_isolated_names() {
        let sentence = format!("Remove {}, and {}?", isolated("Jo"), isolated("Bo"));
        let expected = [("Remove ", false), ("Jo", true), (", and ", false), ("Bo", true), ("?", false)];
        assert_eq!(pieces(&sentence), expected);
        assert_eq!(pieces(&isolated("Jo")), [("Jo", true)]);
        assert_eq!(pieces("Undo"), [("Undo", false)]);
        assert!(pieces("").is_empty());
    }
}
