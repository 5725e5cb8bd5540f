//! The key that an operator gives to a new server.

use std::path::Path;

use super::Error;
use super::chain::Head;
use super::files::{head_file, key_file, read_key, read_key_file, write_head, write_key};
use crate::private_files::create_folder;

/// Writes the key of a file to a data folder that has none. `is_new_log` allows to begin a log that only one server
/// writes; otherwise its missing head would count as tampering.
///
/// # Errors
/// Fails if the folder has another key, if the file is no key, and if a file cannot be read or written.
pub(crate) fn install_key(folder: &Path, selected: &Path, is_new_log: bool) -> Result<(), Error> {
    let key = read_key_file(selected)?
        .ok_or_else(|| Error::File { file: selected.into(), error: std::io::ErrorKind::NotFound.into() })?;
    match read_key(folder)? {
        Some(existing) if existing.as_bytes() == key.as_bytes() => Ok(()),
        Some(_) => Err(Error::OtherKey { file: key_file(folder), selected: selected.into() }),
        None => {
            create_folder(folder).map_err(|error| Error::File { file: folder.into(), error })?;
            if is_new_log && !head_file(folder).exists() {
                write_head(&head_file(folder), &key, Head::EMPTY)?;
            }
            write_key(folder, &key)
        }
    }
}

/// Copies the key of a folder, if it has one, to a folder in which a database is built.
pub(crate) fn copy_key(folder: &Path, building: &Path) -> Result<(), Error> {
    match read_key(folder)? {
        Some(key) => write_key(building, &key),
        None => Ok(()),
    }
}
