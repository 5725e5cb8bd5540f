//! `cargo xtask bench`: measures the speed of the page and of pages that do the same with other libraries.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::backend::Build;
use crate::cli::BenchOptions;
use crate::console::{Console, Task};
use crate::page::{self, Flavour, copy_folder};
use crate::{browser, npm, process, wasm_target, workspace};

/// The folders of the other pages in `bench/dist`.
const OTHERS: [&str; 5] = ["floor", "everything", "react", "solid", "ag-grid"];

/// Sets up, builds everything as it is released, and measures.
pub(crate) fn run(options: &BenchOptions) -> Result<()> {
    let console = Console::new(6, options.output());
    console.step("Checking that Rust can compile for the browser", None, wasm_target::ensure)?;
    let browser = console.step("Looking for a browser", None, browser::find_or_install)?;
    let small = Flavour::Small;
    console.step("Building the small page", small.estimate(), |task| page::build(small, task))?;
    let build = Build::Optimised;
    console
        .step("Building the optimised backend", build.estimate(), |task| task.run(&mut build.command()))?;
    console.step("Building the pages to compare with", None, build_others)?;
    let site = put_together()?;
    console.summary();
    // The driver reports each measurement itself.
    let mut driver = driver(options, &site, &browser.chromium)?;
    let status = driver.status().map_err(|error| process::not_started(&driver, &error))?;
    process::succeeded(&driver, status)
}

fn folder() -> PathBuf {
    workspace::root().join("bench")
}

fn build_others(task: &Task) -> Result<()> {
    npm::ci(&folder(), task)?;
    ["check", "build"].iter().try_for_each(|script| npm::run(&folder(), script, task))
}

/// Copies all pages into one folder, so that one backend serves them: ours at the root, the others below `bench/`.
fn put_together() -> Result<PathBuf> {
    let site = workspace::target_dir()?.join("bench-site");
    if site.exists() {
        fs::remove_dir_all(&site).with_context(|| format!("cannot remove {}", site.display()))?;
    }
    copy_folder(&page::folder(Flavour::Small), &site)?;
    for name in OTHERS {
        copy_folder(&folder().join("dist").join(name), &site.join("bench").join(name))?;
    }
    Ok(site)
}

fn driver(options: &BenchOptions, site: &Path, chromium: &Path) -> Result<std::process::Command> {
    let target = workspace::target_dir()?;
    let mut node = process::command("node");
    node.arg(folder().join("dist").join("driver").join("main.js"));
    node.arg("--server").arg(Build::Optimised.program()?).arg("--site").arg(site);
    // A million users take a while to create, so they are kept.
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
