//! The demo in a database of PostgreSQL: it is built as a file of SQLite, and copied.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::{GENERATOR_VERSION, build, demo_data, real_data};
use crate::audit;
use crate::database::{Database, copy_to_postgres};
use crate::failure::Failure;
use crate::private_files::create_new_folder;
use crate::store::{Content, database_file};

/// The name of the folder in the data folder in which the demo is built.
const BUILDING_FOLDER: &str = "demo.building";
/// The option that selects another database.
const OTHER: &str = "database with --database";

/// Generates the demo data, unless the database already has them. Servers that start at the same time do it one after
/// another, and the later ones find the data of the first.
pub(super) async fn ensure(database: &Database, users: u32, now: DateTime<Utc>) -> Result<(), Failure> {
    let Some(url) = &database.settings.postgres else { return Ok(()) };
    let target = Database::prepare_copy(url).await?;
    match target.content().await? {
        Content::Demo { users: existing, generator: Some(GENERATOR_VERSION) }
            if existing == i64::from(users) => {}
        Content::Real => return Err(real_data(url, OTHER)),
        Content::Empty | Content::Demo { .. } => {
            let building = BuildingFolder::create(&database.folder)?;
            let file = database_file(&building.0);
            audit::copy_key(&database.folder, &building.0)?;
            build::build(&file, users, GENERATOR_VERSION, now).await?;
            copy_to_postgres(&file, &target, url, &database.folder, now).await?;
        }
    }
    Ok(target.close().await?)
}

/// Refuses a database with demo data.
pub(super) async fn require_none(database: &Database) -> Result<(), Failure> {
    let Some(url) = &database.settings.postgres else { return Ok(()) };
    let target = Database::prepare_copy(url).await?;
    let content = target.content().await?;
    target.close().await?;
    match content {
        Content::Demo { users, .. } => Err(demo_data(url, users, OTHER)),
        Content::Empty | Content::Real => Ok(()),
    }
}

/// The folder in which the demo is built. Deleted when this is dropped.
struct BuildingFolder(PathBuf);

impl BuildingFolder {
    /// Creates the folder. Deletes one that a crash has left behind.
    fn create(data: &Path) -> std::io::Result<Self> {
        let folder = data.join(BUILDING_FOLDER);
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        create_new_folder(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for BuildingFolder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "the folder {} could not be deleted", self.0.display());
        }
    }
}
