//! A browser without a window, and its driver.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process;

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
#[cfg(target_os = "macos")]
const APPLICATIONS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
#[cfg(not(target_os = "macos"))]
const APPLICATIONS: [&str; 0] = [];

/// Where the two lie.
pub(crate) struct Browser {
    /// Chromium, or Chrome.
    pub(crate) chromium: PathBuf,
    /// What the tests of the page drive it by.
    pub(crate) driver: PathBuf,
}

/// Finds the browser and its driver, which are installed first where that can be done.
pub(crate) fn find_or_install() -> Result<Browser> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    install().and_then(|()| find().context("they are still not there")).context(
        "the tests need Chromium and ChromeDriver of the same version. Debian and Ubuntu: `apt-get install \
         chromium chromium-driver`; macOS: `brew install --cask chromium chromedriver`; or set CHROMIUM and \
         CHROMEDRIVER to where they lie",
    )
}

fn find() -> Option<Browser> {
    let on_path = |name: &str| process::folder_on_path(name).map(|folder| folder.join(name));
    let named = |variable: &str| env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    let chromium = named("CHROMIUM")
        .or_else(|| BROWSERS.iter().find_map(|name| on_path(name)))
        .or_else(|| APPLICATIONS.iter().map(PathBuf::from).find(|path| path.is_file()))?;
    let driver = named("CHROMEDRIVER").or_else(|| on_path("chromedriver"))?;
    Some(Browser { chromium, driver })
}

fn install() -> Result<()> {
    process::folder_on_path("apt-get").context("they can be installed here only by hand")?;
    println!("      installing chromium and chromium-driver by apt-get");
    apt_get(&["update"])?;
    apt_get(&["install", "--yes", "--no-install-recommends", "chromium", "chromium-driver"])
}

fn apt_get(args: &[&str]) -> Result<()> {
    let is_root = process::run_quietly(process::command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let mut apt_get = process::command(if is_root { "apt-get" } else { "sudo" });
    if !is_root {
        apt_get.args(["--non-interactive", "apt-get"]);
    }
    apt_get.env("DEBIAN_FRONTEND", "noninteractive").args(args);
    process::run_quietly(&mut apt_get).map(drop)
}
