//! Tools that the build needs in an exact version. Each is built or downloaded once and kept in the user's
//! cache.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::console::Task;
use crate::fingerprint::Fingerprint;
use crate::{process, workspace};

/// Serialises installations, so that two steps do not install the same tool.
static INSTALLING: Mutex<()> = Mutex::new(());

/// A package of programs written in Rust.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    package: &'static str,
    version: String,
    /// The names of the programs in the package.
    programs: &'static [&'static str],
    /// Whether the first program supports `--version`. Other programs are used only from the cache, never
    /// from `PATH`.
    reports_version: bool,
    source: Source,
    /// The usual build time on two cores.
    estimate: Duration,
}

/// The location of a tool's sources.
#[derive(Debug, Clone)]
enum Source {
    /// The package on crates.io with the tool's name.
    Registry,
    /// `crates/wasm-tools`, compiled with these features.
    WasmTools(&'static str),
}

/// Returns the generator of the JavaScript that loads the page. Its version has to equal that of the library
/// in `Cargo.lock`.
pub(crate) fn wasm_bindgen() -> Result<Tool> {
    Ok(Tool {
        package: "wasm-bindgen-cli",
        version: workspace::locked_version("wasm-bindgen")?,
        programs: &["wasm-bindgen"],
        reports_version: true,
        source: Source::WasmTools(""),
        estimate: Duration::from_secs(30),
    })
}

/// Returns the runner of the page's browser tests. It includes the programs of [`wasm_bindgen`] and
/// [`wasm_split`], so one build replaces three.
pub(crate) fn wasm_test_tools() -> Result<Tool> {
    Ok(Tool {
        programs: &["wasm-bindgen", "wasm-split-cli", "wasm-bindgen-test-runner"],
        source: Source::WasmTools("split,test-runner"),
        estimate: Duration::from_mins(1),
        ..wasm_bindgen()?
    })
}

/// Returns the tool that splits the compiled page into a main module and lazy-loaded parts.
pub(crate) fn wasm_split() -> Tool {
    Tool {
        package: "wasm_split_cli_support",
        version: "0.2.4".to_owned(),
        programs: &["wasm-split-cli"],
        reports_version: false,
        source: Source::WasmTools("split"),
        estimate: Duration::from_secs(45),
    }
}

/// Returns the tool that checks the licences, duplicates and advisories of the dependencies.
pub(crate) fn cargo_deny() -> Tool {
    Tool {
        package: "cargo-deny",
        version: "0.20.2".to_owned(),
        programs: &["cargo-deny"],
        reports_version: true,
        source: Source::Registry,
        estimate: Duration::from_mins(3),
    }
}

/// Returns the `WebDriver` of Firefox.
pub(crate) fn geckodriver() -> Tool {
    Tool {
        package: "geckodriver",
        version: "0.37.1".to_owned(),
        programs: &["geckodriver"],
        reports_version: true,
        source: Source::Registry,
        estimate: Duration::from_mins(1),
    }
}

impl Tool {
    /// Returns the usual installation time, or `None` if the tool is installed.
    pub(crate) fn estimate(&self) -> Option<Duration> {
        self.find().is_none().then_some(self.estimate)
    }

    /// Returns the path of one of the tool's programs. Installs the tool if it is missing.
    pub(crate) fn program(&self, name: &str, task: &Task) -> Result<PathBuf> {
        Ok(self.find_or_install(task)?.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
    }

    /// Returns the folder of the tool's programs. Installs the tool if it is missing.
    pub(crate) fn find_or_install(&self, task: &Task) -> Result<PathBuf> {
        let _guard = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        match self.find() {
            Some(folder) => Ok(folder),
            None => self.install(task).with_context(|| {
                let (package, version) = (self.package, &self.version);
                // A program that reports no version is never used from PATH, so there is nothing to install by hand.
                let hint = if self.reports_version {
                    format!(
                        ". To install it yourself into a folder on PATH: cargo install --locked {package} \
                         --version {version}"
                    )
                } else {
                    String::new()
                };
                format!("cannot install {package} {version}{hint}")
            }),
        }
    }

    /// Returns the folder of the tool's programs, if they are installed in this version.
    pub(crate) fn find(&self) -> Option<PathBuf> {
        let on_path = process::folder_on_path(self.programs[0]).filter(|_| self.reports_version);
        let cached_bin = self.cached_bin();
        // A build with more features also contains the programs of a build with fewer.
        let superset = match self.source {
            Source::WasmTools(_) => [Some(wasm_split()), wasm_test_tools().ok()],
            Source::Registry => [None, None],
        };
        let superset = superset.into_iter().flatten().filter_map(|tool| tool.cached_bin());
        on_path.into_iter().chain(cached_bin).chain(superset).find(|folder| self.is_installed_in(folder))
    }

    fn cached_bin(&self) -> Option<PathBuf> {
        self.home().ok().map(|home| home.join("bin"))
    }

    fn is_installed_in(&self, folder: &Path) -> bool {
        let program = |name: &str| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
        let has_version = || {
            let output = Command::new(program(self.programs[0])).arg("--version").output();
            output.is_ok_and(|output| {
                String::from_utf8_lossy(&output.stdout).split_whitespace().nth(1) == Some(&self.version)
            })
        };
        self.programs.iter().all(|name| program(name).is_file()) && (!self.reports_version || has_version())
    }

    /// Returns the tool's folder in the cache.
    fn home(&self) -> Result<PathBuf> {
        let name = match self.source {
            Source::Registry => format!("{}-{}", self.package, self.version),
            Source::WasmTools(features) => {
                let sources = ["Cargo.toml", "Cargo.lock", "src"].map(|name| wasm_tools().join(name));
                let fingerprint = Fingerprint::default().word(features);
                let fingerprint = sources.iter().try_fold(fingerprint, |all, path| all.path(path))?;
                format!("wasm-tools-{}", fingerprint.finish())
            }
        };
        Ok(workspace::tools_dir()?.join(name))
    }

    /// Installs into a temporary folder and renames it at the end, so an interrupted installation never looks
    /// complete. The next attempt continues the build.
    fn install(&self, task: &Task) -> Result<PathBuf> {
        let home = self.home()?;
        let unfinished = home.with_added_extension("unfinished");
        fs::create_dir_all(&unfinished).with_context(|| format!("cannot create {}", unfinished.display()))?;
        if !self.download(&unfinished) {
            task.run_labelled("tools", &mut self.build_command(&unfinished))?;
        }
        let _ = fs::remove_dir_all(unfinished.join("target"));
        let _ = fs::remove_dir_all(&home);
        fs::rename(&unfinished, &home).with_context(|| format!("cannot create {}", home.display()))?;
        Ok(home.join("bin"))
    }

    /// Downloads a prebuilt program with cargo-binstall. Returns false if cargo-binstall is missing or finds
    /// none: <https://github.com/cargo-bins/cargo-binstall>
    fn download(&self, into: &Path) -> bool {
        if !self.reports_version || process::folder_on_path("cargo-binstall").is_none() {
            return false;
        }
        let mut binstall = process::cargo(["binstall", "--no-confirm", "--disable-strategies", "compile"]);
        binstall.arg("--root").arg(into).arg(format!("{}@{}", self.package, self.version));
        process::read_stdout(&mut binstall).is_ok() && self.is_installed_in(&into.join("bin"))
    }

    fn build_command(&self, into: &Path) -> Command {
        let mut install = process::cargo(["install", "--locked"]);
        match self.source {
            Source::Registry => {
                install.args([self.package, "--version", &self.version]);
                // A fast build matters more than a fast program.
                install
                    .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
                    .env("CARGO_PROFILE_RELEASE_LTO", "off")
                    .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                    .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
            }
            Source::WasmTools(features) => {
                install.arg("--path").arg(wasm_tools()).args(["--features", features]);
            }
        }
        // Runs outside of the checkout, so that the checkout's cargo configuration does not apply.
        install.arg("--root").arg(into).current_dir(into).env("CARGO_TARGET_DIR", into.join("target"));
        install
    }
}

/// Returns the package with the project's own builds of wasm-bindgen and wasm-split.
fn wasm_tools() -> PathBuf {
    workspace::root().join("crates").join("wasm-tools")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_tools_use_the_locked_wasm_bindgen_version() {
        let manifest = fs::read_to_string(wasm_tools().join("Cargo.toml")).unwrap();
        let version = wasm_bindgen().unwrap().version;
        for line in [
            format!("version = \"{version}\"\n"),
            format!("wasm-bindgen-cli-support = \"={version}\"\n"),
            format!("wasm-bindgen-cli = {{ version = \"={version}\","),
        ] {
            assert!(manifest.contains(&line), "crates/wasm-tools/Cargo.toml does not contain {line}");
        }
    }
}
