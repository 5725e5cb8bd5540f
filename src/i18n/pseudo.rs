//! A language for tests: English in letters that no other text has, and longer. Built with the feature `pseudo`, the
//! page speaks it in place of English; what a test then finds in plain letters did not come from the catalogue, and what
//! does not fit would not fit in a language of longer words.

/// A text of the catalogue.
#[cfg(not(feature = "pseudo"))]
pub(super) const fn text(text: &'static str) -> &'static str {
    text
}

/// A text of the catalogue with its values.
#[cfg(not(feature = "pseudo"))]
pub(super) const fn sentence(text: String) -> String {
    text
}

/// A text of the catalogue, in the language for tests.
#[cfg(feature = "pseudo")]
pub(super) fn text(text: &'static str) -> &'static str {
    sentence(text.into()).leak()
}

/// A text of the catalogue with its values, in the language for tests.
#[cfg(feature = "pseudo")]
pub(super) fn sentence(text: String) -> String {
    let words: Vec<_> = text.split(' ').map(word).collect();
    format!("⟦{}⟧", words.join(" "))
}

/// A word, a third longer. One that is so already, as a value within a sentence may be, stays as it is.
#[cfg(feature = "pseudo")]
fn word(word: &str) -> String {
    if word.contains('~') {
        return word.into();
    }
    let accented = |letter| match letter {
        'a' => 'á',
        'e' => 'é',
        'i' => 'í',
        'o' => 'ó',
        'u' => 'ú',
        other => other,
    };
    let length = word.chars().filter(|letter| letter.is_alphabetic()).count();
    // What stands behind a word stays there: a word is the same wherever it stands.
    let behind = word.trim_end_matches(|letter: char| !letter.is_alphabetic());
    let (letters, behind) = word.split_at(behind.len());
    letters.chars().map(accented).chain(std::iter::repeat_n('~', length / 3)).chain(behind.chars()).collect()
}
