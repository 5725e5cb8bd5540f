//! Files and folders that only their owner can access, whatever the
//! [umask](https://man7.org/linux/man-pages/man2/umask.2.html) of the process.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// Creates a folder with its parents, unless it exists. Restricts the folder to its owner.
///
/// # Errors
/// Fails if the folder cannot be created. A folder that another user owns keeps its permissions, with a warning.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let is_new = !folder.exists();
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)?;
    if is_new {
        return std::fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE));
    }
    restrict(folder);
    Ok(())
}

/// Creates a folder that does not exist yet.
///
/// # Errors
/// Fails if the path exists, or if its parent does not.
pub(crate) fn create_new_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().mode(FOLDER_MODE).create(folder)?;
    std::fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE))
}

/// Opens a file for writing, and creates it if it is missing. Keeps its content. Restricts the file to its owner.
///
/// # Errors
/// Fails if the file cannot be opened or created.
pub(crate) fn open_file(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(FILE_MODE);
    match options.clone().create_new(true).open(file) {
        Ok(created) => {
            created.set_permissions(Permissions::from_mode(FILE_MODE))?;
            Ok(created)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let opened = options.open(file)?;
            restrict(file);
            Ok(opened)
        }
        Err(error) => Err(error),
    }
}

/// Replaces a file: writes `temporary`, syncs it and renames it. Leaves no incomplete file behind.
///
/// # Errors
/// Fails if a step fails. The old file is then unchanged.
pub(crate) fn replace_file(file: &Path, temporary: &Path, content: &[u8]) -> io::Result<()> {
    let write = || {
        let mut out = open_file(temporary)?;
        out.set_len(0)?;
        out.write_all(content)?;
        // A full disk may show only here.
        out.sync_all()?;
        std::fs::rename(temporary, file)
    };
    let written = write();
    if written.is_err() {
        // The error of the write is the one to report.
        let _ = std::fs::remove_file(temporary);
    }
    written
}

/// Copies a file to a new one, and syncs the copy.
///
/// # Errors
/// Fails if the source cannot be read, or if the target exists or cannot be written.
pub(crate) fn copy_file(source: &Path, target: &Path) -> io::Result<()> {
    let mut input = File::open(source)?;
    let mut output = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(target)?;
    output.set_permissions(Permissions::from_mode(FILE_MODE))?;
    io::copy(&mut input, &mut output)?;
    output.sync_all()
}

/// Writes the entries of a folder to the disk: the names of new and renamed files.
///
/// # Errors
/// Fails if the folder cannot be opened or synced.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Restricts the files of a folder whose names `selects` accepts to their owner. Symbolic links are left alone.
///
/// # Errors
/// Fails if the folder cannot be read.
pub(crate) fn restrict_files(folder: &Path, selects: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let is_selected = entry.file_name().to_str().is_some_and(&selects);
        if is_selected && entry.file_type()?.is_file() {
            restrict(&entry.path());
        }
    }
    Ok(())
}

/// Removes the permissions of other users from a file or folder, with a notice in the log.
fn restrict(path: &Path) {
    // A file can vanish at any time, for example a write-ahead log.
    let Ok(metadata) = path.metadata() else { return };
    let mode = metadata.permissions().mode() & 0o777;
    let wanted = if metadata.is_dir() { FOLDER_MODE } else { FILE_MODE };
    let of_others = mode & !0o700;
    if of_others == 0 {
        return;
    }
    match std::fs::set_permissions(path, Permissions::from_mode(wanted)) {
        Ok(()) => tracing::warn!(
            path = %path.display(),
            "other users had access to this path (mode {mode:03o}); its mode is now {wanted:03o}"
        ),
        Err(error) => tracing::warn!(
            path = %path.display(), %error,
            "other users have access to this path (mode {mode:03o}), and this cannot be changed"
        ),
    }
}

/// Returns the path with a suffix after its file name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn restricts_new_and_existing_paths() {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("a/b");
        create_folder(&data).unwrap();
        assert_eq!(mode(&data), 0o700);
        let file = data.join("file");
        drop(open_file(&file).unwrap());
        assert_eq!(mode(&file), 0o600);

        std::fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o666)).unwrap();
        create_folder(&data).unwrap();
        drop(open_file(&file).unwrap());
        assert_eq!((mode(&data), mode(&file)), (0o700, 0o600));

        std::fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        std::fs::write(data.join("other"), "x").unwrap();
        std::fs::set_permissions(data.join("other"), Permissions::from_mode(0o644)).unwrap();
        restrict_files(&data, |name| name == "file").unwrap();
        assert_eq!((mode(&file), mode(&data.join("other"))), (0o600, 0o644));
    }

    #[test]
    fn keeps_the_old_file_if_the_new_one_cannot_be_written() {
        let folder = TempDir::new().unwrap();
        let (file, temporary) = (folder.path().join("file"), folder.path().join("new"));
        replace_file(&file, &temporary, b"old").unwrap();
        let missing = folder.path().join("missing/file");
        assert!(replace_file(&missing, &temporary, b"new").is_err());
        assert_eq!(std::fs::read(&file).unwrap(), b"old");
        assert!(!temporary.exists(), "the incomplete file is removed");
    }
}
