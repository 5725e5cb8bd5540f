//! Finds or installs the headless browser for the tests, and its driver.

use std::env;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use crate::console::Task;
use crate::process;

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const HEADLESS_SHELL: &str = "chromium-headless-shell";
#[cfg(target_os = "macos")]
const APPLICATIONS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
#[cfg(not(target_os = "macos"))]
const APPLICATIONS: [&str; 0] = [];

/// The programs for tests in a browser.
pub(crate) struct Browser {
    /// Chromium or Chrome.
    pub(crate) chromium: PathBuf,
    /// Chromium's headless shell, or Chromium if the shell is not installed. The shell draws no browser
    /// window, so the end-to-end tests take a third less time:
    /// <https://developer.chrome.com/blog/chrome-headless-shell>
    pub(crate) headless: PathBuf,
    /// `ChromeDriver`, for the page's tests.
    pub(crate) driver: PathBuf,
}

/// Finds the browser and its driver. Installs them on Debian and Ubuntu if they are missing.
pub(crate) fn find_or_install(task: &Task) -> Result<Browser> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _guard = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(browser) = find() {
        return Ok(browser);
    }
    install(task).and_then(|()| find().context("not found after the installation")).context(
        "the tests need Chromium and ChromeDriver of the same version. On Debian and Ubuntu, run `apt-get \
         install chromium chromium-driver`. On macOS, run `brew install --cask chromium chromedriver`. Or \
         set CHROMIUM and CHROMEDRIVER to their paths",
    )
}

fn find() -> Option<Browser> {
    let on_path = |name: &str| process::folder_on_path(name).map(|folder| folder.join(name));
    let from_env = |variable: &str| env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    let chromium = from_env("CHROMIUM")
        .or_else(|| BROWSERS.iter().find_map(|name| on_path(name)))
        .or_else(|| APPLICATIONS.iter().map(PathBuf::from).find(|path| path.is_file()))?;
    let driver = from_env("CHROMEDRIVER").or_else(|| on_path("chromedriver"))?;
    let headless =
        from_env("CHROMIUM").or_else(|| on_path(HEADLESS_SHELL)).unwrap_or_else(|| chromium.clone());
    Some(Browser { chromium, headless, driver })
}

fn install(task: &Task) -> Result<()> {
    task.note("installing chromium, its headless shell and chromedriver with apt-get");
    // Some releases have no package for the headless shell, and the tests also work without it.
    apt_install(&["chromium", "chromium-driver", HEADLESS_SHELL], task)
        .or_else(|_| apt_install(&["chromium", "chromium-driver"], task))
}

/// Installs Debian or Ubuntu packages.
pub(crate) fn apt_install(packages: &[&str], task: &Task) -> Result<()> {
    process::folder_on_path("apt-get").context("automatic installation needs apt-get")?;
    apt_get(&["update"], task)?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat(), task)
}

fn apt_get(args: &[&str], task: &Task) -> Result<()> {
    run_as_root(&[&["apt-get"], args].concat(), task)
}

/// Runs a command as root: directly, or with `sudo` if that needs no password.
pub(crate) fn run_as_root(command: &[&str], task: &Task) -> Result<()> {
    let (program, args) = command.split_first().context("no command to run")?;
    let mut command = process::command(if process::is_root() { program } else { "sudo" });
    if !process::is_root() {
        command.args(["--non-interactive", program]);
    }
    command.env("DEBIAN_FRONTEND", "noninteractive").args(args);
    task.run(&mut command)
}
