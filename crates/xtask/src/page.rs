//! The page: compiled for the browser, bound to JavaScript, and put together with its static files.

mod assemble;
mod budget;
mod compress;
mod element;
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

/// The package of the page, and the name of its program.
const PACKAGE: &str = "studio-users";
const TARGET: &str = "wasm32-unknown-unknown";
/// The files and folders that the page is built from.
const INPUTS: [&str; 15] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "crates/contract",
    "crates/domain",
    "crates/wasm-tools/Cargo.lock",
    "crates/wasm-tools/src",
    "crates/xtask/src/npm.rs",
    "crates/xtask/src/page",
    "crates/xtask/src/page.rs",
    "index.html",
    "package",
    "public",
    "src",
    "style",
];

/// A way to build the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Quick to build.
    Quick,
    /// Quick to download: optimised for size, and split into parts that load when they are needed.
    Small,
}

impl Flavour {
    /// The cargo profile that compiles it.
    pub(crate) fn cargo_profile(self) -> &'static str {
        match self {
            Self::Quick => "page",
            Self::Small => "page-release",
        }
    }

    /// The folder, relative to the checkout, that holds the built page.
    fn folder(self) -> &'static str {
        match self {
            Self::Quick => "dist",
            Self::Small => "dist-small",
        }
    }

    /// The usual time of a build on two cores, unless the page was built before.
    pub(crate) fn estimate(self) -> Option<Duration> {
        let estimate = match self {
            Self::Quick => Duration::from_mins(2),
            Self::Small => Duration::from_mins(4),
        };
        (!folder(self).exists()).then_some(estimate)
    }
}

/// The folder that holds a built page.
pub(crate) fn folder(flavour: Flavour) -> PathBuf {
    workspace::root().join(flavour.folder())
}

/// Builds the page and the element into its [`folder`], unless that folder is up to date.
pub(crate) fn build(flavour: Flavour, task: &Task) -> Result<()> {
    if is_up_to_date(flavour)? {
        return Ok(());
    }
    if flavour == Flavour::Small {
        // It brings wasm-bindgen too: one build instead of two.
        tool::wasm_split().find_or_install(task)?;
    }
    compile(flavour, task)?;
    assemble::page(flavour, task)?;
    element::build(flavour, task)?;
    if flavour == Flavour::Small {
        compress::folder(&folder(flavour))?;
    }
    let stamp = stamp(flavour)?;
    fs::write(&stamp, fingerprint(flavour)?).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Compiles the page's Rust, which needs no tool but cargo, unless the page is up to date.
pub(crate) fn compile(flavour: Flavour, task: &Task) -> Result<()> {
    if is_up_to_date(flavour)? {
        return Ok(());
    }
    match flavour {
        // One build, as both programs have the same features.
        Flavour::Quick => task.run_labelled("page", compile_command(flavour).arg("--bins")).map(drop),
        Flavour::Small => compile_split(&["--bin", PACKAGE], task),
    }
}

/// Builds the host in React of `examples/` with the package as npm would install it.
pub(crate) fn build_react_host(flavour: Flavour, task: &Task) -> Result<()> {
    let package = package(flavour, task)?;
    let folder = workspace::root().join("examples").join("react");
    npm::ci(&folder, task)?;
    npm::install_file(&folder, &package, task)?;
    npm::run(&folder, "build", task)
}

fn is_up_to_date(flavour: Flavour) -> Result<bool> {
    let old = fs::read_to_string(stamp(flavour)?);
    Ok(old.is_ok_and(|old| fingerprint(flavour).is_ok_and(|new| old == new)))
}

/// The file that keeps the fingerprint of the last build.
fn stamp(flavour: Flavour) -> Result<PathBuf> {
    Ok(workspace::target_dir()?.join(format!("xtask-{}.stamp", flavour.folder())))
}

/// Hashes what the page is built from, and the result: so a folder that somebody else wrote into is built again.
fn fingerprint(flavour: Flavour) -> Result<String> {
    let start = Fingerprint::default().word(flavour.cargo_profile());
    let inputs = INPUTS.iter().map(|input| workspace::root().join(input)).chain([folder(flavour)]);
    inputs.into_iter().try_fold(start, |all, path| all.path(&path)).map(Fingerprint::finish)
}

/// The command that compiles programs of the page, which the caller selects.
fn compile_command(flavour: Flavour) -> Command {
    let profile = flavour.cargo_profile();
    process::cargo(["build", "--package", PACKAGE, "--target", TARGET, "--profile", profile])
}

/// Compiles a program of the small page so that it can be split.
fn compile_split(selection: &[&str], task: &Task) -> Result<()> {
    let mut cargo = compile_command(Flavour::Small);
    cargo.args(selection).args(["--features", split::FEATURE]).env(split::RUSTFLAGS, split::rustflags());
    task.run_labelled("page", &mut cargo).map(drop)
}

/// A file that the compiler wrote.
fn compiled(flavour: Flavour, program: &str) -> Result<PathBuf> {
    let folder = workspace::target_dir()?.join(TARGET).join(flavour.cargo_profile());
    Ok(folder.join(format!("{program}.wasm")))
}

/// The command that generates the JavaScript of a compiled program.
fn bind_command(task: &Task) -> Result<Command> {
    let mut bindgen = process::command(tool::wasm_bindgen()?.program("wasm-bindgen", task)?);
    bindgen.args(["--target", "web", "--no-typescript"]);
    Ok(bindgen)
}
