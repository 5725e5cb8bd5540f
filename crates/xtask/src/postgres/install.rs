//! Finds or installs the programs of `PostgreSQL`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use crate::console::Task;
use crate::{browser, process};

/// The oldest version that the backend supports.
const MIN_VERSION: u32 = 15;
/// The programs that a server needs.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];
/// Folders with a folder for each version: of Debian and Ubuntu, and of Homebrew.
const VERSION_FOLDERS: [&str; 3] = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"];
const CREATE_CLUSTER: &str = "/etc/postgresql-common/createcluster.conf";

/// The programs of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Installation {
    folder: PathBuf,
    version: u32,
}

impl Installation {
    /// Returns the newest supported version on this machine.
    pub(crate) fn find() -> Option<Self> {
        let on_path = process::folder_on_path("initdb");
        let folders = VERSION_FOLDERS.iter().flat_map(|folder| version_folders(Path::new(folder)));
        newest(on_path.into_iter().chain(folders), version_of)
    }

    /// Returns the folder of the programs.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the path of a program.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Finds `PostgreSQL`. Installs it on Debian and Ubuntu if it is missing.
pub(crate) fn find_or_install(task: &Task) -> Result<Installation> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _guard = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(installation) = Installation::find() {
        return Ok(installation);
    }
    install(task).and_then(|()| Installation::find().context("not found after the installation")).context(
        "these tests need PostgreSQL 15 or later. On Debian and Ubuntu, run `apt-get install postgresql`. On \
         macOS, run `brew install postgresql@17`",
    )
}

fn install(task: &Task) -> Result<()> {
    task.note("installing postgresql with apt-get");
    browser::apt_install(&["postgresql-common"], task)?;
    // The package would create a server and start it. The tests start their own.
    let no_cluster = r"s/^#?\s*create_main_cluster\s*=.*/create_main_cluster = false/";
    browser::run_as_root(&["sed", "--in-place", "--regexp-extended", no_cluster, CREATE_CLUSTER], task)?;
    browser::apt_install(&["postgresql"], task)
}

/// Returns the folders of programs in a folder that has one folder for each version.
fn version_folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).collect()
}

/// Returns the newest supported version in the folders that have all programs.
fn newest(
    folders: impl Iterator<Item = PathBuf>,
    version_of: impl Fn(&Path) -> Option<u32>,
) -> Option<Installation> {
    let complete = folders.filter(|folder| PROGRAMS.iter().all(|name| folder.join(name).is_file()));
    let versions =
        complete.filter_map(|folder| version_of(&folder).map(|version| Installation { folder, version }));
    versions.filter(|found| found.version >= MIN_VERSION).max_by_key(|found| found.version)
}

fn version_of(folder: &Path) -> Option<u32> {
    let output = process::command(folder.join("initdb")).arg("--version").output().ok()?;
    major_version(&String::from_utf8_lossy(&output.stdout))
}

/// Parses the major version in a line such as `initdb (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)` or `… 18beta1`.
fn major_version(line: &str) -> Option<u32> {
    let (_, version) = line.split_once("(PostgreSQL) ")?;
    version.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_the_major_version() {
        assert_eq!(major_version("initdb (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("initdb (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_version("initdb: error"), None);
    }

    #[test]
    fn selects_the_newest_supported_version_with_all_programs() {
        let folder = std::env::temp_dir().join(format!("xtask-postgres-{}", std::process::id()));
        let create = |version: &str, programs: &[&str]| {
            let bin = folder.join(version).join("bin");
            fs::create_dir_all(&bin).unwrap();
            for name in programs {
                fs::write(bin.join(name), "").unwrap();
            }
        };
        let version_of = |bin: &Path| bin.parent()?.file_name()?.to_str()?.parse().ok();
        let found = || newest(version_folders(&folder).into_iter(), version_of).map(|found| found.version);
        create("14", &PROGRAMS);
        assert_eq!(found(), None);
        for version in ["15", "17", "9"] {
            create(version, &PROGRAMS);
        }
        create("18", &["initdb"]);
        assert_eq!(found(), Some(17));
        fs::remove_dir_all(&folder).unwrap();
    }
}
