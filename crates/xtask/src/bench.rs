//! `cargo xtask bench`: the page beside others that do the same, in speed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cli::BenchOptions;
use crate::fingerprint::files_below;
use crate::page::{self, Flavour};
use crate::progress::Progress;
use crate::{backend, browser, npm, process, tool, wasm_target, workspace};

/// The pages that ours is compared with, by their folders in `bench/dist`.
const OTHERS: [&str; 5] = ["floor", "everything", "react", "solid", "ag-grid"];

/// Sets up, builds everything as it is released, and measures.
pub(crate) fn run(options: &BenchOptions) -> Result<()> {
    let mut progress = Progress::new(7);
    progress.step("Checking that Rust can compile for the browser", wasm_target::ensure)?;
    let (wasm_bindgen, trunk) = (tool::wasm_bindgen()?, tool::trunk());
    progress.step("Looking for the tools", || {
        wasm_bindgen.find_or_install()?;
        trunk.find_or_install().map(drop)
    })?;
    let browser = browser::find_or_install()?;
    progress.step("Building the small page", || page::build(Flavour::Small))?;
    progress.step("Building the backend", || process::run(&mut backend::build_release_command()))?;
    progress.step("Building the pages to compare it with", build_others)?;
    let site = progress.step("Putting them together", put_together)?;
    progress.step("Measuring", || process::run(&mut driver(options, &site, &browser.chromium)?))?;
    progress.summary();
    Ok(())
}

fn folder() -> PathBuf {
    workspace::root().join("bench")
}

fn build_others() -> Result<()> {
    npm::ci(&folder())?;
    for script in ["check", "build"] {
        process::run(process::command("npm").current_dir(folder()).args(["run", "--silent", script]))?;
    }
    Ok(())
}

/// One folder, so that one backend serves all: ours at the root, the others below `bench/`.
fn put_together() -> Result<PathBuf> {
    let site = workspace::target_dir()?.join("bench-site");
    if site.exists() {
        fs::remove_dir_all(&site).with_context(|| format!("cannot remove {}", site.display()))?;
    }
    copy(&page::dist(), &site)?;
    for name in OTHERS {
        copy(&folder().join("dist").join(name), &site.join("bench").join(name))?;
    }
    Ok(site)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in files_below(from)? {
        let copy = to.join(file.strip_prefix(from)?);
        if let Some(parent) = copy.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
        }
        fs::copy(&file, &copy).with_context(|| format!("cannot write {}", copy.display()))?;
    }
    Ok(())
}

fn driver(options: &BenchOptions, site: &Path, chromium: &Path) -> Result<std::process::Command> {
    let target = workspace::target_dir()?;
    let mut node = process::command("node");
    node.arg(folder().join("dist").join("driver").join("main.js"));
    node.arg("--server").arg(backend::program(true)?).arg("--site").arg(site);
    // A million users take a while to invent: they are kept.
    node.arg("--data").arg(target.join("bench-data"));
    node.arg("--out").arg(options.out.clone().unwrap_or_else(|| target.join("bench")));
    node.args(["--listen", &options.listen.to_string()]);
    if options.short {
        node.arg("--short");
    }
    if let Some(measure) = &options.only {
        node.args(["--only", measure]);
    }
    if let Some(rounds) = options.rounds {
        node.args(["--rounds", &rounds.to_string()]);
    }
    node.env("CHROMIUM", chromium);
    Ok(node)
}
