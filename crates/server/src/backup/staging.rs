//! A folder for files that are not complete yet.

use std::io;
use std::path::{Path, PathBuf};

use crate::private_files::create_new_folder;

/// A new folder that is deleted with its content when this is dropped.
#[derive(Debug)]
pub(super) struct Staging {
    path: Option<PathBuf>,
}

impl Staging {
    /// Creates the folder, which only the owner can access.
    ///
    /// # Errors
    /// Fails if the path exists, or if its parent does not.
    pub(super) fn create(path: PathBuf) -> io::Result<Self> {
        create_new_folder(&path)?;
        Ok(Self { path: Some(path) })
    }

    /// Returns the path of the folder.
    pub(super) fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(""))
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
