//! The text format of `COPY` (<https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2>).

use std::io::Write;

use super::Error;
use super::rows::{Cells, describe};
use super::tables::Table;
use crate::sql::Cell;

/// Appends a row.
///
/// # Errors
/// For a text with U+0000, which PostgreSQL cannot store.
pub(super) fn push_row(out: &mut Vec<u8>, table: &Table, row: &Cells) -> Result<(), Error> {
    for (position, (cell, &(column, _))) in row.iter().zip(table.columns).enumerate() {
        if position > 0 {
            out.push(b'\t');
        }
        match cell {
            Cell::Null => out.extend_from_slice(b"\\N"),
            Cell::Bool(value) => out.push(if *value { b't' } else { b'f' }),
            Cell::Integer(value) => write(out, format_args!("{value}")),
            Cell::Bytes(bytes) => {
                out.extend_from_slice(b"\\\\x");
                for byte in bytes {
                    write(out, format_args!("{byte:02x}"));
                }
            }
            Cell::Text(text) if text.contains('\0') => {
                let row = describe(table, row);
                return Err(Error::InvalidData(format!(
                    "{row} has the character U+0000 in the column `{column}`, which PostgreSQL cannot store"
                )));
            }
            Cell::Text(text) => push_text(out, text),
        }
    }
    out.push(b'\n');
    Ok(())
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => out.push(byte),
        }
    }
}

fn write(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to memory cannot fail.
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::transfer::tables::Kind::{Bytes, Flag, Integer, Text};

    const TABLE: Table = Table {
        name: "things",
        key: 1,
        columns: &[("pk", Integer), ("text", Text), ("bytes", Bytes), ("flag", Flag)],
    };

    #[test]
    fn escapes_separators_and_backslashes() {
        let row = |text: &str| {
            let mut out = Vec::new();
            let row = vec![
                Cell::Integer(-7),
                Cell::Text(text.into()),
                Cell::Bytes(vec![0, 0x5c, 0xff]),
                Cell::Bool(true),
            ];
            push_row(&mut out, &TABLE, &row).map(|()| String::from_utf8(out).unwrap())
        };
        assert_eq!(row("a\tb\nc\rd\\N 😀'\"").unwrap(), "-7\ta\\tb\\nc\\rd\\\\N 😀'\"\t\\\\x005cff\tt\n");
        assert_eq!(row("\\.").unwrap(), "-7\t\\\\.\t\\\\x005cff\tt\n");
        assert_eq!(
            row("a\0").unwrap_err().to_string(),
            "unexpected value in the database: the row of `things` with pk = -7 has the character U+0000 in the column \
             `text`, which PostgreSQL cannot store"
        );
        let mut out = Vec::new();
        push_row(
            &mut out,
            &TABLE,
            &vec![Cell::Null, Cell::Text(String::new()), Cell::Null, Cell::Bool(false)],
        )
        .unwrap();
        assert_eq!(out, b"\\N\t\t\\N\tf\n");
    }
}
