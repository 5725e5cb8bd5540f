//! Finds the addresses in typed, pasted and dropped text, and in files. Each `@` of the text becomes a part of the result,
//! so that nobody is lost without an error.

/// Separators between addresses, also outside of English text.
const SEPARATORS: [char; 14] = [',', ';', '\t', '|', '，', '；', '、', '､', '｜', '؛', '،', '•', '◦', '‣'];
/// The ends of a line. A quote ends there, too.
const LINE_ENDS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
/// Brackets around an address or a remark.
const BRACKETS: [char; 12] = ['<', '>', '[', ']', '(', ')', '{', '}', '＜', '＞', '（', '）'];
/// Characters that mail programs and texts put around an address, invisible ones included.
const DECORATION: &[char] = &[
    '"', '\'', '“', '”', '„', '‟', '‘', '’', '‚', '«', '»', '‹', '›', '`', '\u{200b}', '\u{feff}', '\u{ad}',
    '\u{2060}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// A part of a line between separators.
struct Piece {
    text: String,
    /// Whether a comma ends the piece.
    ends_with_comma: bool,
}

/// Whether the text contains a separator between addresses.
pub(super) fn has_separator(text: &str) -> bool {
    text.contains(is_separator)
}

/// Splits typed text after the last separator outside of quotes. The text before it is complete. The user may still be
/// typing the rest.
pub(super) fn split_complete(typed: &str) -> Option<(&str, &str)> {
    let mut last = None;
    let mut quote_ends_at = 0;
    let mut is_piece_start = true;
    for (at, letter) in typed.char_indices() {
        if at < quote_ends_at {
            continue;
        }
        if letter == '"' && is_piece_start {
            // An open quote: the name may still be incomplete.
            let end = typed[at + 1..].find('"')?;
            quote_ends_at = at + 1 + end + 1;
        }
        is_piece_start = is_separator(letter) || is_piece_start && letter.is_whitespace();
        if is_separator(letter) {
            last = Some((at, at + letter.len_utf8()));
        }
    }
    last.map(|(end, next)| (&typed[..end], typed[next..].trim_start()))
}

/// Parses text with addresses. Keeps only the address of `Name <address>`. Text without an `@` is kept, so that the user
/// sees that it is no address, unless it is a part of a name or a cell of a table.
pub(super) fn parse_list(text: &str) -> Vec<String> {
    let lines: Vec<Vec<Piece>> = text.split(LINE_ENDS).map(pieces).collect();
    let is_table = is_table(text, &lines);
    let mut found = Vec::new();
    for line in &lines {
        for (at, piece) in line.iter().enumerate() {
            if has_at(&piece.text) {
                find_addresses(&piece.text, &mut found);
            } else if !is_table && !is_part_of_name(&line[at..]) {
                let word = strip_decoration(without_bullet(piece.text.trim()));
                if word.chars().any(char::is_alphanumeric) {
                    found.push(word.to_owned());
                }
            }
        }
    }
    found
}

/// Parses the text of a file. It is a table or a text, so it has headings and other text without an `@`.
pub(super) fn parse_file(text: &str) -> Vec<String> {
    let mut found = parse_list(text);
    found.retain(|address| has_at(address));
    found
}

/// Whether the text contains an `@`, or a character that looks like it. The latter is an error of the address.
fn has_at(text: &str) -> bool {
    text.contains(['@', '＠', '﹫'])
}

fn is_separator(letter: char) -> bool {
    SEPARATORS.contains(&letter) || LINE_ENDS.contains(&letter)
}

/// Splits a line at the separators outside of double quotes. A quote that does not end in the line is an ordinary
/// character.
fn pieces(line: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        if letter == '"'
            && text
                .trim_matches(|letter: char| letter.is_whitespace() || DECORATION.contains(&letter))
                .is_empty()
            && let Some((quoted, end)) = quoted(after)
        {
            text.push_str(&quoted);
            rest = end;
            continue;
        }
        if SEPARATORS.contains(&letter) {
            let text = std::mem::take(&mut text);
            pieces.push(Piece { text, ends_with_comma: matches!(letter, ',' | '，' | '،') });
        } else {
            text.push(letter);
        }
        rest = after;
    }
    pieces.push(Piece { text, ends_with_comma: false });
    pieces
}

/// Returns the quoted text, and the rest of the line after the closing quote. Two quotes are one in the text
/// ([RFC 4180](https://www.rfc-editor.org/rfc/rfc4180#section-2)).
fn quoted(after: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut rest = after;
    loop {
        let (before, end) = rest.split_once('"')?;
        text.push_str(before);
        match end.strip_prefix('"') {
            Some(more) => {
                text.push('"');
                rest = more;
            }
            None => return Some((text, end)),
        }
    }
}

/// Whether the text is a table, as copied from a spreadsheet or from a CSV file: it has tabs, or its lines have the same
/// number of several cells.
fn is_table(text: &str, lines: &[Vec<Piece>]) -> bool {
    let filled = || lines.iter().filter(|line| line.iter().any(|piece| !piece.text.trim().is_empty()));
    let cells = filled().next().map_or(0, Vec::len);
    text.contains('\t') || cells > 1 && filled().count() > 1 && filled().all(|line| line.len() == cells)
}

/// Whether the first piece belongs to a name: in `Meijer, Anouk <anouk@…>`, the text before the comma does.
fn is_part_of_name(rest: &[Piece]) -> bool {
    let next = rest.iter().position(|piece| has_at(&piece.text));
    next.is_some_and(|next| {
        rest[..next].iter().all(|piece| piece.ends_with_comma) && rest[next].text.contains(['<', '＜'])
    })
}

/// Finds the addresses in a piece that contains an `@`.
fn find_addresses(piece: &str, found: &mut Vec<String>) {
    // A quoted piece may contain several addresses.
    let segments = piece.split(|letter| BRACKETS.contains(&letter) || is_separator(letter));
    for segment in segments.filter(|segment| has_at(segment)) {
        let segment = without_bullet(strip_decoration(segment));
        let words = || segment.split_whitespace();
        if words().all(has_at) {
            words().for_each(|word| push_address(word, found));
        } else if let Some((label, address)) = segment.rsplit_once(char::is_whitespace)
            && label.trim_end().ends_with([':', '：'])
            && !has_at(label)
        {
            // "E-mail: anouk@…"
            push_address(address, found);
        } else {
            // A part of it may be the address of someone else, so the user decides.
            found.push(segment.to_owned());
        }
    }
}

/// Adds an address without its decoration, or the addresses of a [`mailto:`](https://www.rfc-editor.org/rfc/rfc6068) link.
fn push_address(word: &str, found: &mut Vec<String>) {
    let word = strip_decoration(word);
    let scheme = word.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    if scheme.is_none() {
        return found.push(word.to_owned());
    }
    let link = word[7..].replace("%40", "@");
    for part in link.split(['?', '&', '=']).filter(|part| has_at(part)) {
        found.push(strip_decoration(part).to_owned());
    }
}

/// Strips characters around an address that do not belong to it, such as quotes and the dot at the end of a sentence.
fn strip_decoration(text: &str) -> &str {
    let is_outer =
        |letter: char| letter.is_whitespace() || letter.is_control() || DECORATION.contains(&letter);
    let is_end = |letter: char| {
        is_outer(letter) || matches!(letter, '.' | ':' | '!' | '?' | '。' | '：' | '！' | '？')
    };
    text.trim_start_matches(is_outer).trim_end_matches(is_end)
}

/// Strips the bullet or the number of a list item.
fn without_bullet(text: &str) -> &str {
    let Some((first, rest)) = text.split_once(char::is_whitespace) else { return text };
    let is_bullet = !first.is_empty() && first.chars().all(|letter| "-*+–—−#●○■□▪▫►▶→✓✔".contains(letter));
    let number = first.trim_end_matches(['.', ')', ':']);
    let is_number =
        number.len() < first.len() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_bullet || is_number { rest.trim_start() } else { text }
}

// These tests run natively, because the page's tests in the browser have no proptest.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn splits_at_separators_line_breaks_and_spaces() {
        let four = ["a@x.example", "b@x.example", "c@x.example", "d@x.example"];
        for text in [
            "a@x.example, b@x.example;c@x.example\r\n\n d@x.example ,",
            "a@x.example b@x.example  c@x.example d@x.example",
            "a@x.example，b@x.example；c@x.example、d@x.example",
            "a@x.example | b@x.example|c@x.example｜d@x.example",
            "• a@x.example\n• b@x.example\n- c@x.example\n* d@x.example",
            "1. a@x.example\n2) b@x.example\n(3) c@x.example\n– d@x.example",
            "<a@x.example> <b@x.example><c@x.example>,<d@x.example>",
            "a@x.example [mailto:b@x.example] MAILTO:c@x.example <mailto:d@x.example>",
            "mailto:a@x.example?cc=b@x.example&bcc=c%40x.example\u{2028}d@x.example",
            "\"a@x.example, b@x.example\"; 'c@x.example' “d@x.example”",
            "a@x.example. (b@x.example) {c@x.example}\td@x.example",
            "\u{feff}a@x.example\u{200b};\u{202a}b@x.example\u{202c}; c@x.example:; d@x.example!",
            "E-mail: a@x.example\nE-mail: b@x.example; c@x.example; d@x.example",
        ] {
            assert_eq!(parse_list(text), four, "{text:?}");
        }
        assert_eq!(parse_list(" ;,\n | •  - \" "), [""; 0]);
    }

    #[test]
    fn keeps_only_the_address_of_a_name_with_address() {
        for (text, expected) in [
            ("Ann <ann@x.example> Bob <bob@x.example>", &["ann@x.example", "bob@x.example"][..]),
            (
                "Anouk Meijer <anouk@x.example>, \"Postma, Rik\" <rik@x.example>",
                &["anouk@x.example", "rik@x.example"],
            ),
            (
                "Holm, Freja <freja@x.example>; Jansen, Bo, MSc <bo@x.example>",
                &["freja@x.example", "bo@x.example"],
            ),
            ("Ann (work) <ann@x.example>", &["ann@x.example"]),
            ("ann@x.example <ann@x.example>", &["ann@x.example", "ann@x.example"]),
            ("<mailto@x.example>; mailto:lars@x.example.", &["mailto@x.example", "lars@x.example"]),
            ("Ann ＜ann@x.example＞", &["ann@x.example"]),
        ] {
            assert_eq!(parse_list(text), expected, "{text}");
        }
    }

    #[test]
    fn a_quote_ends_with_its_line() {
        let text = "\"Ann <ann@x.example>\nbob@x.example\nsay \"carl@x.example\n\"Dirk\" <dirk@x.example>";
        assert_eq!(
            parse_list(text),
            ["ann@x.example", "bob@x.example", "say \"carl@x.example", "dirk@x.example"]
        );
    }

    #[test]
    fn keeps_invalid_addresses_for_error_messages() {
        assert_eq!(parse_list("Anouk, lotte@velobikes"), ["Anouk", "lotte@velobikes"]);
        assert_eq!(parse_list("say \"hi@x.example"), ["say \"hi@x.example"]);
        assert_eq!(parse_list("lot te@x.example, @, a@b@c"), ["lot te@x.example", "@", "a@b@c"]);
        assert_eq!(parse_list("zoe＠x.example"), ["zoe＠x.example"]);
    }

    #[test]
    fn keeps_only_addresses_of_a_table() {
        let csv = "\u{feff}Name;E-mail;Team\r\n\"Meijer; Anouk\";anouk@x.example;3\r\nRik;\"Rik <rik@x.example>\";4\r\n";
        for parse in [parse_list, parse_file] {
            assert_eq!(parse(csv), ["anouk@x.example", "rik@x.example"]);
            assert_eq!(
                parse("Anouk\tanouk@x.example\nRik\trik@x.example"),
                ["anouk@x.example", "rik@x.example"]
            );
        }
        assert_eq!(parse_file("Team\nanouk@x.example\n\nOthers: none"), ["anouk@x.example"]);
    }

    #[test]
    fn typed_text_is_complete_up_to_the_last_separator() {
        assert_eq!(split_complete("a@x.example"), None);
        assert_eq!(split_complete("a@x.example, b"), Some(("a@x.example", "b")));
        assert_eq!(split_complete("a@x.example；b"), Some(("a@x.example", "b")));
        assert_eq!(split_complete("\"Postma, R"), None);
        assert_eq!(
            split_complete("\"Postma, Rik\" <rik@x.example>;"),
            Some(("\"Postma, Rik\" <rik@x.example>", ""))
        );
    }

    proptest! {
        #[test]
        fn no_at_sign_is_lost(text in "([ab@\"'<>,;|.:=?&(){} \\n\\t\\[\\]]|mailto:|ann@x\\.example|，|•|- |1\\. |\\PC){0,40}") {
            let count = |text: &str| text.matches('@').count();
            for found in [parse_list(&text), parse_file(&text)] {
                let total: usize = found.iter().map(|address| count(address)).sum();
                prop_assert_eq!(total, count(&text), "{:?}", found);
            }
        }
    }
}
