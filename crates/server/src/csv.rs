//! CSV for spreadsheets ([RFC 4180](https://www.rfc-editor.org/rfc/rfc4180)).

use std::borrow::Cow;

use studio_users_domain::is_invisible;

/// The start of a file by which spreadsheets recognise [UTF-8](https://www.unicode.org/faq/utf_bom.html#bom5). The first
/// chunk of a download begins with it.
pub(crate) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Encodes rows as CSV.
///
/// Prefixes text that a spreadsheet would run as a formula with an apostrophe
/// ([CSV injection](https://owasp.org/www-community/attacks/CSV_Injection)).
pub(crate) fn encode<Row, Cell>(rows: impl IntoIterator<Item = Row>) -> Result<Vec<u8>, ::csv::Error>
where
    Row: IntoIterator<Item = Cell>,
    Cell: AsRef<str>,
{
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        for cell in row {
            writer.write_field(&*inert(cell.as_ref()))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// Returns the cell without formulas.
///
/// Where the decimal separator is a comma, spreadsheets separate the cells of a file by `;`, and some people by tabs.
/// The quotes of RFC 4180 are then in the middle of a cell, so a line break in a cell starts another row. So each part
/// between these characters is treated like a cell.
fn inert(cell: &str) -> Cow<'_, str> {
    let is_separator = |letter: char| matches!(letter, ';' | '\t' | '\r' | '\n');
    if !is_formula(cell) && !cell.split(is_separator).any(is_formula) {
        return Cow::Borrowed(cell);
    }
    let mut text = String::with_capacity(cell.len() + 1);
    for (index, part) in cell.split_inclusive(is_separator).enumerate() {
        // A cell may begin with a line break.
        if is_formula(part) || index == 0 && is_formula(cell) {
            text.push('\'');
        }
        text.push_str(part);
    }
    Cow::Owned(text)
}

/// Whether a spreadsheet may run the text as a formula. Ignores white space, invisible characters and quotes before it.
/// Some spreadsheets treat full-width signs like those of ASCII.
fn is_formula(text: &str) -> bool {
    const SIGNS: [char; 13] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−'];
    let is_ignored =
        |letter: char| letter == '"' || letter.is_whitespace() || letter.is_control() || is_invisible(letter);
    text.starts_with(['\t', '\r']) || text.trim_start_matches(is_ignored).starts_with(SIGNS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(encoded: &[u8]) -> Vec<Vec<String>> {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(encoded);
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    fn encode_row(cells: &[&str]) -> String {
        String::from_utf8(encode([cells]).unwrap()).unwrap()
    }

    #[test]
    fn escapes_formulas() {
        for cell in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "\u{a0}=1",
            "\u{200b}=1",
            "\u{feff}@x",
            "\u{202e}=1",
            "\n=1",
            "\u{0}=1",
            "＝1+1",
            "＋1",
            "－1",
            "＠SUM(A1)",
            "﹦1",
            "−1",
            "\"=1",
        ] {
            let read = read(&encode([[cell]]).unwrap());
            assert_eq!(read[0][0].chars().next(), Some('\''), "{cell:?}: {read:?}");
        }
        assert_eq!(
            encode_row(&["a=1", "3-1", " x", "a;b", "a; b-c", "'=1", ""]),
            "a=1,3-1, x,a;b,a; b-c,'=1,\r\n"
        );
    }

    #[test]
    fn escapes_formulas_for_locales_that_separate_by_semicolons() {
        for (cell, expected) in [
            ("Jan;=1+1", "Jan;'=1+1"),
            ("Jan; \u{200b}＝1+1;x;-2", "Jan;' \u{200b}＝1+1;x;'-2"),
            ("Jan\t=1", "Jan\t'=1"),
            ("Jan\r\n@x", "Jan\r\n'@x"),
            ("Jan;\"=1", "Jan;'\"=1"),
            ("=1;=2", "'=1;'=2"),
            (";=2", ";'=2"),
        ] {
            assert_eq!(inert(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn quotes_separators_quotes_and_line_breaks() {
        let cells = ["a,b", "say \"hi\"", "two\r\nlines", "=A1,\"B\"", "王 Ünï"];
        let encoded = encode([cells]).unwrap();
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&encoded[..]);
        let read = reader.records().next().unwrap().unwrap();
        let expected: Vec<_> = cells.iter().map(|cell| cell.replace("=A1", "'=A1")).collect();
        assert_eq!(read.iter().collect::<Vec<_>>(), expected);
    }
}
