//! The configuration that counts, with the source of each value.

use std::fmt;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::file::ConfigurationFile;
use super::leaf;
use super::options::{FILE_OPTION, configurable, is_repeated, is_secret, unknown_variables, variable};

/// The options of the selected command, as a TOML file with comments.
#[derive(Debug)]
pub(crate) struct Effective {
    file: Option<PathBuf>,
    settings: Vec<Setting>,
    /// Variables that belong to no option.
    pub(crate) unknown_variables: Vec<String>,
}

#[derive(Debug)]
struct Setting {
    key: String,
    /// Empty for a secret.
    values: Vec<String>,
    source: Source,
    is_secret: bool,
    is_list: bool,
}

/// Where a value comes from.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    Unset,
    Default,
    Argument,
    Variable(String),
    /// The line of the file.
    File(usize),
}

impl Effective {
    pub(super) fn new(command: &Command, matches: &ArgMatches, file: Option<&ConfigurationFile>) -> Self {
        let (selected, matches) = leaf(command, matches);
        let is_selected = |option: &&Arg| {
            let has =
                |command: &Command| command.get_arguments().any(|other| other.get_id() == option.get_id());
            option.get_long() != Some(FILE_OPTION) && (has(selected) || has(command))
        };
        let variables = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        Self {
            file: file.map(|file| file.path.clone()),
            settings: configurable(command)
                .filter(is_selected)
                .filter_map(|option| Setting::new(option, matches, file))
                .collect(),
            unknown_variables: unknown_variables(command, variables).collect(),
        }
    }
}

impl Setting {
    fn new(option: &Arg, matches: &ArgMatches, file: Option<&ConfigurationFile>) -> Option<Self> {
        let key = option.get_long()?.to_owned();
        let id = option.get_id().as_str();
        let values = matches.get_raw(id).into_iter().flatten();
        let source = match matches.value_source(id) {
            Some(ValueSource::DefaultValue) => Source::Default,
            Some(ValueSource::EnvVariable) => Source::Variable(variable(option)?),
            Some(_) => file.and_then(|file| file.line(&key)).map_or(Source::Argument, Source::File),
            None => Source::Unset,
        };
        let values: Vec<_> = values.map(|value| value.to_string_lossy().into_owned()).collect();
        Some(Self {
            values: if is_secret(option) { Vec::new() } else { values },
            source,
            is_secret: is_secret(option),
            is_list: is_repeated(option),
            key,
        })
    }
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => writeln!(f, "# The configuration, with the file {}", file.display())?,
            None => writeln!(f, "# The configuration, without a file")?,
        }
        for setting in &self.settings {
            writeln!(f, "{setting}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.key;
        match (&self.source, &*self.values) {
            (Source::Unset, _) => return write!(f, "# {key} is not set"),
            _ if self.is_secret => write!(f, "# {key} = (not shown)")?,
            (_, values) if self.is_list => {
                let values: Vec<_> = values.iter().map(|value| toml_value(value)).collect();
                write!(f, "{key} = [{}]", values.join(", "))?;
            }
            (_, [value, ..]) => write!(f, "{key} = {}", toml_value(value))?,
            (_, []) => write!(f, "{key} = true")?,
        }
        write!(f, "  # {}", self.source)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset => f.write_str("not set"),
            Self::Default => f.write_str("default"),
            Self::Argument => f.write_str("command line"),
            Self::Variable(name) => f.write_str(name),
            Self::File(line) => write!(f, "file, line {line}"),
        }
    }
}

/// Writes a value in TOML: a number, or a text, whose escapes are those of JSON.
fn toml_value(value: &str) -> String {
    if value.parse::<u32>().is_ok_and(|number| number.to_string() == value) {
        return value.to_owned();
    }
    serde_json::Value::from(value).to_string()
}
