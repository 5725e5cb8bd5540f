//! Sentences in which names stand that somebody else has typed.

use std::borrow::Cow;

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';
/// Begins and ends what is strong.
const STRONG: char = '*';
/// Where the scripts begin that may be written from right to left: everything before runs as our own text does.
const FIRST_RIGHT_TO_LEFT: char = '\u{590}';

/// A sentence of ours, with a `{}` for each name; what stands between two `*` is strong where there is HTML. Names are
/// text, whatever they hold, and their direction does not reach what stands around them.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    template: Cow<'static, str>,
    names: Vec<String>,
}

impl Sentence {
    /// A sentence with these names in it, in their order.
    pub(super) fn new(template: &'static str, names: &[&str]) -> Self {
        let names = names.iter().map(|name| one_line(name)).collect();
        Self { template: Cow::Borrowed(template), names }
    }

    /// A sentence without names. What it holds is our own, such as a date or what a role is called.
    pub(super) fn own(text: impl Into<Cow<'static, str>>) -> Self {
        // A name that stands for the whole of it is never looked into for other names.
        Self { template: text.into(), names: Vec::new() }
    }

    /// As it stands in a line of text.
    pub(super) fn plain(&self) -> String {
        self.fill(|text| text.replace(STRONG, ""), isolate)
    }

    /// As it stands in HTML.
    pub(super) fn html(&self) -> String {
        let mut is_strong = false;
        let own = |text: &str| {
            let mut parts = text.split(STRONG).map(escape);
            let mut html = parts.next().unwrap_or_default();
            for part in parts {
                html.push_str(if is_strong { "</strong>" } else { "<strong>" });
                html.push_str(&part);
                is_strong = !is_strong;
            }
            html
        };
        self.fill(own, |name| format!("<bdi>{}</bdi>", escape(name)))
    }

    fn fill(&self, mut own: impl FnMut(&str) -> String, name: impl Fn(&str) -> String) -> String {
        let mut names = self.names.iter();
        let mut filled = String::new();
        for (index, part) in self.template.split("{}").enumerate() {
            if index > 0 {
                filled.extend(names.next().map(|text| name(text)));
            }
            filled.push_str(&own(part));
        }
        filled
    }
}

/// The text in one line, without what could break out of it or turn it around.
pub(super) fn one_line(text: &str) -> String {
    let kept = text.chars().filter(|&letter| !turns(letter));
    let text: String = kept.map(|letter| if breaks(letter) { ' ' } else { letter }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text with its lines, and nothing else that could break out or turn it around.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.trim().replace("\r\n", "\n").split(['\r', '\n']).map(one_line).collect()
}

/// The text as it stands in HTML, between tags or in a quoted attribute.
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

/// Whether it ends a line, or is no letter at all.
fn breaks(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

/// Whether it sets a direction beyond the next letter.
fn turns(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_text_and_never_a_template() {
        let sentence = Sentence::new("{} invites you to {}", &["<b>\"{}&'", "Velo"]);
        assert_eq!(sentence.plain(), "<b>\"{}&' invites you to Velo");
        assert_eq!(sentence.html(), "<bdi>&lt;b&gt;&quot;{}&amp;&#39;</bdi> invites you to <bdi>Velo</bdi>");
    }

    #[test]
    fn what_is_strong_is_so_in_html_only_and_a_name_never_makes_it() {
        let sentence = Sentence::new("as *{}*, {}", &["Agent", "2 * 3 *"]);
        assert_eq!(sentence.plain(), "as Agent, 2 * 3 *");
        assert_eq!(sentence.html(), "as <strong><bdi>Agent</bdi></strong>, <bdi>2 * 3 *</bdi>");
    }

    #[test]
    fn a_name_stays_in_its_line() {
        assert_eq!(one_line(" Eve\r\nBcc: all@x.example\u{2028}\u{0} \t."), "Eve Bcc: all@x.example .");
        assert_eq!(lines("one\r\ntwo\rthree\u{2028}four\n"), ["one", "two", "three four"]);
    }

    #[test]
    fn the_direction_of_a_name_does_not_reach_what_stands_around_it() {
        let sentence = |name| Sentence::new("{} has joined", &[name]).plain();
        assert_eq!(sentence("Zoë"), "Zoë has joined");
        assert_eq!(sentence("דנה"), "\u{2068}דנה\u{2069} has joined");
        assert_eq!(sentence("\u{202e}evil\u{2069}\u{2066}"), "evil has joined");
    }
}
