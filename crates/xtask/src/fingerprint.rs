use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace;

/// A hash of the names and contents of files.
#[derive(Default)]
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// Adds a word.
    pub(crate) fn word(mut self, word: &str) -> Self {
        word.hash(&mut self.0);
        self
    }

    /// Adds the content of a file, without its name.
    pub(crate) fn bytes(mut self, content: &[u8]) -> Self {
        content.hash(&mut self.0);
        self
    }

    /// Adds a file, or every file in a folder and its subfolders. Ignores a path that does not exist.
    pub(crate) fn path(mut self, path: &Path) -> Result<Self> {
        for file in files_below(path)? {
            let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            // Hash the relative path, so that two checkouts of the same sources have the same fingerprint.
            (file.strip_prefix(workspace::root()).unwrap_or(&file), content).hash(&mut self.0);
        }
        Ok(self)
    }

    /// Returns the hash as 16 hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

/// Lists a file, or every file in a folder and its subfolders, sorted by name.
pub(crate) fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut paths: Vec<_> = entries.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
        paths.sort();
        for path in paths {
            files.extend(files_below(&path)?);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_with_the_content_of_a_file() {
        let dir = std::env::temp_dir().join(format!("xtask-fingerprint-{}", std::process::id()));
        fs::create_dir_all(dir.join("inner")).unwrap();
        let fingerprint = || Fingerprint::default().word("page").path(&dir).unwrap().finish();

        fs::write(dir.join("inner/a.rs"), "one").unwrap();
        let before = fingerprint();
        assert_eq!(before, fingerprint());
        fs::write(dir.join("inner/a.rs"), "two").unwrap();
        assert_ne!(before, fingerprint());
        fs::remove_dir_all(&dir).unwrap();
    }
}
