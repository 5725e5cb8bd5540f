//! Folds texts for searching, so that case, accents and the forms of letters, apostrophes and hyphens do not matter.
//!
//! The page searches only the names that it has: environments, roles and actions. The backend searches users, and has
//! the complete folding. (`crates/server/src/text/folding.rs`.)

use super::case::{decompose, to_lowercase};

/// Folds a text. The folded form of a word is a part of the folded form of a text that contains the word.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in decompose(&to_lowercase(text)).chars() {
        push_plain(letter, &mut |letter| folded.push(letter));
    }
    folded
}

/// Folds one character. Gives the letters of its folded form to `push`.
pub(crate) fn fold_letter(letter: char, push: &mut impl FnMut(char)) {
    if letter.is_ascii() {
        return push(letter.to_ascii_lowercase());
    }
    let lowercase = to_lowercase(letter.encode_utf8(&mut [0; 4]));
    decompose(&lowercase).chars().for_each(|letter| push_plain(letter, push));
}

/// Whether a character is an accent of the letter before it.
pub(crate) fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// The folded words of a search. A text matches if it contains all of them, in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SearchWords(Vec<String>);

impl SearchWords {
    pub(crate) fn of(search: &str) -> Self {
        Self(fold(search).split_whitespace().map(str::to_owned).collect())
    }

    /// Whether there is nothing to search for.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether each word is a part of any of these folded texts.
    pub(crate) fn match_any(&self, folded: &[String]) -> bool {
        self.0.iter().all(|word| folded.iter().any(|text| text.contains(word)))
    }

    /// Whether each word is a part of a folded text.
    pub(crate) fn matches(&self, folded: &str) -> bool {
        self.0.iter().all(|word| folded.contains(word))
    }
}

/// Gives a character of a decomposed text in lower case to `push`, as plain letters. Leaves out accents and invisible
/// characters.
fn push_plain(letter: char, push: &mut impl FnMut(char)) {
    let plain = match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ς' => "σ",
        '‘' | '’' | '`' => "'",
        '‐' | '‑' | '–' | '—' => "-",
        // Soft hyphens, and the controls of width, direction and isolation: nobody types them.
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => "",
        _ if is_accent(letter) => "",
        _ => return push(letter),
    };
    plain.chars().for_each(push);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_finds(search: &str, text: &str) {
        assert!(SearchWords::of(search).matches(&fold(text)), "{search:?} does not find {text:?}");
    }

    #[test]
    fn ignores_case_accents_and_strokes_in_every_script() {
        for (search, text) in [
            ("ibrahim", "İbrahim"),
            ("ΑΛΕΞΑΝΔΡΟΣ", "Αλέξανδρος"),
            ("STRAUSS", "Strauß"),
            ("strauß", "STRAUẞ"),
            ("celine", "Céline"),
            ("céline", "CELINE"),
            ("muller", "Mu\u{308}ller"),
            ("lukasz", "Łukasz"),
            ("soren aero", "Søren Ærø"),
            ("dang", "Đặng"),
            ("ｂａｎｋ", "Bank"),
        ] {
            assert_finds(search, text);
        }
        assert!(!SearchWords::of("bank").matches(&fold("Ban")));
    }

    #[test]
    fn finds_words_in_any_order() {
        for search in ["bank harbor", "  har   bor\u{a0}ban ", "Bank", ""] {
            assert_finds(search, "Harbor  Bank");
        }
        assert!(!SearchWords::of("harbor clinic").matches(&fold("Harbor Bank")));
        assert!(SearchWords::of("bank paid").match_any(&[fold("Harbor Bank"), fold("Paid")]));
        assert!(SearchWords::of(" \u{301} ").is_empty());
    }

    #[test]
    fn ignores_the_forms_of_apostrophes_and_hyphens_and_invisible_characters() {
        assert_finds("o'brien", "O’Brien");
        assert_finds("jan-willem", "Jan‑Willem");
        assert_finds("last active", "Sort by \u{2068}Last\u{ad} active\u{2069}");
    }

    #[test]
    fn folds_letters_like_texts() {
        for text in ["İbrahim Straße", "Céline Ærø’s ﬁ", "ΣΑΣ"] {
            let mut letters = String::new();
            text.chars().for_each(|letter| fold_letter(letter, &mut |letter| letters.push(letter)));
            assert_eq!(letters, fold(text));
        }
    }
}
