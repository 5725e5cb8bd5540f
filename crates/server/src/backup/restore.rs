//! Restores a backup into an empty data folder.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::at;
use super::staging::Staging;
use crate::audit;
use crate::data_lock::{DataLock, LOCK_FILE};
use crate::failure::Failure;
use crate::private_files::{copy_file, with_suffix};
use crate::store::{SchemaState, Store, database_file};

/// The name of the folder in the data folder that exists while a backup is restored.
const STAGING_FOLDER: &str = "restoring";
/// The name of the folder in the data folder that exists while data are copied from PostgreSQL.
pub(crate) const MIGRATION_FOLDER: &str = "migrating";
/// The entries that an empty data folder may have: the lock, and the folder that file systems create.
const IGNORED: [&str; 2] = [LOCK_FILE, "lost+found"];

/// Restores a backup into a data folder that is missing or empty. Returns a summary in one line.
///
/// # Errors
/// Fails if a process uses either folder, if the data folder is not empty, if a file cannot be read or written, or if
/// the copy fails its checks. Then nothing is left behind.
pub(crate) async fn restore(data: &Path, source: &Path) -> Result<String, Failure> {
    let files = backup_files(source)?;
    DataLock::require_free(source)?;
    let (is_new, lock_file) = (!data.exists(), data.join(LOCK_FILE));
    let has_lock_file = lock_file.exists();
    if !has_lock_file {
        require_empty(data)?;
    }
    let _lock = DataLock::acquire(data, "restore")?;
    // Dropped before the lock, so that no other process can have locked the file that is deleted.
    let mut created = CreatedPaths {
        lock_file: (!has_lock_file).then_some(lock_file),
        folder: is_new.then(|| data.into()),
    };
    let summary = restore_locked(data, &files).await?;
    created.keep();
    Ok(format!("backup restored to {}; {summary}", data.display()))
}

/// The paths that a restore has created besides the staging folder. Deleted when this is dropped.
#[derive(Default)]
struct CreatedPaths {
    lock_file: Option<PathBuf>,
    folder: Option<PathBuf>,
}

impl CreatedPaths {
    fn keep(&mut self) {
        *self = Self::default();
    }
}

impl Drop for CreatedPaths {
    fn drop(&mut self) {
        // Errors are ignored: an empty folder with a lock file does no harm.
        if let Some(file) = &self.lock_file {
            let _ = std::fs::remove_file(file);
        }
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

async fn restore_locked(data: &Path, files: &[PathBuf]) -> Result<String, Failure> {
    remove_interrupted(data)?;
    require_empty(data)?;
    let staging = Staging::create(data.join(STAGING_FOLDER)).map_err(at("create a folder in", data))?;
    for file in files {
        let copy = staging.path().join(file.file_name().unwrap_or_default());
        copy_file(file, &copy).map_err(at("copy", file))?;
    }
    let copy = database_file(staging.path());
    if with_suffix(&copy, "-wal").exists() {
        Store::merge_wal(&copy).await?;
    }
    if Store::schema_state(&copy).await? == SchemaState::Newer {
        return Err("the backup was created by a later version of this program; use that version".into());
    }
    Store::check_integrity(&copy).await?;
    let summary = audit::verify(&copy, &[]).await?;
    staging.publish(data)?;
    Ok(summary)
}

/// Checks that no restore of the data folder, and no migration to it, was interrupted. Call this with the lock of the
/// folder.
///
/// # Errors
/// Fails if one was interrupted before it was complete.
pub(crate) fn require_complete(data: &Path) -> Result<(), Failure> {
    for (folder, action) in [(STAGING_FOLDER, "a restore of"), (MIGRATION_FOLDER, "a migration to")] {
        let staging = data.join(folder);
        if !staging.exists() {
            continue;
        }
        if !database_file(data).exists() {
            return Err(format!("{action} {} was interrupted. Run it again", data.display()).into());
        }
        // Only the deletion of the folder was interrupted.
        std::fs::remove_dir_all(&staging).map_err(at("delete", &staging))?;
    }
    Ok(())
}

/// Removes what an interrupted restore has left behind. It has begun with an empty folder.
fn remove_interrupted(data: &Path) -> Result<(), Failure> {
    let staging = data.join(STAGING_FOLDER);
    if !staging.exists() || database_file(data).exists() {
        return Ok(());
    }
    for file in audit::log_files(data) {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(at("delete", &file)(error)),
            _ => {}
        }
    }
    std::fs::remove_dir_all(&staging).map_err(at("delete", &staging))
}

/// Returns the files of a backup. The write-ahead log exists only in a copied data folder.
fn backup_files(source: &Path) -> Result<Vec<PathBuf>, Failure> {
    let database = database_file(source);
    let mut files: Vec<PathBuf> = audit::log_files(source).into_iter().chain([database.clone()]).collect();
    for file in &files {
        if !file.is_file() {
            return Err(format!("{} is not a backup: {} is missing", source.display(), file.display()).into());
        }
    }
    let wal = with_suffix(&database, "-wal");
    files.extend(wal.exists().then_some(wal));
    Ok(files)
}

fn require_empty(data: &Path) -> Result<(), Failure> {
    let entries = match std::fs::read_dir(data) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(at("read", data)(error)),
    };
    for entry in entries {
        let name = entry.map_err(at("read", data))?.file_name();
        if !IGNORED.iter().any(|ignored| name == *ignored) {
            return Err(format!(
                "the data folder {} is not empty: it contains {}. Restore into a new folder",
                data.display(),
                name.display()
            )
            .into());
        }
    }
    Ok(())
}
