//! SHA-256 of files, by a program of the system.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// Returns the command that prints a file's SHA-256: `sha256sum` on Linux, `shasum` on macOS.
pub(crate) fn command() -> Command {
    if process::folder_on_path("sha256sum").is_some() {
        return process::command("sha256sum");
    }
    let mut shasum = process::command("shasum");
    shasum.args(["--algorithm", "256"]);
    shasum
}

/// Returns the SHA-256 of a file, in hexadecimal digits.
pub(crate) fn sha256(file: &Path) -> Result<String> {
    let line = process::read_stdout(command().arg(file))?;
    let digits = line.split_whitespace().next().context("the checksum is missing")?;
    Ok(digits.to_owned())
}
