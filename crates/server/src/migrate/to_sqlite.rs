use std::io::ErrorKind;
use std::path::Path;

use chrono::Utc;

use super::COMMAND;
use crate::audit::LogCopy;
use crate::backup::{MIGRATION_FOLDER, Staging, at};
use crate::data_lock::DataLock;
use crate::database::{Copied, PostgresUrl, connect, explain_store};
use crate::failure::Failure;
use crate::private_files::with_suffix;
use crate::store::{PostgresSource, SqliteTarget, Store, database_file};

/// Copies a database into a data folder that has no file of SQLite. The folder `data` has the key of the audit log, unless
/// `key` names a file, and perhaps its head.
pub(super) async fn to_sqlite(
    url: &PostgresUrl,
    to: &Path,
    data: &Path,
    key: Option<&Path>,
) -> Result<Copied, Failure> {
    require_no_database(to)?;
    connect(url).await?;
    let _lock = DataLock::acquire(to, COMMAND)?;
    require_no_database(to)?;
    let opened = PostgresSource::open(url.options().clone()).await;
    let mut source = opened.map_err(|error| explain_store(error, url))?;
    tracing::info!(
        "{url} cannot be changed until the copy is complete; changes that a server makes later are not in the copy"
    );
    let log = LogCopy::begin_shared(data, key, &mut source.tx).await?;
    log.require_key_of(to)?;
    let staging = to.join(MIGRATION_FOLDER);
    match std::fs::remove_dir_all(&staging) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(at("delete", &staging)(error)),
        _ => {}
    }
    let staging = Staging::create(staging).map_err(at("create a folder in", to))?;
    let copy = database_file(staging.path());
    log.install_key(staging.path())?;
    let mut target = SqliteTarget::create(&copy).await?;
    let counts = target.fill(&mut source.tx, Utc::now()).await.map_err(|error| explain_store(error, url))?;
    target.finish(&copy).await?;
    Store::check_integrity(&copy).await?;
    let audit_log = log.finish(&copy).await?;
    staging.publish(to)?;
    source.close().await;
    Ok(Copied { counts, audit_log })
}

fn require_no_database(to: &Path) -> Result<(), Failure> {
    let file = database_file(to);
    for existing in [file.clone(), with_suffix(&file, "-wal")] {
        if existing.exists() {
            return Err(format!(
                "{} exists already. Choose another folder; a migration never overwrites data",
                existing.display()
            )
            .into());
        }
    }
    Ok(())
}
