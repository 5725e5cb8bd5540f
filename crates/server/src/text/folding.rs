//! The folding of names and e-mail addresses for searching and sorting. Texts that differ only in case, accents or
//! typography have the same folded form.
//!
//! The database stores folded texts. [`folding_version`] tells when they have to be computed again.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::{email_norm, fold_case};

/// The version of the rules in this file. Increment it with each change of them.
const RULES: i64 = 1;

/// Separates the folded form from the exact text in a sort key. It sorts before any letter and blank, so that a name
/// sorts before its continuations.
const TIE_BREAK: char = '\u{1}';

/// Returns the version of the folding: of its rules, and of the Unicode tables of the standard library and of the
/// normalisation.
pub(crate) fn folding_version() -> i64 {
    let [case, normalization] = [char::UNICODE_VERSION, unicode_normalization::UNICODE_VERSION];
    let number = |(major, minor, _): (u8, u8, u8)| i64::from(major) * 100 + i64::from(minor);
    (RULES * 100_000 + number(case)) * 100_000 + number(normalization)
}

/// Folds a text.
///
/// - Compatibility forms, such as full-width letters and ligatures, become the plain letters (NFKD).
/// - Letters lose their case: `ß` becomes `ss`, final sigma becomes sigma, and dotless `ı` becomes `i`.
/// - Accents and vowel points are removed, and letters such as `ł`, `ø`, `đ` and `æ` become plain letters.
/// - Apostrophes, quotation marks and hyphens become those of ASCII. Invisible characters are removed.
/// - Blanks become one space each, and are removed at both ends.
///
/// Apart from Hangul and marks that combine with a letter, each character is folded on its own. So the folded form of
/// a substring is a substring of the folded form.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|letter| push(&mut folded, letter));
    } else {
        // NFKD turns a free-standing acute accent into a blank.
        let is_acute = |letter| matches!(letter, '´' | '\u{1ffd}');
        let letters = text.chars().map(|letter| if is_acute(letter) { '\'' } else { letter });
        letters.nfkd().for_each(|letter| push(&mut folded, letter));
        folded = folded.nfc().collect();
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Returns the sort key of a name: the folded form, followed by the name in lower case if that differs. So accents
/// order only names that are the same without them.
pub(crate) fn sort_key(name: &str) -> String {
    with_tie_break(fold(name), &fold_case(name.trim()))
}

/// Returns the sort key of an address: the folded form, followed by the form for comparison if that differs. So two
/// addresses never have the same key.
pub(crate) fn email_sort_key(email: &str) -> String {
    with_tie_break(fold(email), &email_norm(email))
}

fn with_tie_break(mut folded: String, exact: &str) -> String {
    if folded != exact {
        folded.push(TIE_BREAK);
        folded.push_str(exact);
    }
    folded
}

/// Appends the folded form of a character of an NFKD text.
fn push(folded: &mut String, letter: char) {
    if letter.is_whitespace() {
        if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    } else if letter.is_ascii() {
        folded.push(if letter == '`' { '\'' } else { letter.to_ascii_lowercase() });
    } else if !is_invisible(letter) && !is_accent(folded, letter) {
        // The upper case of letters such as `ß` and `ς` is that of other letters. Some of them, such as `ẞ`, are upper case.
        let letters = letter.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
        letters.for_each(|letter| push_plain(folded, letter));
    }
}

/// Whether a character is an accent or a vowel point. The combining class excludes marks that are letters, such as the
/// vowels of Indic scripts and of Thai, and the voiced sound marks of Japanese
/// (<https://www.unicode.org/reports/tr44/#Canonical_Combining_Class_Values>).
fn is_accent(folded: &str, mark: char) -> bool {
    // The Cyrillic short i is a letter of its own, as in the root collation of CLDR
    // (<https://www.unicode.org/reports/tr35/tr35-collation.html#Root_Collation>).
    let is_short_i = mark == '\u{306}' && folded.ends_with('и');
    // The iota subscript (class 240) is a letter in upper case.
    matches!(canonical_combining_class(mark), 1 | 10..=36 | 200..=234) && !is_short_i
}

/// Whether a character is ignored: the default ignorable code points
/// (<https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point>), and the Arabic stretching character.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{640}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Appends a letter without its stroke or hook, which Unicode does not decompose, and a typographic character as that of
/// ASCII.
fn push_plain(folded: &mut String, letter: char) {
    folded.push_str(match letter {
        'ⱥ' => "a",
        'æ' => "ae",
        'ƀ' | 'ɓ' => "b",
        'ȼ' | 'ƈ' => "c",
        'đ' | 'ð' | 'ɖ' | 'ɗ' => "d",
        'ɇ' => "e",
        'ƒ' => "f",
        'ǥ' | 'ɠ' => "g",
        'ħ' => "h",
        'ɨ' => "i",
        'ɉ' | 'ȷ' => "j",
        'ƙ' | 'ĸ' => "k",
        'ł' | 'ƚ' | 'ⱡ' => "l",
        'ŋ' | 'ɲ' | 'ƞ' => "n",
        'ø' | 'ɵ' => "o",
        'œ' => "oe",
        'ᵽ' | 'ƥ' => "p",
        'ɍ' | 'ɽ' => "r",
        'ŧ' | 'ⱦ' | 'ƭ' | 'ʈ' => "t",
        'þ' => "th",
        'ʉ' => "u",
        'ʋ' => "v",
        'ɏ' | 'ƴ' => "y",
        'ƶ' | 'ȥ' => "z",
        '‘' | '’' | '‚' | '‛' | '′' | '‵' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | 'ˈ' | '‹' | '›' | 'ꞌ'
        | '՚' | '׳' => "'",
        '“' | '”' | '„' | '‟' | '«' | '»' | '״' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '⁃' | '−' | '֊' | '־' | '⸺' | '⸻' => "-",
        _ => return folded.push(letter),
    });
}

#[cfg(test)]
mod tests;
