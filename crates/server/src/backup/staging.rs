//! A folder for files that are not complete yet.

use std::fs::{DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

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
        DirBuilder::new().mode(0o700).create(&path)?;
        let staging = Self { path: Some(path) };
        std::fs::set_permissions(staging.path(), Permissions::from_mode(0o700))?;
        Ok(staging)
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
