//! The pseudo-locale: English with accented vowels and longer words. A test that runs the page in it finds text that does
//! not come from the catalogue, and text that does not fit:
//! <https://www.w3.org/International/articles/article-text-size>
//!
//! Only builds with debug assertions include it (the profile `page`), so it does not increase the size of the release
//! page. The key `studio-users.pseudo` in local storage turns it on.

/// Returns a text of the catalogue.
#[cfg(not(debug_assertions))]
pub(super) const fn text(text: &'static str) -> &'static str {
    text
}

/// Returns a text of the catalogue with its values inserted.
#[cfg(not(debug_assertions))]
pub(super) const fn sentence(text: String) -> String {
    text
}

#[cfg(debug_assertions)]
pub(crate) use on::turn_on;
#[cfg(debug_assertions)]
pub(super) use on::{sentence, text};

#[cfg(debug_assertions)]
mod on {
    use std::cell::Cell;

    thread_local! {
        static IS_ON: Cell<bool> = const { Cell::new(false) };
    }

    /// Turns the pseudo-locale on for all views rendered afterwards.
    pub(crate) fn turn_on() {
        IS_ON.set(true);
    }

    /// Returns a text of the catalogue, in the pseudo-locale if that is on.
    pub(crate) fn text(text: &'static str) -> &'static str {
        if IS_ON.get() { sentence(text.into()).leak() } else { text }
    }

    /// Returns a text with its values inserted, in the pseudo-locale if that is on.
    pub(crate) fn sentence(text: String) -> String {
        if !IS_ON.get() {
            return text;
        }
        let words: Vec<_> = text.split(' ').map(word).collect();
        format!("⟦{}⟧", words.join(" "))
    }

    /// Accents the vowels of a word and appends a third of its length. Leaves words unchanged that are already pseudo-localized,
    /// because a value can be a text of the catalogue.
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
        // Keeps punctuation at the end, so that a word is the same anywhere in a sentence.
        let stem = word.trim_end_matches(|letter: char| !letter.is_alphabetic());
        let (letters, end) = word.split_at(stem.len());
        letters.chars().map(accented).chain(std::iter::repeat_n('~', length / 3)).chain(end.chars()).collect()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn changes_texts_only_while_turned_on() {
            assert_eq!(text("Last active"), "Last active");
            turn_on();
            assert_eq!(text("Last active."), "⟦Lást~ áctívé~~.⟧");
            assert_eq!(sentence("Hi Lást~".into()), "⟦Hí Lást~⟧");
            IS_ON.set(false);
        }
    }
}
