//! The pseudo-locale: English in accented letters and longer words. A test that runs the page in it finds text that does not
//! come from the catalogue, and text that does not fit:
//! <https://www.w3.org/International/articles/article-text-size>
//!
//! Only pages with debug assertions have it (the profile `page`), so it adds nothing to the small page. The preference
//! `studio-users.pseudo` in the browser's local storage turns it on.

/// A text of the catalogue.
#[cfg(not(debug_assertions))]
pub(super) const fn text(text: &'static str) -> &'static str {
    text
}

/// A text of the catalogue with its values.
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

    /// Turns the pseudo-locale on for everything that is rendered from now on.
    pub(crate) fn turn_on() {
        IS_ON.set(true);
    }

    /// A text of the catalogue, in the pseudo-locale where that is on.
    pub(crate) fn text(text: &'static str) -> &'static str {
        if IS_ON.get() { sentence(text.into()).leak() } else { text }
    }

    /// A text of the catalogue with its values, in the pseudo-locale where that is on.
    pub(crate) fn sentence(text: String) -> String {
        if !IS_ON.get() {
            return text;
        }
        let words: Vec<_> = text.split(' ').map(word).collect();
        format!("⟦{}⟧", words.join(" "))
    }

    /// A word, a third longer. A value within a sentence may be lengthened already: it stays as it is.
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
        // Punctuation stays at the end, so that a word is the same wherever it stands.
        let stem = word.trim_end_matches(|letter: char| !letter.is_alphabetic());
        let (letters, end) = word.split_at(stem.len());
        letters.chars().map(accented).chain(std::iter::repeat_n('~', length / 3)).chain(end.chars()).collect()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn texts_change_only_where_the_pseudo_locale_is_on() {
            assert_eq!(text("Last active"), "Last active");
            turn_on();
            assert_eq!(text("Last active."), "⟦Lást~ áctívé~~.⟧");
            assert_eq!(sentence("Hi Lást~".into()), "⟦Hí Lást~⟧");
            IS_ON.set(false);
        }
    }
}
