//! CSV for spreadsheets ([RFC 4180](https://www.rfc-editor.org/rfc/rfc4180)).

/// Encodes rows as CSV.
///
/// Prefixes a cell that a spreadsheet would run as a formula with an apostrophe
/// ([CSV injection](https://owasp.org/www-community/attacks/CSV_Injection)).
pub(crate) fn encode<Row, Cell>(rows: impl IntoIterator<Item = Row>) -> Result<Vec<u8>, ::csv::Error>
where
    Row: IntoIterator<Item = Cell>,
    Cell: AsRef<str>,
{
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        for cell in row {
            let cell = cell.as_ref();
            if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                writer.write_field(format!("'{cell}"))?;
            } else {
                writer.write_field(cell)?;
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode_row(cells: &[&str]) -> String {
        String::from_utf8(encode([cells]).unwrap()).unwrap()
    }

    #[test]
    fn escapes_formulas() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let row = encode_row(&[cell]);
            assert_eq!(row.trim_end_matches("\r\n").trim_matches('"'), format!("'{cell}"));
        }
        assert_eq!(encode_row(&["a=1", "3-1", " x", ""]), "a=1,3-1, x,\r\n");
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
