use std::fmt::Write;

/// Replaces the placeholders `?` and `?1` by `$1`, which PostgreSQL uses. Leaves quoted texts as they are.
///
/// As in SQLite, `?` is the number after the largest one so far
/// (<https://www.sqlite.org/lang_expr.html#parameters>).
pub(super) fn numbered(text: &str) -> String {
    let mut numbered = String::with_capacity(text.len() + 16);
    let (mut largest, mut rest, mut is_quoted) = (0_u32, text, false);
    while let Some(at) = rest.find(['?', '\'']) {
        let (before, found) = rest.split_at(at);
        numbered.push_str(before);
        let is_quote = found.starts_with('\'');
        rest = &found[1..];
        if is_quote || is_quoted {
            is_quoted ^= is_quote;
            numbered.push_str(&found[..1]);
            continue;
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest[..digits].parse().unwrap_or(largest + 1);
        rest = &rest[digits..];
        largest = largest.max(number);
        // Writing to a string cannot fail.
        let _ = write!(numbered, "${number}");
    }
    numbered.push_str(rest);
    numbered
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn numbers_placeholders_like_sqlite() {
        for (text, expected) in [
            ("SELECT 1", "SELECT 1"),
            ("a = ? AND b = ?", "a = $1 AND b = $2"),
            ("VALUES (?, ?2, ?2, 1, ?)", "VALUES ($1, $2, $2, 1, $3)"),
            ("?3, ?1, ?", "$3, $1, $4"),
            ("a = '?' AND b = ? AND c = 'it''s ?' AND ?", "a = '?' AND b = $1 AND c = 'it''s ?' AND $2"),
            ("?12", "$12"),
        ] {
            assert_eq!(numbered(text), expected);
        }
    }
}
