//! Builds the page: compiles it to WebAssembly, generates its JavaScript with wasm-bindgen, and adds its
//! static files.

mod assemble;
mod budget;
mod compress;
mod element;
mod imports;
mod inline_script;
mod split;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

pub(crate) use assemble::{copy_file, copy_folder};
pub(crate) use budget::check as check_budget;
pub(crate) use element::package;

use crate::console::Task;
use crate::fingerprint::Fingerprint;
use crate::{npm, process, tool, workspace};

/// The name of the page's package and of its program.
const PACKAGE: &str = "studio-users";
const TARGET: &str = "wasm32-unknown-unknown";
/// The files and folders that the page is built from.
const INPUTS: [&str; 17] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "crates/contract",
    "crates/domain",
    "crates/wasm-tools/Cargo.lock",
    "crates/wasm-tools/Cargo.toml",
    "crates/wasm-tools/src",
    "crates/xtask/src/npm.rs",
    "crates/xtask/src/page",
    "crates/xtask/src/page.rs",
    "index.html",
    "package",
    "public",
    "rust-toolchain.toml",
    "src",
    "style",
];

/// The build profile of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageProfile {
    /// Builds fast.
    Dev,
    /// Downloads fast: optimised for size, and split into lazy-loaded parts.
    Release,
}

impl PageProfile {
    /// Returns the name of the cargo profile.
    pub(crate) fn cargo_profile(self) -> &'static str {
        match self {
            Self::Dev => "page",
            Self::Release => "page-release",
        }
    }

    /// Returns the output folder, relative to the checkout.
    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "dist",
            Self::Release => "dist-small",
        }
    }

    /// Returns the usual build time on two cores, or `None` if the output folder exists.
    pub(crate) fn estimate(self) -> Option<Duration> {
        let estimate = match self {
            Self::Dev => Duration::from_mins(2),
            Self::Release => Duration::from_mins(4),
        };
        (!folder(self).exists()).then_some(estimate)
    }
}

/// Returns the absolute output folder.
pub(crate) fn folder(profile: PageProfile) -> PathBuf {
    workspace::root().join(profile.folder())
}

/// Builds the page and the element into the output [`folder`], unless the folder is up to date.
pub(crate) fn build(profile: PageProfile, task: &Task) -> Result<()> {
    if is_up_to_date(profile)? {
        return Ok(());
    }
    if profile == PageProfile::Release {
        // Also builds wasm-bindgen, so one build replaces two.
        tool::wasm_split().find_or_install(task)?;
    }
    compile(profile, task)?;
    assemble::page(profile, task)?;
    element::build(profile, task)?;
    if profile == PageProfile::Release {
        compress::folder(&folder(profile))?;
    }
    let stamp = stamp(profile)?;
    fs::write(&stamp, fingerprint(profile)?).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Compiles the page's Rust code, unless the page is up to date. Needs only cargo.
pub(crate) fn compile(profile: PageProfile, task: &Task) -> Result<()> {
    if is_up_to_date(profile)? {
        return Ok(());
    }
    match profile {
        // One build is enough, because both programs use the same features.
        PageProfile::Dev => task.run_labelled("page", compile_command(profile).arg("--bins")).map(drop),
        PageProfile::Release => compile_split(&["--bin", PACKAGE], task),
    }
}

/// Builds the React example host with the packed npm package.
pub(crate) fn build_react_host(profile: PageProfile, task: &Task) -> Result<()> {
    let package = package(profile, task)?;
    let folder = workspace::root().join("examples").join("react");
    npm::ci(&folder, task)?;
    npm::install_file(&folder, &package, task)?;
    npm::run(&folder, "build", task)
}

fn is_up_to_date(profile: PageProfile) -> Result<bool> {
    let old = fs::read_to_string(stamp(profile)?);
    Ok(old.is_ok_and(|old| fingerprint(profile).is_ok_and(|new| old == new)))
}

/// Returns the file with the fingerprint of the last build.
fn stamp(profile: PageProfile) -> Result<PathBuf> {
    Ok(workspace::target_dir()?.join(format!("xtask-{}.stamp", profile.folder())))
}

/// Hashes the inputs and the output folder of a build. A change to the output folder also triggers a rebuild.
fn fingerprint(profile: PageProfile) -> Result<String> {
    let start = Fingerprint::default().word(profile.cargo_profile());
    let inputs = INPUTS.iter().map(|input| workspace::root().join(input)).chain([folder(profile)]);
    inputs.into_iter().try_fold(start, |all, path| all.path(&path)).map(Fingerprint::finish)
}

/// Returns the command that compiles the page's package. The caller adds the programs to compile.
fn compile_command(profile: PageProfile) -> Command {
    let cargo_profile = profile.cargo_profile();
    process::cargo(["build", "--package", PACKAGE, "--target", TARGET, "--profile", cargo_profile])
}

/// Compiles a program of the release page with the options that code splitting needs.
fn compile_split(selection: &[&str], task: &Task) -> Result<()> {
    let mut cargo = compile_command(PageProfile::Release);
    cargo.args(selection).args(["--features", split::FEATURE]).env(split::RUSTFLAGS, split::rustflags());
    task.run_labelled("page", &mut cargo).map(drop)
}

/// Returns the path of a compiled WebAssembly file.
fn compiled_wasm(profile: PageProfile, program: &str) -> Result<PathBuf> {
    let folder = workspace::target_dir()?.join(TARGET).join(profile.cargo_profile());
    Ok(folder.join(format!("{program}.wasm")))
}

/// Returns the command that generates the JavaScript of a compiled program.
fn bindgen_command(task: &Task) -> Result<Command> {
    let mut bindgen = process::command(tool::wasm_bindgen()?.program("wasm-bindgen", task)?);
    bindgen.args(["--target", "web", "--no-typescript"]);
    Ok(bindgen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_only_inputs_that_exist() {
        // `Fingerprint::path` ignores a path that does not exist.
        let missing: Vec<_> = INPUTS.iter().filter(|input| !workspace::root().join(input).exists()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn builds_again_after_a_change_of_the_toolchain() {
        assert!(INPUTS.contains(&"rust-toolchain.toml"));
    }
}
