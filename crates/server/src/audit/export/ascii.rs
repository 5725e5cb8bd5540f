//! JSON in ASCII. Syslog demands a byte-order mark before other text
//! ([RFC 5424](https://www.rfc-editor.org/rfc/rfc5424#section-6.4)), which most JSON parsers refuse.

use std::fmt::Write;

/// Escapes all characters outside of ASCII. In JSON they occur only in strings.
pub(super) fn to_ascii(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string never fails.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_is_not_ascii_and_keeps_the_meaning() {
        let value = serde_json::json!({ "naïve": "Zoë \"😀\" \u{2028}", "n": [1, null] });
        let ascii = to_ascii(&value.to_string());
        assert!(ascii.is_ascii() && ascii.contains(r"\ud83d\ude00"), "{ascii}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&ascii).unwrap(), value);
    }
}
