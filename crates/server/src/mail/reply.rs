//! The words of a mail server about a mail, made safe to store and to show.

use std::fmt;

use super::sentence::{one_line, shorten};

/// The maximum length of a reply, in bytes.
const MAX_BYTES: usize = 300;
/// The length of a word from which it may be a token, or a part of one. A line break of a quoted mail cuts a token into
/// at most two parts, and the longer one is longer than this.
const MAX_WORD: usize = 20;

/// The answer of a mail server: the code and the text on one line, without control characters.
///
/// Some servers quote the mail. So anything that may be a part of its link is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply(String);

impl Reply {
    /// Returns a reply from its code and its text.
    pub(super) fn new(code: u16, text: &str) -> Self {
        let text = one_line(text);
        let is_in_token = |letter: char| letter.is_ascii_alphanumeric() || "-_=+/".contains(letter);
        let mut kept = code.to_string() + " ";
        for part in text.split_inclusive(|letter| !is_in_token(letter)) {
            let word = part.trim_end_matches(|letter| !is_in_token(letter));
            kept.push_str(if word.len() < MAX_WORD { word } else { "…" });
            kept.push_str(&part[word.len()..]);
        }
        Self(shorten(kept.trim(), MAX_BYTES))
    }

    /// Returns the text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the code and the [enhanced code](https://www.rfc-editor.org/rfc/rfc3463), for the log: the text may contain
    /// addresses and names.
    pub(super) fn codes(&self) -> &str {
        let is_code =
            |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let (code, text) = self.0.split_once(' ').unwrap_or((&self.0, ""));
        match text.split(' ').next() {
            Some(enhanced) if is_code(enhanced) => &self.0[..=code.len() + enhanced.len()],
            _ => code,
        }
    }

    /// Whether the server refuses to relay mails of this server. So it would refuse those to other recipients as well
    /// ([RFC 3463, section 3.8](https://www.rfc-editor.org/rfc/rfc3463#section-3.8)).
    pub(super) fn is_about_relaying(&self) -> bool {
        let text = self.0.to_ascii_lowercase();
        text.contains("5.7.") && text.contains("relay")
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_words_and_the_address() {
        let reply = Reply::new(550, "5.1.1 <nina.jansen@x.example>: no such user\r\nsee our help");
        assert_eq!(reply.as_str(), "550 5.1.1 <nina.jansen@x.example>: no such user see our help");
        assert_eq!(Reply::new(451, "").as_str(), "451");
        for (text, codes) in [
            ("5.1.1 <nina.jansen@x.example>: no such user", "550 5.1.1"),
            ("nina.jansen is not here", "550"),
            ("5.7.1", "550 5.7.1"),
            ("", "550"),
        ] {
            assert_eq!(Reply::new(550, text).codes(), codes);
        }
    }

    #[test]
    fn removes_links_control_characters_and_directions() {
        let token = "4kQ9vT2mXb7Rz0hLw8NcYd3sUe6Pf1Ga5JiKoV_tBxM";
        for text in [
            format!("Looks bad: https://studio.example/join#{token}"),
            format!("Looks bad: join#{}=\r\n{}", &token[..22], &token[22..]),
            format!("\u{1b}[31mLooks bad\u{202e} {token}"),
        ] {
            let reply = Reply::new(554, &text);
            assert!(reply.as_str().contains("Looks bad"), "{reply}");
            for part in [&token[..22], &token[22..]] {
                assert!(!reply.as_str().contains(part), "{reply}");
            }
            assert!(!reply.as_str().contains(['\u{1b}', '\u{202e}', '\n']), "{reply:?}");
        }
    }

    #[test]
    fn limits_the_length() {
        assert!(Reply::new(550, &"no ".repeat(1_000)).as_str().len() <= MAX_BYTES);
    }

    #[test]
    fn recognizes_a_refusal_to_relay() {
        assert!(Reply::new(554, "5.7.1 <a@x.example>: Relay access denied").is_about_relaying());
        assert!(!Reply::new(550, "5.7.1 blocked by the recipient").is_about_relaying());
    }
}
