//! Appends entries to a file, which other programs may rotate.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::PathBuf;

use crate::private_files::sync_folder;

/// Only the owner can read a file that the server creates. A file that exists keeps its permissions.
const FILE_MODE: u32 = 0o600;

/// A file, opened when it is needed.
#[derive(Debug)]
pub(super) struct FileSink {
    path: PathBuf,
    /// `None` after an error: its end may be incomplete.
    file: Option<File>,
}

impl FileSink {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    /// Appends lines. Returns once they are on the disk.
    ///
    /// # Errors
    /// Fails if the file cannot be opened or written. The file may then contain a part of the lines.
    pub(super) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let current = self.file.take().filter(|file| self.is_current(file));
        let mut file = match current {
            Some(file) => file,
            None => self.open()?,
        };
        file.write_all(lines)?;
        file.sync_data()?;
        // A program may have moved the file meanwhile. The lines are in the moved file then.
        self.file = Some(file);
        Ok(())
    }

    /// Whether the path still names the open file. If another program has moved or deleted it, a new one begins. A file
    /// that was truncated goes on at its new end, because it is opened for appending.
    fn is_current(&self, file: &File) -> bool {
        let identity = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
        match (file.metadata(), self.path.metadata()) {
            (Ok(open), Ok(named)) => identity(open) == identity(named),
            _ => false,
        }
    }

    fn open(&self) -> io::Result<File> {
        let options = || {
            let mut options = OpenOptions::new();
            options.read(true).append(true).mode(FILE_MODE);
            options
        };
        let mut file = match options().create_new(true).open(&self.path) {
            Ok(file) => {
                if let Some(folder) = self.path.parent() {
                    sync_folder(folder)?;
                }
                file
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => options().open(&self.path)?,
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is not a regular file"));
        }
        // A crash or a full disk can leave an incomplete line. The next entry must not become a part of it.
        if metadata.len() > 0 {
            let mut last = [0];
            file.read_exact_at(&mut last, metadata.len() - 1)?;
            if last != *b"\n" {
                file.write_all(b"\n")?;
            }
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn goes_on_after_rotation_truncation_and_an_incomplete_line() {
        let folder = TempDir::new().unwrap();
        let (path, old) = (folder.path().join("audit.jsonl"), folder.path().join("audit.jsonl.1"));
        let mut sink = FileSink::new(path.clone());
        sink.append(b"1\n").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        fs::rename(&path, &old).unwrap();
        sink.append(b"2\n").unwrap();
        sink.append(b"3\n").unwrap();
        assert_eq!((fs::read(&old).unwrap(), fs::read(&path).unwrap()), (b"1\n".into(), b"2\n3\n".into()));
        // `copytruncate` of logrotate.
        fs::copy(&path, &old).unwrap();
        OpenOptions::new().write(true).truncate(true).open(&path).unwrap();
        sink.append(b"4\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"4\n");
        fs::remove_file(&path).unwrap();
        sink.append(b"5\n").unwrap();
        fs::write(&path, b"5\n{\"seq\":6,\"ha").unwrap();
        FileSink::new(path.clone()).append(b"6\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"5\n{\"seq\":6,\"ha\n6\n");
    }

    #[test]
    fn keeps_the_permissions_of_a_file_and_refuses_what_is_no_file() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("audit.jsonl");
        fs::write(&path, b"").unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        FileSink::new(path.clone()).append(b"1\n").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        assert!(FileSink::new(folder.path().join("missing/audit.jsonl")).append(b"1\n").is_err());
        assert!(FileSink::new("/dev/null".into()).append(b"1\n").is_err());
        assert!(FileSink::new(folder.path().into()).append(b"1\n").is_err());
    }
}
