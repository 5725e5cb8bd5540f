//! Programs that the build needs in exactly one version, each built once and kept in the user's cache.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};

use crate::{process, workspace};

/// One at a time: two builds at once would only slow each other down.
static INSTALLING: Mutex<()> = Mutex::new(());

/// A program written in Rust, published as a crate.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    package: &'static str,
    version: String,
    /// The programs it brings.
    programs: &'static [&'static str],
    /// Whether the first of them tells its version. Else it is taken only from where it was installed by this program.
    tells_version: bool,
    features: &'static [&'static str],
    /// How long its build takes on two cores.
    minutes: u32,
}

/// What makes JavaScript bindings for the page. It must be equal to the library in `Cargo.lock`, to the digit.
pub(crate) fn wasm_bindgen() -> Result<Tool> {
    Ok(Tool {
        package: "wasm-bindgen-cli",
        version: workspace::locked_version("wasm-bindgen")?,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        tells_version: true,
        features: &[],
        minutes: 2,
    })
}

/// What takes the compiled page apart into what is loaded at once and what is loaded later.
pub(crate) fn wasm_split() -> Tool {
    Tool {
        package: "wasm_split_cli_support",
        version: "0.2.4".to_owned(),
        programs: &["wasm-split-cli"],
        tells_version: false,
        features: &["--features", "build-binary"],
        minutes: 1,
    }
}

/// What puts the page together.
pub(crate) fn trunk() -> Tool {
    Tool {
        package: "trunk",
        version: "0.21.14".to_owned(),
        programs: &["trunk"],
        tells_version: true,
        features: &["--no-default-features", "--features", "rustls"],
        minutes: 5,
    }
}

/// What checks licences and duplicate dependencies.
pub(crate) fn cargo_deny() -> Tool {
    Tool {
        package: "cargo-deny",
        version: "0.20.2".to_owned(),
        programs: &["cargo-deny"],
        tells_version: true,
        features: &[],
        minutes: 2,
    }
}

/// Begins to install, beside other work, what of these is missing. Failures show when the tool is needed.
pub(crate) fn install_meanwhile(tools: Vec<Tool>) {
    thread::spawn(move || {
        let quietly = |command: &mut Command| process::run_quietly(command).map(drop);
        tools.iter().try_for_each(|tool| tool.find_or_install_by(quietly).map(drop))
    });
}

impl Tool {
    /// What a step that gets this tool is called.
    pub(crate) fn title(&self) -> String {
        if self.find().is_some() {
            format!("Found {} {}", self.programs[0], self.version)
        } else {
            format!("Building {} {} (once, about {} minutes)", self.programs[0], self.version, self.minutes)
        }
    }

    /// The folder of the tool's programs, which are built first where they are missing.
    pub(crate) fn find_or_install(&self) -> Result<PathBuf> {
        self.find_or_install_by(process::run)
    }

    fn find_or_install_by(&self, run: impl Fn(&mut Command) -> Result<()>) -> Result<PathBuf> {
        let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        match self.find() {
            Some(folder) => Ok(folder),
            None => self.install(run).with_context(|| {
                format!(
                    "{} {} could not be installed. By hand, into a folder of PATH: cargo install --locked {} \
                     --version {}",
                    self.package, self.version, self.package, self.version
                )
            }),
        }
    }

    /// The folder of the tool's programs, if they are there in the right version.
    pub(crate) fn find(&self) -> Option<PathBuf> {
        let on_path = process::folder_on_path(self.programs[0]).filter(|_| self.tells_version);
        let cached = self.home().ok().map(|home| home.join("bin"));
        on_path.into_iter().chain(cached).find(|folder| self.is_in(folder))
    }

    fn is_in(&self, folder: &Path) -> bool {
        let program = |name: &str| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
        let tells = || {
            let told = Command::new(program(self.programs[0])).arg("--version").output();
            told.is_ok_and(|told| {
                String::from_utf8_lossy(&told.stdout).split_whitespace().nth(1) == Some(&self.version)
            })
        };
        self.programs.iter().all(|name| program(name).is_file()) && (!self.tells_version || tells())
    }

    fn home(&self) -> Result<PathBuf> {
        Ok(workspace::tools_dir()?.join(format!("{}-{}", self.package, self.version)))
    }

    /// Installs beside the final place and moves there at the end: an interrupted installation is not taken for
    /// a whole one, and the next attempt goes on where it stopped.
    fn install(&self, run: impl Fn(&mut Command) -> Result<()>) -> Result<PathBuf> {
        let home = self.home()?;
        let unfinished = home.with_added_extension("unfinished");
        fs::create_dir_all(&unfinished).with_context(|| format!("cannot create {}", unfinished.display()))?;

        if !self.download(&unfinished) {
            run(&mut self.build_command(&unfinished))?;
        }
        let _ = fs::remove_dir_all(unfinished.join("target"));
        let _ = fs::remove_dir_all(&home);
        fs::rename(&unfinished, &home).with_context(|| format!("cannot create {}", home.display()))?;
        Ok(home.join("bin"))
    }

    /// Fetches a program that somebody else built, where the user has what does that.
    fn download(&self, into: &Path) -> bool {
        if process::folder_on_path("cargo-binstall").is_none() {
            return false;
        }
        let mut binstall = process::cargo(["binstall", "--no-confirm", "--disable-strategies", "compile"]);
        binstall.arg("--root").arg(into).arg(format!("{}@{}", self.package, self.version));
        process::run_quietly(&mut binstall).is_ok() && self.is_in(&into.join("bin"))
    }

    /// Builds for a short build rather than for a fast program.
    fn build_command(&self, into: &Path) -> Command {
        let mut install = process::cargo(["install", "--locked", self.package, "--version", &self.version]);
        install
            .args(self.features)
            .arg("--root")
            .arg(into)
            // Away from the project's own settings of cargo, and from its target folder.
            .current_dir(into)
            .env("CARGO_TARGET_DIR", into.join("target"))
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        install
    }
}
