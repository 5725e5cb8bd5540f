//! The lock on a data folder.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use chrono::{SecondsFormat, Utc};
use thiserror::Error;

use crate::private_files::{create_folder, open_file};

/// The name of the lock file in the data folder.
pub(crate) const LOCK_FILE: &str = "studio-users.lock";
/// The maximum length of the text in the lock file, in bytes.
const MAX_HOLDER_LENGTH: u64 = 500;

/// An exclusive lock on a data folder, until it is dropped. The operating system releases it if the process ends in
/// any way, so a crash leaves no stale lock.
#[derive(Debug)]
pub(crate) struct DataLock {
    _file: File,
    /// Locks the folder itself, which still works after someone has deleted the lock file. `None` on file systems that
    /// cannot lock folders.
    _folder: Option<File>,
}

/// An error while locking a data folder.
#[derive(Debug, Error)]
pub(crate) enum LockError {
    /// Another process holds the lock.
    #[error("the data folder {} is in use by {holder}. Stop that process first", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// The command, the process id and the start of the holder.
        holder: String,
    },
    /// The folder or the lock file cannot be created or locked.
    #[error("cannot lock the data folder {}: {error}", folder.display())]
    File {
        /// The folder.
        folder: PathBuf,
        /// The cause.
        error: std::io::Error,
    },
}

impl DataLock {
    /// Locks a data folder for a command. Creates the folder if it is missing.
    ///
    /// # Errors
    /// Returns [`LockError::InUse`] if another process holds the lock.
    pub(crate) fn acquire(folder: &Path, command: &str) -> Result<Self, LockError> {
        let failed = |error| LockError::File { folder: folder.into(), error };
        create_folder(folder).map_err(failed)?;
        let path = folder.join(LOCK_FILE);
        let in_use =
            |file: Option<&mut File>| LockError::InUse { folder: folder.into(), holder: holder(file) };
        let folder_file = File::open(folder).map_err(failed)?;
        let folder_file = match folder_file.try_lock() {
            Ok(()) => Some(folder_file),
            Err(TryLockError::WouldBlock) => return Err(in_use(File::open(&path).ok().as_mut())),
            Err(TryLockError::Error(_)) => None,
        };
        let mut file = open_file(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(Some(&mut file))),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        if !is_same_file(&file, &path) {
            // The holder has deleted the lock file and is about to end.
            return Err(in_use(None));
        }
        let since = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let text = format!("`{command}` (process {}, since {since})\n", std::process::id());
        // The text only explains the lock. A full disk must not prevent the lock.
        if let Err(error) = file.set_len(0).and_then(|()| file.write_all(text.as_bytes())) {
            tracing::warn!(%error, "the holder of the lock could not be written to {}", path.display());
        }
        Ok(Self { _file: file, _folder: folder_file })
    }

    /// Checks that no process holds the lock of a folder. Creates nothing.
    ///
    /// # Errors
    /// Returns [`LockError::InUse`] if another process holds the lock.
    pub(crate) fn require_free(folder: &Path) -> Result<(), LockError> {
        let path = folder.join(LOCK_FILE);
        // The lock file can be missing, and a file system may be unable to lock folders.
        for locked in [folder, &path] {
            let Ok(file) = File::open(locked) else { continue };
            if let Err(TryLockError::WouldBlock) = file.try_lock_shared() {
                let holder = holder(File::open(&path).ok().as_mut());
                return Err(LockError::InUse { folder: folder.into(), holder });
            }
        }
        Ok(())
    }
}

fn is_same_file(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(named)) = (file.metadata(), path.metadata()) else { return false };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

/// Returns the text of the lock file.
fn holder(file: Option<&mut File>) -> String {
    let mut text = String::new();
    let read =
        file.map(|file| file.rewind().and_then(|()| file.take(MAX_HOLDER_LENGTH).read_to_string(&mut text)));
    match read {
        Some(Ok(_)) if !text.trim().is_empty() => text.trim().replace(char::is_control, " "),
        _ => "another process".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn names_the_holder_and_is_released_with_it() {
        let folder = TempDir::new().unwrap();
        let lock = DataLock::acquire(folder.path(), "serve").unwrap();
        let error = DataLock::acquire(folder.path(), "restore").unwrap_err().to_string();
        let holder = format!("is in use by `serve` (process {}, since 20", std::process::id());
        assert!(error.contains(&holder), "{error}");
        drop(lock);
        DataLock::acquire(folder.path(), "restore").unwrap();
    }

    #[test]
    fn holds_without_the_lock_file() {
        let folder = TempDir::new().unwrap();
        let _lock = DataLock::acquire(folder.path(), "serve").unwrap();
        std::fs::remove_file(folder.path().join(LOCK_FILE)).unwrap();
        let error = DataLock::acquire(folder.path(), "serve").unwrap_err().to_string();
        assert!(error.contains("is in use by another process"), "{error}");
    }

    #[test]
    fn survives_unreadable_text_in_the_lock_file() {
        let folder = TempDir::new().unwrap();
        let _lock = DataLock::acquire(folder.path(), "serve").unwrap();
        std::fs::write(folder.path().join(LOCK_FILE), [0xff, 0xfe]).unwrap();
        let error = DataLock::acquire(folder.path(), "serve").unwrap_err().to_string();
        assert!(error.contains("is in use by another process"), "{error}");
    }
}
