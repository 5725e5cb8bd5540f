//! Finds or installs the browsers with other engines than Chromium's, and their drivers.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::console::Task;
use crate::{browser, process, tool};

const FIREFOX: [&str; 2] = ["firefox-esr", "firefox"];
/// The environment variable with the path of Firefox's driver.
const DRIVER: &str = "GECKODRIVER";
const FIREFOX_ON_MACOS: &str = "/Applications/Firefox.app/Contents/MacOS/firefox";
/// Debian and Ubuntu keep the browser of `WebKitGTK` in `/usr/lib/<architecture>/<version>`.
const MINI_BROWSER: [&str; 3] =
    ["webkit2gtk-4.1/MiniBrowser", "webkitgtk-6.0/MiniBrowser", "webkit2gtk-4.0/MiniBrowser"];

/// The engines that the flows run in.
pub(crate) struct Engines {
    /// The names of the engines.
    pub(crate) names: Vec<&'static str>,
    /// The paths of their programs, as environment variables.
    pub(crate) variables: Vec<(&'static str, PathBuf)>,
    /// Which browsers are missing, if any.
    pub(crate) missing: Option<&'static str>,
}

/// Finds Firefox and `WebKit`. Installs them on Debian and Ubuntu if they are missing. An engine that cannot be installed is
/// left out.
pub(crate) fn find_or_install(task: &Task) -> Engines {
    let mut engines = Engines { names: vec!["chromium"], variables: Vec::new(), missing: None };
    let firefox = engines.add("firefox", firefox(task), task);
    let webkit = engines.add("webkit", webkit(task), task);
    engines.missing = match (firefox, webkit) {
        (true, true) => None,
        (false, true) => Some("Firefox could not be installed"),
        (true, false) => Some("WebKit could not be installed"),
        (false, false) => Some("Firefox and WebKit could not be installed"),
    };
    engines
}

/// Finds or installs Firefox and its driver, and returns the driver. `None` if Firefox cannot be installed.
pub(crate) fn firefox_driver(task: &Task) -> Option<PathBuf> {
    let mut engines = Engines { names: Vec::new(), variables: Vec::new(), missing: None };
    engines.add("firefox", firefox(task), task);
    engines.variables.into_iter().find(|(name, _)| *name == DRIVER).map(|(_, driver)| driver)
}

impl Engines {
    /// Adds an engine if it was found. Returns whether it was.
    fn add(&mut self, name: &'static str, found: Result<Vec<(&'static str, PathBuf)>>, task: &Task) -> bool {
        match found {
            Ok(variables) => {
                self.names.push(name);
                self.variables.extend(variables);
                true
            }
            Err(error) => {
                task.note(&format!("{name} could not be installed, so its tests are skipped: {error:#}"));
                false
            }
        }
    }
}

fn firefox(task: &Task) -> Result<Vec<(&'static str, PathBuf)>> {
    let find = || {
        from_env("FIREFOX")
            .or_else(|| FIREFOX.iter().find_map(|name| on_path(name)))
            .or_else(|| Some(PathBuf::from(FIREFOX_ON_MACOS)).filter(|path| path.is_file()))
    };
    let firefox = find_or_apt_install(find, &["firefox-esr"], task)?;
    let driver = match from_env(DRIVER) {
        Some(driver) => driver,
        None => tool::geckodriver().program("geckodriver", task)?,
    };
    Ok(vec![("FIREFOX", firefox), (DRIVER, driver)])
}

fn webkit(task: &Task) -> Result<Vec<(&'static str, PathBuf)>> {
    let find = || {
        let driver = from_env("WEBKIT_DRIVER").or_else(|| on_path("WebKitWebDriver"))?;
        let browser = from_env("MINI_BROWSER").or_else(|| mini_browser(Path::new("/usr/lib")))?;
        on_path("Xvfb")?;
        Some(vec![("WEBKIT_DRIVER", driver), ("MINI_BROWSER", browser)])
    };
    find_or_apt_install(find, &["webkit2gtk-driver", "xvfb"], task)
}

fn find_or_apt_install<T>(find: impl Fn() -> Option<T>, packages: &[&str], task: &Task) -> Result<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    task.note(&format!("installing {} with apt-get", packages.join(" and ")));
    browser::apt_install(packages, task)?;
    find().context("not found after the installation")
}

fn from_env(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

fn on_path(program: &str) -> Option<PathBuf> {
    process::folder_on_path(program).map(|folder| folder.join(program))
}

/// Finds the browser of `WebKitGTK` in a folder of libraries, for any architecture.
fn mini_browser(libraries: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(libraries).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let mut found = folders.flat_map(|folder| MINI_BROWSER.map(|name| folder.join(name)));
    found.find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_browser_of_webkit_for_any_architecture() {
        let libraries = env::temp_dir().join(format!("xtask-engines-{}", std::process::id()));
        let folder = libraries.join("aarch64-linux-gnu/webkit2gtk-4.1");
        fs::create_dir_all(&folder).unwrap();
        assert_eq!(mini_browser(&libraries), None);
        fs::write(folder.join("MiniBrowser"), "").unwrap();
        assert_eq!(mini_browser(&libraries), Some(folder.join("MiniBrowser")));
        fs::remove_dir_all(&libraries).unwrap();
    }
}
