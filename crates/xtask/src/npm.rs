//! Programs from npm.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::{process, workspace};

/// Debian's and the crate's are too old for what today's compiler writes.
const BINARYEN: &str = "132.0.0";
const ESBUILD: &str = "0.28.2";

/// Makes WebAssembly small.
pub(crate) fn wasm_opt() -> Result<PathBuf> {
    program("binaryen", BINARYEN, "wasm-opt")
}

/// Makes JavaScript small.
pub(crate) fn esbuild() -> Result<PathBuf> {
    program("esbuild", ESBUILD, "esbuild")
}

/// A program of a package, which is installed into the cache first where it is missing.
fn program(package: &str, version: &str, program: &str) -> Result<PathBuf> {
    let home = workspace::tools_dir()?.join(format!("{package}-{version}"));
    if !home.exists() {
        let unfinished = home.with_added_extension("unfinished");
        fs::create_dir_all(&unfinished).with_context(|| format!("cannot create {}", unfinished.display()))?;
        let mut npm = process::command("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&unfinished);
        process::run_quietly(npm.arg(format!("{package}@{version}")))?;
        fs::rename(&unfinished, &home).with_context(|| format!("cannot create {}", home.display()))?;
    }
    Ok(home.join("node_modules").join(".bin").join(program))
}

/// Installs exactly what a folder's `package-lock.json` says, unless that was done.
pub(crate) fn ci(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json")).context("cannot read package-lock.json")?;
    let installed = folder.join("node_modules").join(".installed-lock.json");
    if fs::read(&installed).is_ok_and(|content| content == lock) {
        return Ok(());
    }
    let mut npm = process::command("npm");
    npm.current_dir(folder).args(["ci", "--no-audit", "--no-fund"]);
    process::run_quietly(&mut npm)?;
    fs::write(&installed, lock).context("cannot write into node_modules")
}

/// Packs a folder for npm beside itself, and gives the file.
pub(crate) fn pack(folder: &Path) -> Result<PathBuf> {
    let target = workspace::target_dir()?;
    let mut npm = process::command("npm");
    npm.current_dir(folder).args(["pack", "--silent", "--pack-destination"]).arg(&target);
    let output = npm.output().context("npm cannot be started: it comes with Node.js, https://nodejs.org")?;
    ensure!(output.status.success(), "npm pack failed: {}", String::from_utf8_lossy(&output.stderr));
    let name = String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().trim().to_owned();
    Ok(target.join(name))
}

/// Installs a packed package into a folder, and leaves its manifest and lock as they are.
pub(crate) fn install_file(folder: &Path, package: &Path) -> Result<()> {
    let mut npm = process::command("npm");
    npm.current_dir(folder).args(["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"]);
    process::run_quietly(npm.arg(package)).map(drop)
}
