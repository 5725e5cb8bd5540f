//! The output of commands.

use std::io::Write;

/// Prints a line and flushes it, so that a program at the other end of a pipe receives it at once.
pub(crate) fn print_line(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
