//! Comma-separated values for people who open them in a spreadsheet.

/// Writes rows. A cell that a spreadsheet would take for a formula is made inert by an apostrophe before it.
pub(crate) fn lines<Row, Cell>(rows: impl IntoIterator<Item = Row>) -> Result<Vec<u8>, ::csv::Error>
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

    fn line(cells: &[&str]) -> String {
        String::from_utf8(lines([cells]).unwrap()).unwrap()
    }

    #[test]
    fn what_looks_like_a_formula_is_inert() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let line = line(&[cell]);
            assert_eq!(line.trim_end_matches("\r\n").trim_matches('"'), format!("'{cell}"));
        }
        assert_eq!(line(&["a=1", "3-1", " x", ""]), "a=1,3-1, x,\r\n");
    }

    #[test]
    fn a_cell_stays_one_cell() {
        let cells = ["a,b", "say \"hi\"", "two\r\nlines", "=A1,\"B\"", "王 Ünï"];
        let written = lines([cells]).unwrap();
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&written[..]);
        let read = reader.records().next().unwrap().unwrap();
        let expected: Vec<_> = cells.iter().map(|cell| cell.replace("=A1", "'=A1")).collect();
        assert_eq!(read.iter().collect::<Vec<_>>(), expected);
    }
}
