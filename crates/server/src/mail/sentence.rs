//! Sentences with untrusted names.

use std::borrow::Cow;

use studio_users_domain::{clean_text, is_bidi_control};

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';
/// Encloses strong text.
const STRONG: char = '*';
/// The first character of a right-to-left script (Hebrew). All characters before it run from left to right or
/// are neutral.
const FIRST_RIGHT_TO_LEFT: char = '\u{590}';

/// A template with a `{}` for each name. Text between two `*` is strong in HTML. Names are escaped and
/// isolated: they cannot add markup, and their direction does not affect the text around them.
/// ([Isolates](https://www.w3.org/International/questions/qa-bidi-unicode-controls).)
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    template: Cow<'static, str>,
    names: Vec<String>,
}

impl Sentence {
    /// Returns a sentence with these names, in their order.
    pub(super) fn new(template: &'static str, names: &[&str]) -> Self {
        let names = names.iter().map(|name| one_line(name)).collect();
        Self { template: Cow::Borrowed(template), names }
    }

    /// Returns a sentence without untrusted names. It may contain trusted text, such as a date or the name of
    /// a role.
    pub(super) fn fixed(text: impl Into<Cow<'static, str>>) -> Self {
        Self { template: text.into(), names: Vec::new() }
    }

    /// Returns the sentence as a line of plain text.
    pub(super) fn plain(&self) -> String {
        self.fill(|text| text.replace(STRONG, ""), isolate)
    }

    /// Returns the sentence as HTML.
    pub(super) fn html(&self) -> String {
        let mut is_strong = false;
        let format_text = |text: &str| {
            let mut parts = text.split(STRONG).map(escape);
            let mut html = parts.next().unwrap_or_default();
            for part in parts {
                html.push_str(if is_strong { "</strong>" } else { "<strong>" });
                html.push_str(&part);
                is_strong = !is_strong;
            }
            html
        };
        self.fill(format_text, |name| format!("<bdi>{}</bdi>", escape(name)))
    }

    fn fill(
        &self,
        mut format_text: impl FnMut(&str) -> String,
        format_name: impl Fn(&str) -> String,
    ) -> String {
        let mut names = self.names.iter();
        let mut filled = String::new();
        for (index, part) in self.template.split("{}").enumerate() {
            if index > 0 {
                filled.extend(names.next().map(|name| format_name(name)));
            }
            filled.push_str(&format_text(part));
        }
        filled
    }
}

/// Returns the text with at most this number of bytes. Ends a shortened text with an ellipsis.
pub(super) fn shorten(text: &str, max_bytes: usize) -> String {
    if text.len() <= max_bytes {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(max_bytes - '…'.len_utf8());
    format!("{}…", text[..end].trim_end())
}

/// Returns the text in one line, without control characters and bidirectional controls.
pub(super) fn one_line(text: &str) -> String {
    let kept = text.chars().filter(|&letter| !is_bidi_control(letter));
    let text: String = kept.map(|letter| if is_control(letter) { ' ' } else { letter }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the lines of the text, each as in [`one_line`].
pub(super) fn lines(text: &str) -> Vec<String> {
    clean_text(text).replace("\r\n", "\n").split(['\r', '\n']).map(one_line).collect()
}

/// Escapes text for HTML, for use between tags or in a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn isolate(name: &str) -> String {
    if name.chars().all(|letter| letter < FIRST_RIGHT_TO_LEFT) {
        return name.to_owned();
    }
    format!("{FIRST_STRONG_ISOLATE}{name}{POP_ISOLATE}")
}

/// Whether it is a line separator or another control character.
fn is_control(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_names_and_ignores_placeholders_in_them() {
        let sentence = Sentence::new("{} invited you to join {}", &["<b>\"{}&'", "Velo"]);
        assert_eq!(sentence.plain(), "<b>\"{}&' invited you to join Velo");
        assert_eq!(
            sentence.html(),
            "<bdi>&lt;b&gt;&quot;{}&amp;&#39;</bdi> invited you to join <bdi>Velo</bdi>"
        );
    }

    #[test]
    fn marks_strong_text_in_html_only() {
        let sentence = Sentence::new("as *{}*, {}", &["Agent", "2 * 3 *"]);
        assert_eq!(sentence.plain(), "as Agent, 2 * 3 *");
        assert_eq!(sentence.html(), "as <strong><bdi>Agent</bdi></strong>, <bdi>2 * 3 *</bdi>");
    }

    #[test]
    fn removes_line_breaks_from_names() {
        assert_eq!(one_line(" Eve\r\nBcc: all@x.example\u{2028}\u{0} \t."), "Eve Bcc: all@x.example .");
        assert_eq!(lines("one\r\ntwo\rthree\u{2028}four\n"), ["one", "two", "three four"]);
    }

    #[test]
    fn isolates_right_to_left_names() {
        let sentence = |name| Sentence::new("{} has joined", &[name]).plain();
        assert_eq!(sentence("Zoë"), "Zoë has joined");
        assert_eq!(sentence("דנה"), "\u{2068}דנה\u{2069} has joined");
        assert_eq!(sentence("\u{202e}evil\u{2069}\u{2066}"), "evil has joined");
    }
}
