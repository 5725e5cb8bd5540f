//! Installs Schemathesis, which checks the backend against its `OpenAPI` document: <https://schemathesis.io>.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use crate::console::Task;
use crate::{process, workspace};

const VERSION: &str = "4.32.5";

/// Returns the folder with the Python package. Installs it with pip if it is missing. Returns `None` without Python 3.10,
/// without pip or without the package index: then the end-to-end tests skip this check.
pub(crate) fn find_or_install(task: &Task) -> Result<Option<PathBuf>> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _guard = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = workspace::tools_dir()?.join(format!("schemathesis-{VERSION}"));
    if folder.is_dir() {
        return Ok(Some(folder));
    }
    let is_usable = "import sys, pip; sys.exit(sys.version_info < (3, 10))";
    let python = Command::new("python3").args(["-c", is_usable]).output();
    if !python.is_ok_and(|output| output.status.success()) {
        return Ok(None);
    }
    // Renames the folder at the end, so that an interrupted installation never looks complete.
    let unfinished = folder.with_added_extension("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    let mut pip = process::command("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--target"]);
    if let Err(error) = task.run(pip.arg(&unfinished).arg(format!("schemathesis=={VERSION}"))) {
        task.note(&format!("Schemathesis could not be installed, so its tests are skipped: {error}"));
        return Ok(None);
    }
    fs::rename(&unfinished, &folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(Some(folder))
}
