//! Texts with passwords, such as the URL of a database, from options and files.

use std::convert::Infallible;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::{env, fs};

use crate::failure::Failure;

/// The maximum length of a file with a secret, in bytes.
const MAX_FILE_BYTES: u64 = 10_000;

/// A text with a password. Its `Debug` output omits the text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// Reads a file whose only line is the secret. `content` names the secret in errors, such as "the URL of the database".
    ///
    /// # Errors
    /// Fails if the file cannot be read, or has several lines. No message contains its content.
    pub(crate) fn read(file: &Path, content: &str) -> Result<Self, Failure> {
        let name = file.display();
        let cannot = |reason: &dyn fmt::Display| format!("cannot read {content} from {name}: {reason}");
        let length = fs::metadata(file).map_err(|error| cannot(&error))?.len();
        if length > MAX_FILE_BYTES {
            return Err(cannot(&"the file is too long").into());
        }
        let text = fs::read_to_string(file).map_err(|error| cannot(&error))?;
        let line = text.trim_start_matches('\u{feff}').trim();
        if line.lines().count() > 1 {
            return Err(cannot(&"the file has several lines").into());
        }
        Ok(Self(line.to_owned()))
    }

    /// Returns the text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether every user of the machine can read the text in the list of processes.
    pub(crate) fn is_argument(&self) -> bool {
        is_argument(&self.0, env::args_os().filter_map(|text| text.into_string().ok()))
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Returns whether an argument of the process is the text, or ends with it, as in `--database=URL`.
fn is_argument(text: &str, mut arguments: impl Iterator<Item = String>) -> bool {
    arguments.any(|argument| {
        argument.strip_suffix(text).is_some_and(|rest| rest.is_empty() || rest.ends_with('='))
    })
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn reads_files_with_a_single_line() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("url");
        let read = || Secret::read(&file, "the URL").map_err(|error| error.to_string());
        assert!(read().unwrap_err().contains("cannot read the URL from"));
        fs::write(&file, "\u{feff}smtp://a:secret@b\n").unwrap();
        assert_eq!(read().unwrap().as_str(), "smtp://a:secret@b");
        fs::write(&file, "postgres://a/b\npostgres://c/d\n").unwrap();
        assert!(read().unwrap_err().ends_with("the file has several lines"));
        fs::write(&file, "a".repeat(10_001)).unwrap();
        assert!(read().unwrap_err().ends_with("the file is too long"));
    }

    #[test]
    fn recognises_a_secret_on_the_command_line() {
        let url = "postgres://app:secret@db.example/users";
        let is_found = |arguments: &[&str]| is_argument(url, arguments.iter().map(|&text| text.to_owned()));
        assert!(is_found(&["serve", "--database", url]));
        assert!(is_found(&["serve", "--database=postgres://app:secret@db.example/users"]));
        assert!(!is_found(&["serve", "--database-file", "/run/secrets/url"]));
    }
}
