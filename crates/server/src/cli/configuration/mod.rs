//! The configuration: the options of the command line, their variables, and a TOML file.
//!
//! The file and the variables have the options of `serve`. Other commands use those of them that they have, too. The
//! command line wins over a variable, a variable over the file, and the file over the default.

mod effective;
mod file;
mod options;
mod reference;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches};

use super::Cli;
use file::{ConfigurationFile, Entry};
use options::{with_variables, without_variables};

pub(super) use effective::Effective;
pub(super) use reference::reference;

/// Why the configuration is invalid.
#[derive(Debug)]
pub(super) enum Invalid {
    /// The command line or a variable.
    Arguments(clap::Error),
    /// The file.
    File(String),
}

/// Reads the command line, the variables and the file.
///
/// # Errors
/// Fails for the first invalid value. No message contains the value of an option with a password.
pub(super) fn read(arguments: Vec<OsString>) -> Result<(Cli, Effective), Invalid> {
    let command = with_variables(Cli::command());
    let mut matches = command.clone().try_get_matches_from(&arguments)?;
    let mut file = None;
    if let Some(path) = leaf(&command, &matches).1.get_one::<PathBuf>("config") {
        let mut read =
            ConfigurationFile::read(path, &without_variables(Cli::command())).map_err(Invalid::File)?;
        read.entries.retain(|entry| is_unset(entry, &command, &matches));
        let extended = extend(arguments, read.entries.iter().flat_map(Entry::arguments));
        matches = command.clone().try_get_matches_from(extended)?;
        file = Some(read);
    }
    let effective = Effective::new(&command, &matches, file.as_ref());
    Ok((Cli::from_arg_matches(&matches)?, effective))
}

/// Returns the command that was selected, and its options. Options of all commands are in both.
fn leaf<'a>(command: &'a Command, matches: &'a ArgMatches) -> (&'a Command, &'a ArgMatches) {
    let selected =
        matches.subcommand().and_then(|(name, matches)| Some((command.find_subcommand(name)?, matches)));
    selected.map_or((command, matches), |(command, matches)| leaf(command, matches))
}

/// Whether an entry of the file is for an option of the selected command that neither the command line nor a variable sets.
fn is_unset(entry: &Entry, command: &Command, matches: &ArgMatches) -> bool {
    let (selected, matches) = leaf(command, matches);
    let mut options = command.get_arguments().chain(selected.get_arguments());
    let is_set = |option: &Arg| {
        let source = matches.value_source(option.get_id().as_str());
        matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable))
    };
    let excludes = |one: &Arg, other: &Arg| {
        selected.get_arg_conflicts_with(one).iter().any(|excluded| excluded.get_id() == other.get_id())
    };
    let Some(option) = options.find(|option| option.get_long() == Some(&entry.key)) else { return false };
    // Another way to set the same thing wins, such as --database-file over `database`.
    let is_excluded = |set: &Arg| is_set(set) && (excludes(option, set) || excludes(set, option));
    !is_set(option) && !selected.get_arguments().any(is_excluded)
}

/// Adds options to a command line, before the `--` after which there are no more options.
fn extend(mut arguments: Vec<OsString>, added: impl Iterator<Item = String>) -> Vec<OsString> {
    let end = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    arguments.splice(end..end, added.map(OsString::from));
    arguments
}

impl From<clap::Error> for Invalid {
    fn from(error: clap::Error) -> Self {
        Self::Arguments(error)
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arguments(error) => error.fmt(f),
            Self::File(error) => f.write_str(error),
        }
    }
}
