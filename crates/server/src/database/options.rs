//! The options of the commands that open the database.

use std::path::{Path, PathBuf};

use clap::{Args, value_parser};

use super::url::PostgresUrl;
use crate::failure::Failure;
use crate::secret::Secret;

/// The default number of reading connections to `SQLite`. Each reads the file by itself, so more than a few only compete.
const SQLITE_CONNECTIONS: u32 = 4;
/// The default number of reading connections to `PostgreSQL`.
const POSTGRES_CONNECTIONS: u32 = 10;

/// The database, as the command line and the environment select it. `docs/deployment.md` explains the options.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Database")]
pub(crate) struct DatabaseOptions {
    /// URL of a `PostgreSQL` database, version 15 or later: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. Without it, the
    /// database is a `SQLite` file in the data folder.
    #[arg(
        id = "database",
        long,
        value_name = "URL",
        hide_env_values = true,
        conflicts_with = "database-file"
    )]
    url: Option<Secret>,
    /// File with the URL of the database, so that the password is neither in the list of processes nor in the environment.
    #[arg(id = "database-file", long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Maximum number of connections for reading. By default 10 with `PostgreSQL`, and 4 with `SQLite`.
    #[arg(id = "database-connections", long, value_name = "NUMBER", value_parser = value_parser!(u32).range(1..=1_000))]
    connections: Option<u32>,
    /// File with the certificates (PEM) of the authority that has signed the certificate of the database server. Trusted
    /// beside those of the system.
    #[arg(id = "database-ca", long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// File with the key of the audit log (32 bytes), which all servers of a database share. It is copied to `audit.key`
    /// in the data folder, unless it is there already.
    #[arg(id = "audit-key", long, value_name = "FILE", env = "STUDIO_USERS_AUDIT_KEY_FILE")]
    audit_key: Option<PathBuf>,
}

/// The selected database.
#[derive(Debug, Clone)]
pub(crate) struct DatabaseSettings {
    /// The `PostgreSQL` database. `None` selects `SQLite` in the data folder.
    pub(crate) postgres: Option<PostgresUrl>,
    /// The maximum number of connections for reading.
    pub(crate) read_connections: u32,
    /// The file with the key of the audit log for a data folder without one.
    pub(crate) audit_key: Option<PathBuf>,
}

impl DatabaseOptions {
    /// Reads the URL and checks it. Logs a warning if the command line has a password, because every user of the machine
    /// can read it there.
    ///
    /// # Errors
    /// For an invalid URL, and for a file that cannot be read. No message contains a password.
    pub(crate) fn resolve(&self) -> Result<DatabaseSettings, Failure> {
        let audit_key = self.audit_key.clone();
        let url = match (&self.url, &self.file) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(file)) => Some(read_url(file)?),
            (None, None) => None,
        };
        let Some(url) = url else {
            if self.ca.is_some() {
                return Err("--database-ca needs --database or --database-file".into());
            }
            let read_connections = self.connections.unwrap_or(SQLITE_CONNECTIONS);
            return Ok(DatabaseSettings { postgres: None, read_connections, audit_key });
        };
        let postgres = PostgresUrl::parse(url.as_str().trim(), self.ca.as_deref())?;
        warn_of_visible_password(&url, &postgres, "--database-file or STUDIO_USERS_DATABASE");
        let read_connections = self.connections.unwrap_or(POSTGRES_CONNECTIONS);
        Ok(DatabaseSettings { postgres: Some(postgres), read_connections, audit_key })
    }
}

/// Logs a warning if an argument of the process is a URL with a password.
pub(super) fn warn_of_visible_password(text: &Secret, url: &PostgresUrl, alternative: &str) {
    if url.has_password() && text.is_argument() {
        tracing::warn!("the password of the database is in the list of processes; use {alternative}");
    }
}

/// Reads a URL from a file.
pub(super) fn read_url(file: &Path) -> Result<Secret, Failure> {
    Secret::read(file, "the URL of the database")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::Parser;
    use tempfile::TempDir;

    use super::*;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        database: DatabaseOptions,
    }

    fn parse(arguments: &[&str]) -> Result<DatabaseOptions, clap::Error> {
        Command::try_parse_from([&["x"], arguments].concat()).map(|command| command.database)
    }

    fn resolve(arguments: &[&str]) -> Result<DatabaseSettings, String> {
        parse(arguments).unwrap().resolve().map_err(|failure| failure.to_string())
    }

    #[test]
    fn selects_sqlite_without_a_url() {
        let settings = resolve(&[]).unwrap();
        assert!(settings.postgres.is_none());
        assert_eq!(settings.read_connections, 4);
        assert_eq!(resolve(&["--database-connections", "7"]).unwrap().read_connections, 7);
    }

    #[test]
    fn reads_the_url_from_an_option_or_a_file() {
        let url = "postgres://app:secret@db.example/users";
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("url");
        fs::write(&file, format!("\u{feff}{url}\n")).unwrap();
        let file = file.to_str().unwrap();
        for arguments in [["--database", url], ["--database-file", file]] {
            let settings = resolve(&arguments).unwrap();
            assert_eq!(settings.postgres.unwrap().to_string(), "the database users on db.example:5432");
            assert_eq!(settings.read_connections, 10);
        }
        let both = parse(&["--database", url, "--database-file", file]).unwrap_err().to_string();
        assert!(both.contains("cannot be used with") && !both.contains("secret"), "{both}");
    }

    #[test]
    fn no_output_contains_the_password() {
        let options = parse(&["--database", "postgres://app:secret@db.example/users"]).unwrap();
        assert!(!format!("{options:?} {:?}", options.resolve().unwrap()).contains("secret"));
        let error = resolve(&["--database", "mysql://app:secret@db.example/users"]).unwrap_err();
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn rejects_files_without_a_url() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("url");
        let name = file.to_str().unwrap();
        let error = || resolve(&["--database-file", name]).unwrap_err();
        assert!(error().contains("cannot read the URL of the database from"), "{}", error());
        fs::write(&file, "\n").unwrap();
        assert_eq!(error(), "the URL of the database is empty");
    }

    #[test]
    fn requires_a_url_for_a_certificate() {
        assert!(resolve(&["--database-ca", "ca.pem"]).unwrap_err().contains("--database-ca needs"));
    }
}
