//! Creates a backup, also while a server runs.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::at;
use super::staging::Staging;
use crate::audit;
use crate::failure::Failure;
use crate::private_files::sync_folder;
use crate::store::{Store, database_file};

/// Writes a backup of a data folder to a new folder. Returns a summary in one line.
///
/// # Errors
/// Fails if the target exists, if a file cannot be read or written, or if the copy fails its checks. Then nothing is
/// left behind.
pub(crate) async fn create(data: &Path, target: &Path) -> Result<String, Failure> {
    let database = database_file(data);
    if !database.exists() {
        return Err(format!("no database found at {}", database.display()).into());
    }
    require_new(target)?;
    let name = target.file_name().ok_or_else(|| format!("{} is not a folder name", target.display()))?;
    let parent = target.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let staging = parent.join(incomplete_name(name));
    let staging = Staging::create(staging).map_err(at("create a folder in", parent))?;
    // Reads the head before the database, so that the copied log is at least as long as the head.
    let log = audit::LogCopy::begin(data)?;
    let copy = database_file(staging.path());
    Store::copy_database(&database, &copy).await?;
    Store::check_integrity(&copy).await?;
    let summary = log.finish(&copy).await?;
    sync_folder(staging.path()).map_err(at("write", target))?;
    require_new(target)?;
    staging.rename(target).map_err(at("create", target))?;
    sync_folder(parent).map_err(at("write", target))?;
    Ok(format!("backup created at {}; {summary}", target.display()))
}

fn incomplete_name(name: &OsStr) -> OsString {
    let mut incomplete = OsStr::new(".").to_owned();
    incomplete.push(name);
    incomplete.push(format!(".incomplete-{}", std::process::id()));
    incomplete
}

fn require_new(target: &Path) -> Result<(), Failure> {
    match target.symlink_metadata() {
        Ok(_) => Err(format!("{} exists already; choose a new folder", target.display()).into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(at("create", target)(error)),
    }
}
