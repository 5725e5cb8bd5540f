//! The log of the process: text lines of a limited length on the standard error output.

use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;

/// The maximum length of an entry, in bytes. Entries contain SQL statements and texts from requests.
const MAX_ENTRY_BYTES: usize = 4_096;

/// Writes each entry to the standard error output, shortened to [`MAX_ENTRY_BYTES`].
#[derive(Debug, Clone, Copy)]
pub(super) struct BoundedStderr;

/// Shortens each entry. The formatter writes an entry by a single call.
struct Bounded<W>(W);

impl MakeWriter<'_> for BoundedStderr {
    type Writer = Box<dyn Write>;

    fn make_writer(&self) -> Self::Writer {
        Box::new(Bounded(io::stderr()))
    }
}

impl<W: Write> Write for Bounded<W> {
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        if entry.len() <= MAX_ENTRY_BYTES {
            self.0.write_all(entry)?;
        } else {
            let start = String::from_utf8_lossy(&entry[..MAX_ENTRY_BYTES]).into_owned();
            let start = start.trim_end_matches(char::REPLACEMENT_CHARACTER);
            writeln!(self.0, "{start}… ({} bytes left out)", entry.len() - start.len())?;
        }
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens_long_entries() {
        let mut written = Vec::new();
        let long = "é".repeat(MAX_ENTRY_BYTES);
        for entry in ["short\n", &long, "next\n"] {
            assert_eq!(Bounded(&mut written).write(entry.as_bytes()).unwrap(), entry.len());
        }
        let text = String::from_utf8(written).unwrap();
        assert!(
            text.starts_with("short\néé") && text.ends_with("é… (4096 bytes left out)\nnext\n"),
            "{text}"
        );
        assert!(text.len() < MAX_ENTRY_BYTES + 100);
    }
}
