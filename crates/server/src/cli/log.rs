//! The log of the process: entries of a limited length on the standard error output.

use std::io::{self, Write};
use std::panic;

use clap::{Args, ValueEnum};
use serde_json::Value;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::request_id::RequestId;

/// The maximum length of an entry, in bytes. Entries contain SQL statements.
const MAX_ENTRY_BYTES: usize = 4_096;
/// The maximum length of a text in an entry that is too long, in bytes.
const MAX_TEXT_BYTES: usize = 1_024;

/// The options of the log.
#[derive(Debug, Args)]
pub(super) struct LogOptions {
    /// Level of the log: `error`, `warn`, `info`, `debug`, `trace` or `off`. Or levels by module, such as
    /// `info,access=off,sqlx=debug`. `access` is the access log.
    #[arg(long, value_name = "LEVELS", global = true, default_value = "info", value_parser = levels)]
    log: String,
    /// Format of the log. `json` writes an object on each line.
    #[arg(long, value_name = "FORMAT", global = true, default_value = "text")]
    log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

impl LogOptions {
    /// Starts the log of the process.
    pub(super) fn start(&self) {
        let filter = EnvFilter::builder().parse_lossy(&self.log);
        let log = tracing_subscriber::fmt().with_env_filter(filter);
        match self.log_format {
            LogFormat::Text => log.with_writer(BoundedStderr(shorten_text)).init(),
            LogFormat::Json => log
                .json()
                .flatten_event(true)
                .with_span_list(false)
                .with_writer(BoundedStderr(shorten_json))
                .init(),
        }
        panic::set_hook(Box::new(log_panic));
    }
}

/// Checks the levels. The filter takes a word that is no level for a module, and would log nothing else.
fn levels(text: &str) -> Result<String, String> {
    let is_level = |level: &str| !level.is_empty() && level.parse::<LevelFilter>().is_ok();
    let is_valid = |letter: char| letter.is_ascii_alphanumeric() || "_-:=,".contains(letter);
    let has_levels =
        text.split(',').all(|part| is_level(part.rsplit_once('=').map_or(part, |(_, level)| level).trim()));
    if text.chars().all(is_valid) && has_levels && EnvFilter::builder().parse(text).is_ok() {
        Ok(text.to_owned())
    } else {
        Err("expected a level, or levels by module such as info,access=off".into())
    }
}

/// Logs the place of a panic. The message may contain values from requests, so it is left out.
fn log_panic(panic: &panic::PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let request = RequestId::current();
    let request = request.as_ref().map(RequestId::as_str);
    tracing::error!(place, request, "the program has a bug: a task panicked");
}

/// Writes each entry to the standard error output, shortened to [`MAX_ENTRY_BYTES`] by a function.
#[derive(Debug, Clone, Copy)]
struct BoundedStderr(fn(&[u8]) -> Vec<u8>);

/// Shortens each entry. The formatter writes an entry by a single call.
struct Bounded<W>(W, fn(&[u8]) -> Vec<u8>);

impl MakeWriter<'_> for BoundedStderr {
    type Writer = Bounded<io::Stderr>;

    fn make_writer(&self) -> Self::Writer {
        Bounded(io::stderr(), self.0)
    }
}

impl<W: Write> Write for Bounded<W> {
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        if entry.len() <= MAX_ENTRY_BYTES {
            self.0.write_all(entry)?;
        } else {
            self.0.write_all(&(self.1)(entry))?;
        }
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn shorten_text(entry: &[u8]) -> Vec<u8> {
    let mut shortened = beginning(entry, MAX_ENTRY_BYTES).into_bytes();
    shortened.push(b'\n');
    shortened
}

/// Shortens the texts of an entry, so that it stays a JSON object.
fn shorten_json(entry: &[u8]) -> Vec<u8> {
    let mut value =
        serde_json::from_slice(entry).unwrap_or_else(|_| Value::from(beginning(entry, MAX_TEXT_BYTES)));
    shorten_values(&mut value);
    let mut shortened = value.to_string().into_bytes();
    shortened.push(b'\n');
    shortened
}

fn shorten_values(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > MAX_TEXT_BYTES => {
            *text = beginning(text.as_bytes(), MAX_TEXT_BYTES);
        }
        Value::Object(values) => values.values_mut().for_each(shorten_values),
        Value::Array(values) => values.iter_mut().for_each(shorten_values),
        _ => {}
    }
}

/// Returns the beginning of a text, and how much is missing.
fn beginning(text: &[u8], length: usize) -> String {
    let start = String::from_utf8_lossy(&text[..length.min(text.len())]);
    let start = start.trim_end_matches(char::REPLACEMENT_CHARACTER);
    format!("{start}… ({} bytes left out)", text.len() - start.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shorten: fn(&[u8]) -> Vec<u8>, entries: &[&str]) -> String {
        let mut written = Vec::new();
        for entry in entries {
            assert_eq!(Bounded(&mut written, shorten).write(entry.as_bytes()).unwrap(), entry.len());
        }
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn shortens_long_entries() {
        let text = written(shorten_text, &["short\n", &"é".repeat(MAX_ENTRY_BYTES), "next\n"]);
        assert!(
            text.starts_with("short\néé") && text.ends_with("é… (4096 bytes left out)\nnext\n"),
            "{text}"
        );
        assert!(text.len() < MAX_ENTRY_BYTES + 100);
    }

    #[test]
    fn long_json_entries_stay_objects() {
        let statement = "é".repeat(MAX_ENTRY_BYTES);
        let entry = serde_json::json!({ "level": "WARN", "span": { "id": "a" }, "statement": statement });
        let text = written(shorten_json, &[&format!("{entry}\n")]);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&value["level"], &value["span"]["id"]), (&Value::from("WARN"), &Value::from("a")));
        assert!(value["statement"].as_str().unwrap().ends_with("é… (7168 bytes left out)"));
        assert!(text.ends_with("}\n") && text.len() < MAX_ENTRY_BYTES);
    }

    #[test]
    fn refuses_levels_that_do_not_exist() {
        for valid in ["info", "off", "warn,access=info", "info,sqlx::query=debug"] {
            assert_eq!(levels(valid), Ok(valid.into()));
        }
        for invalid in ["", "loud", "info,", "info,access", "info,access=loud", "info;access", "a b=info"] {
            assert!(levels(invalid).is_err(), "{invalid:?}");
        }
    }
}
