//! Text that people type: names, reasons and messages.

use thiserror::Error;

/// The maximum length of the name of a user or a node, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// The reason why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameError {
    /// The text has no visible character.
    #[error("must not be empty")]
    Empty,
    /// The text is longer than [`MAX_NAME_CHARS`].
    #[error("at most {MAX_NAME_CHARS} characters")]
    TooLong,
    /// The text has a line break or another control character.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// Returns the text without white space and invisible characters around it, and without bidirectional controls. So a
/// text without a visible character becomes empty.
///
/// Keeps invisible characters within the text: a zero-width joiner belongs to Persian words and to emoji.
pub fn clean_text(text: &str) -> String {
    let text = text.replace(is_bidi_control, "");
    // Control characters stay, so that a name with them is refused.
    let is_outer = |letter: char| letter.is_whitespace() || is_invisible(letter);
    // Variation selectors and joiners may belong to the last visible character.
    let text = text.trim_start_matches(is_outer);
    let text = text.trim_end_matches(|letter: char| is_outer(letter) && !is_attached(letter));
    if has_visible(text) { text.to_owned() } else { String::new() }
}

/// Whether the text has a character that a reader can see.
pub fn has_visible(text: &str) -> bool {
    !text.chars().all(is_blank)
}

/// Returns a name as [`clean_text`] does.
///
/// # Errors
/// [`NameError`] for a name that is empty, too long, or more than one line.
pub fn clean_name(text: &str) -> Result<String, NameError> {
    let name = clean_text(text);
    let is_control = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    match () {
        () if name.is_empty() => Err(NameError::Empty),
        () if name.chars().count() > MAX_NAME_CHARS => Err(NameError::TooLong),
        () if name.contains(is_control) => Err(NameError::ControlCharacter),
        () => Ok(name),
    }
}

/// Whether it is a bidirectional embedding, override or isolate, which affects the text after it.
/// <https://www.w3.org/International/questions/qa-bidi-unicode-controls>
pub fn is_bidi_control(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether nothing is displayed for the character, and it is no white space: a [default
/// ignorable](https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point) or a filler.
pub fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}' | '\u{16fe4}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || is_invisible(letter)
}

/// Whether an invisible character can belong to the visible one before it.
fn is_attached(letter: char) -> bool {
    matches!(
        letter,
        '\u{34f}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0020}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_a_visible_character_is_empty() {
        for text in [
            "",
            " \t\r\n",
            "\u{200b}",
            "\u{2800}",
            "\u{3164}",
            "\u{ad}",
            "\u{feff}",
            "\u{202e}",
            "\u{2066}\u{2069}",
            "\u{200e}\u{200f}\u{61c}",
            "\u{a0}\u{3000}\u{200d}",
            "\u{115f}\u{1160}\u{ffa0}",
            "\u{fe0f}",
            "\u{e0001}",
            "\u{0}",
            "\u{2060}\u{180e} \u{85}",
        ] {
            assert_eq!(clean_text(text), "", "{text:?}");
            assert!(!has_visible(text), "{text:?}");
            assert_eq!(clean_name(text), Err(NameError::Empty), "{text:?}");
        }
    }

    #[test]
    fn removes_invisible_characters_around_the_text_only() {
        assert_eq!(clean_text("\u{feff}\u{2800} Zoë \u{200b}"), "Zoë");
        assert_eq!(clean_text("می\u{200c}خواهم"), "می\u{200c}خواهم");
        for emoji in ["❤\u{fe0f}", "👩\u{200d}💻", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"]
        {
            assert_eq!(clean_text(emoji), emoji);
        }
        assert_eq!(clean_text("\u{202e}evil\u{2069}\u{2066} x"), "evil x");
        assert_eq!(clean_text("two\r\nlines\n"), "two\r\nlines");
    }

    #[test]
    fn a_name_is_one_line_of_limited_length() {
        assert_eq!(clean_name(" Anouk "), Ok("Anouk".into()));
        assert_eq!(clean_name(&"é".repeat(MAX_NAME_CHARS)), Ok("é".repeat(MAX_NAME_CHARS)));
        assert_eq!(clean_name(&"é".repeat(MAX_NAME_CHARS + 1)), Err(NameError::TooLong));
        for name in ["a\nb", "a\u{7}b", "a\u{2028}b", "a\tb", "a\u{7}"] {
            assert_eq!(clean_name(name), Err(NameError::ControlCharacter), "{name:?}");
        }
    }
}
