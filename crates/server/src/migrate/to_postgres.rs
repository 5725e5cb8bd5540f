use std::path::Path;

use chrono::Utc;

use super::{COMMAND, is_same_folder, lock_existing};
use crate::audit::LogCopy;
use crate::backup;
use crate::data_lock::DataLock;
use crate::database::{Copied, Database, PostgresUrl, copy_to_postgres, existing, explain_store, read_file};
use crate::failure::Failure;
use crate::store::{Content, PostgresTarget, database_file};

/// Copies a data folder into an empty database. Writes the key and the head of the audit log to `data`, which may be the
/// same folder.
pub(super) async fn to_postgres(from: &Path, url: &PostgresUrl, data: &Path) -> Result<Copied, Failure> {
    let file = database_file(from);
    existing(&file)?;
    let _from = lock_existing(from)?;
    backup::require_complete(from)?;
    let _data = if is_same_folder(from, data) {
        None
    } else {
        let lock = DataLock::acquire(data, COMMAND)?;
        if database_file(data).exists() {
            return Err(format!("{} has a database of its own; name another folder", data.display()).into());
        }
        Some(lock)
    };
    let target = Database::prepare_copy(url).await?;
    let content = target.content().await.map_err(|error| explain_store(error, url))?;
    let copied = match content {
        Content::Empty => copy_to_postgres(&file, &target, url, data, Utc::now()).await?,
        _ => match earlier_copy(&file, &target, data).await? {
            Some(copied) => copied,
            None => return Err(refusal(url, content)),
        },
    };
    target.close().await.map_err(|error| explain_store(error, url))?;
    Ok(copied)
}

/// Completes a copy that was interrupted after its transaction. Returns `None` if the database contains other data.
async fn earlier_copy(file: &Path, target: &PostgresTarget, data: &Path) -> Result<Option<Copied>, Failure> {
    let log = LogCopy::begin(file.parent().unwrap_or(Path::new(".")))?;
    let (pool, mut source) = read_file(file).await?;
    let (mut copy, counts) = target.counts_if_equal(&mut source).await?;
    let copied = match counts {
        Some(counts) => log.verify_copy(&mut source, &mut copy).await?.map(|copied| (counts, copied)),
        None => None,
    };
    drop((source, copy));
    pool.close().await;
    let Some((counts, copied)) = copied else { return Ok(None) };
    log.install_key(data)?;
    copied.install(data)?;
    tracing::info!("an earlier migration has copied the data already");
    Ok(Some(Copied { counts, audit_log: copied.summary }))
}

fn refusal(url: &PostgresUrl, content: Content) -> Failure {
    let contains = match content {
        Content::Demo { users, .. } => format!("a demo with {users} users"),
        _ => "accounts, nodes or an audit log".into(),
    };
    format!(
        "{url} is not empty: it contains {contains}. Create a new database; a migration never overwrites data"
    )
    .into()
}
