//! A folder for files that are not complete yet.

use std::io;
use std::path::{Path, PathBuf};

use super::at;
use crate::audit;
use crate::failure::Failure;
use crate::private_files::{create_new_folder, sync_folder};
use crate::store::database_file;

/// A new folder that is deleted with its content when this is dropped.
#[derive(Debug)]
pub(crate) struct Staging {
    path: Option<PathBuf>,
}

impl Staging {
    /// Creates the folder, which only the owner can access.
    ///
    /// # Errors
    /// Fails if the path exists, or if its parent does not.
    pub(crate) fn create(path: PathBuf) -> io::Result<Self> {
        create_new_folder(&path)?;
        Ok(Self { path: Some(path) })
    }

    /// Returns the path of the folder.
    pub(crate) fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(""))
    }

    /// Moves the key and the head of the audit log and the database into the data folder, which contains this folder.
    ///
    /// The database comes last: without it, [`require_complete`](super::require_complete) recognises an interruption.
    ///
    /// # Errors
    /// Fails if a file cannot be moved.
    pub(crate) fn publish(self, data: &Path) -> Result<(), Failure> {
        sync_folder(self.path()).map_err(at("write", data))?;
        for file in audit::log_files(self.path()).into_iter().chain([database_file(self.path())]) {
            let target = data.join(file.file_name().unwrap_or_default());
            std::fs::rename(&file, &target).map_err(at("write", &target))?;
        }
        drop(self);
        sync_folder(data).map_err(at("write", data))
    }

    /// Moves the complete folder to its final path.
    ///
    /// # Errors
    /// Fails if the folder cannot be renamed. The folder is then deleted.
    pub(super) fn rename(mut self, target: &Path) -> io::Result<()> {
        std::fs::rename(self.path(), target)?;
        self.path = None;
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let Some(path) = &self.path else { return };
        if let Err(error) = std::fs::remove_dir_all(path) {
            tracing::warn!(%error, "the incomplete folder {} could not be deleted", path.display());
        }
    }
}
