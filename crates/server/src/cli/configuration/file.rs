//! The TOML file. Its keys are the options without the leading `--`.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use clap::{Arg, Command};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::options::{FILE_OPTION, configurable, is_repeated, is_secret};

/// The maximum length of the file, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// The permission of all other users to read a file.
const READABLE_BY_OTHERS: u32 = 0o004;

/// A file whose values are all valid, each by itself. The entries that another source overrides are removed.
#[derive(Debug)]
pub(super) struct ConfigurationFile {
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
}

/// The value of an option.
#[derive(Debug)]
pub(super) struct Entry {
    /// The option, without the leading `--`.
    pub(super) key: String,
    /// The line of the file, from 1.
    pub(super) line: usize,
    /// The values. `None` is the value of an option without one, such as `demo = true`.
    values: Vec<Option<String>>,
}

impl ConfigurationFile {
    /// Reads the file, and checks each value as an argument of `serve`.
    ///
    /// # Errors
    /// Fails with a sentence that names the file and the line.
    pub(super) fn read(path: &Path, command: &Command) -> Result<Self, String> {
        let name = path.display();
        let cannot =
            |error: &dyn std::fmt::Display| format!("cannot read the configuration from {name}: {error}");
        let mut text = String::new();
        let file = fs::File::open(path).map_err(|error| cannot(&error))?;
        let mode = file.metadata().map_err(|error| cannot(&error))?.mode();
        file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(|error| cannot(&error))?;
        if text.len() as u64 > MAX_BYTES {
            return Err(cannot(&"the file is too long"));
        }
        let text = text.trim_start_matches('\u{feff}');
        let entries = parse(text, command, mode & READABLE_BY_OTHERS != 0)
            .map_err(|(at, error)| format!("{name}:{}: {error}", line_of(text, at)))?;
        Ok(Self { path: path.to_owned(), entries })
    }

    /// Returns the line of an option.
    pub(super) fn line(&self, key: &str) -> Option<usize> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| entry.line)
    }
}

impl Entry {
    /// Returns the entry as arguments.
    pub(super) fn arguments(&self) -> impl Iterator<Item = String> {
        let key = &self.key;
        self.values.iter().map(move |value| match value {
            Some(value) => format!("--{key}={value}"),
            None => format!("--{key}"),
        })
    }
}

/// Parses the file. An error has the place in the text at which it is.
fn parse(text: &str, command: &Command, is_readable_by_others: bool) -> Result<Vec<Entry>, (usize, String)> {
    let table = DeTable::parse(text)
        .map_err(|error| (error.span().unwrap_or_default().start, error.message().to_owned()))?;
    let mut entries = Vec::new();
    for (key, value) in table.get_ref() {
        let at = key.span().start;
        let name = key.get_ref().as_ref();
        let fail = |error: String| (at, error);
        let option = option(name, command).map_err(fail)?;
        let values = values(option, value).map_err(fail)?;
        if is_secret(option)
            && is_readable_by_others
            && values.iter().flatten().any(|text| has_password(text))
        {
            return Err(fail(format!(
                "`{name}` has a password, and every user of this machine can read the file; \
                 allow only the user of the server to read it, or use `{name}-file`"
            )));
        }
        let entry = Entry { key: name.to_owned(), line: line_of(text, at), values };
        for argument in entry.arguments() {
            check(command, argument).map_err(|error| fail(format!("`{name}`: {error}")))?;
        }
        entries.push(entry);
    }
    entries.sort_by_key(|entry| entry.line);
    Ok(entries)
}

fn option<'a>(name: &str, command: &'a Command) -> Result<&'a Arg, String> {
    let find = |name: &str| {
        configurable(command).find(|option| option.get_long() == Some(name) && name != FILE_OPTION)
    };
    find(name).ok_or_else(|| {
        let similar = name.to_lowercase().replace('_', "-");
        match find(&similar) {
            Some(_) => format!("`{name}` is not an option; it is named `{similar}`"),
            None => format!("`{name}` is not an option of `serve`"),
        }
    })
}

/// Returns the values of an option. Only an option that can be repeated has a list.
fn values(option: &Arg, value: &Spanned<DeValue<'_>>) -> Result<Vec<Option<String>>, String> {
    let name = option.get_long().unwrap_or_default();
    match value.get_ref() {
        DeValue::Array(items) if is_repeated(option) => {
            items.iter().map(|item| scalar(name, item.get_ref()).map(Some)).collect()
        }
        DeValue::Array(_) => Err(format!("`{name}` has a single value")),
        DeValue::Boolean(is_on) if option.get_num_args().is_some_and(|number| number.min_values() == 0) => {
            Ok(if *is_on { vec![None] } else { Vec::new() })
        }
        DeValue::Table(_) => Err(format!("`{name}` is a table; options are not in tables")),
        value => Ok(vec![Some(scalar(name, value)?)]),
    }
}

fn scalar(name: &str, value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.as_ref().to_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map(|number| number.to_string())
            .map_err(|_| format!("`{name}` is too large")),
        _ => Err(format!("`{name}` must be a text or a whole number")),
    }
}

/// Checks an argument of `serve` by itself. Returns the sentence of the parser.
fn check(command: &Command, argument: String) -> Result<(), String> {
    let arguments = [command.get_name().to_owned(), "serve".to_owned(), argument];
    command.clone().try_get_matches_from(arguments).map(|_| ()).map_err(|error| {
        let text = error.to_string();
        let sentence = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
        sentence.split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

/// Whether a URL contains a password. A text that is no URL of a server may be one.
fn has_password(text: &str) -> bool {
    Url::parse(text.trim()).ok().filter(Url::has_host).is_none_or(|url| {
        url.password().is_some() || url.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case("password"))
    })
}

/// Returns the line at a place of the text, from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|&&byte| byte == b'\n').count() + 1
}
