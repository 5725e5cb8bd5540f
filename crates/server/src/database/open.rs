//! Opens the database of a command.

use std::fmt;
use std::path::{Path, PathBuf};

use sqlx::Connection as _;

use super::{DatabaseSettings, PostgresUrl, connect, explain};
use crate::data_lock::{DataLock, LockError};
use crate::failure::Failure;
use crate::store::{self, PostgresTarget, SchemaState, Store, database_file};
use crate::{audit, backup};

/// The database of a command, and the folder with the key of its audit log.
#[derive(Debug)]
pub(crate) struct Database {
    /// The data folder.
    pub(crate) folder: PathBuf,
    /// The database. Without a URL, it is a file in the folder.
    pub(crate) settings: DatabaseSettings,
}

impl Database {
    /// Returns the file of the database, or `None` if it is on a server.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        self.settings.postgres.is_none().then(|| database_file(&self.folder))
    }

    /// Copies the selected key of the audit log to the folder, unless it has one.
    pub(crate) fn install_key(&self) -> Result<(), Failure> {
        let Some(key) = &self.settings.audit_key else { return Ok(()) };
        let is_new_log = self.file().is_some_and(|file| !file.exists());
        Ok(audit::install_key(&self.folder, key, is_new_log)?)
    }

    /// Prepares a database of PostgreSQL for a copy of all data.
    pub(crate) async fn prepare_copy(url: &PostgresUrl) -> Result<PostgresTarget, Failure> {
        let connection = connect(url).await?;
        let prepared = PostgresTarget::prepare(connection, url.options().clone()).await;
        prepared.map_err(|error| explain_store(error, url))
    }

    /// Reports the state of the database. Changes nothing.
    ///
    /// # Errors
    /// Fails with one sentence if a server could not start on the database.
    pub(crate) async fn check(&self) -> Result<String, Failure> {
        let (name, state) = match (&self.settings.postgres, self.file()) {
            (Some(url), _) => {
                connect(url).await?.close().await?;
                let state = Store::postgres_schema_state(url.options().clone()).await;
                (url.to_string(), state.map_err(|error| explain_store(error, url))?)
            }
            (None, Some(file)) if file.exists() => {
                (file.display().to_string(), Store::schema_state(&file).await?)
            }
            (None, _) => {
                return Ok(format!("there is none in {} yet; `serve` creates it", self.folder.display()));
            }
        };
        match state {
            SchemaState::Current => Ok(format!("{name} is up to date")),
            SchemaState::Older => Ok(format!("`serve` will create or migrate the tables of {name}")),
            SchemaState::Newer => Err(newer(&name)),
        }
    }

    /// Opens the database for a server, which holds the lock of the folder. Creates or migrates it if needed.
    pub(crate) async fn open(&self) -> Result<Store, Failure> {
        self.install_key()?;
        let connections = self.settings.read_connections;
        match &self.settings.postgres {
            None => open_file(&database_file(&self.folder), connections).await,
            Some(url) => {
                let connection = connect(url).await?;
                let options = url.options().clone();
                Store::open_postgres(connection, options, connections, &self.folder)
                    .await
                    .map_err(|error| explain_store(error, url))
            }
        }
    }

    /// Opens an existing database for a command, also beside a running server.
    pub(crate) async fn open_existing(&self, command: &str) -> Result<Store, Failure> {
        if let Some(file) = self.file() {
            existing(&file)?;
        }
        self.open_for(command).await
    }

    /// Opens a database for a command, also beside a running server. Creates it if it is missing. Migrates it only while
    /// no server runs.
    pub(crate) async fn open_for(&self, command: &str) -> Result<Store, Failure> {
        self.install_key()?;
        match &self.settings.postgres {
            None => self.open_file_for(command).await,
            Some(url) => {
                let connection = connect(url).await?;
                let options = url.options().clone();
                let opened = Store::attach_postgres(connection, options, &self.folder).await;
                opened.map_err(|error| explain_store(error, url))
            }
        }
    }

    async fn open_file_for(&self, command: &str) -> Result<Store, Failure> {
        let file = database_file(&self.folder);
        match Store::schema_state(&file).await? {
            SchemaState::Current => return Ok(Store::attach(&file).await?),
            SchemaState::Newer => return Err(newer(&file.display())),
            SchemaState::Older => {}
        }
        let _lock = DataLock::acquire(&self.folder, command).map_err(|error| match error {
            LockError::InUse { .. } if file.exists() => Failure::from(format!(
                "{} needs a migration, which cannot run beside another version of the server: {error}",
                file.display()
            )),
            other => other.into(),
        })?;
        backup::require_complete(&self.folder)?;
        open_file(&file, self.settings.read_connections).await
    }
}

/// Opens a file, and creates or migrates it if needed.
async fn open_file(file: &Path, read_connections: u32) -> Result<Store, Failure> {
    Store::open(file, read_connections).await.map_err(|error| match error {
        store::Error::Newer => newer(&file.display()),
        other => other.into(),
    })
}

/// Explains that an earlier version of the program cannot use the database.
fn newer(database: &dyn fmt::Display) -> Failure {
    format!("{database} was migrated by a later version of this program; use that version").into()
}

/// Refuses a file that does not exist.
pub(crate) fn existing(file: &Path) -> Result<(), Failure> {
    if file.exists() { Ok(()) } else { Err(format!("no database found at {}", file.display()).into()) }
}

/// Explains an error at the start in one sentence.
pub(crate) fn explain_store(error: store::Error, url: &PostgresUrl) -> Failure {
    match error {
        store::Error::Database(error) | store::Error::Unreachable(error) => explain(&error, url).into(),
        store::Error::Migration(error) => explain(&error.into(), url).into(),
        store::Error::Newer => newer(url),
        store::Error::NotEmpty => format!("{url} is not empty; a copy never overwrites data").into(),
        store::Error::NotMigrated => format!(
            "{url} has no tables of this version of the program yet; start a server with this version first"
        )
        .into(),
        other => other.into(),
    }
}
