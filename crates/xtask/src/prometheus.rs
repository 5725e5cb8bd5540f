//! Finds or installs Prometheus, for the test of the alerts and the dashboard.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use crate::console::Task;
use crate::{browser, process};

/// Returns the folder of `prometheus` and `promtool`. Installs them on Debian and Ubuntu if they are missing.
pub(crate) fn find_or_install(task: &Task) -> Result<PathBuf> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _guard = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let find = || process::folder_on_path("promtool").filter(|folder| folder.join("prometheus").is_file());
    if let Some(folder) = find() {
        return Ok(folder);
    }
    task.note("installing prometheus with apt-get");
    browser::apt_install(&["prometheus"], task).and_then(|()| find().context("not found after the installation")).context(
        "this test needs Prometheus. On Debian and Ubuntu, run `apt-get install prometheus`. On macOS, run `brew install \
         prometheus`",
    )
}
