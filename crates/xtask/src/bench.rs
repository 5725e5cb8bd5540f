//! `cargo xtask bench`: benchmarks the page against comparable pages made with other libraries, and the backend under
//! load.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::backend::BackendProfile;
use crate::cli::BenchOptions;
use crate::console::{Console, Task};
use crate::page::{self, PageProfile, copy_folder};
use crate::{browser, npm, process, wasm_target, workspace};

/// The folders of the comparable pages in `bench/dist`.
const PEERS: [&str; 5] = ["baseline", "everything", "react", "solid", "ag-grid"];

/// Installs missing tools, builds the pages and the backend in release mode, and runs the benchmark.
pub(crate) fn run(options: &BenchOptions) -> Result<()> {
    if options.load.backend {
        return run_load(options);
    }
    let console = Console::new(6, options.output());
    console.step("Checking the wasm32 target", None, wasm_target::ensure)?;
    let browser = console.step("Finding a browser", None, browser::find_or_install)?;
    let page = PageProfile::Release;
    console.step("Building the release page", page.estimate(), |task| page::build(page, task))?;
    let backend = BackendProfile::Release;
    console
        .step("Building the release backend", backend.estimate(), |task| task.run(&mut backend.command()))?;
    console.step("Building the comparable pages", None, build_peers)?;
    let site = assemble_site()?;
    console.print_summary();
    // The driver prints its own progress.
    run_driver(&mut driver(options, &site, &browser.chromium)?)
}

/// Builds the backend in release mode, and measures it under load.
fn run_load(options: &BenchOptions) -> Result<()> {
    let console = Console::new(2, options.output());
    let backend = BackendProfile::Release;
    console
        .step("Building the release backend", backend.estimate(), |task| task.run(&mut backend.command()))?;
    console.step("Building the load program", None, |task| {
        npm::ci(&folder(), task)?;
        npm::run(&folder(), "build:load", task)
    })?;
    console.print_summary();
    run_driver(&mut load_program(options)?)
}

fn run_driver(driver: &mut Command) -> Result<()> {
    let status = driver.status().map_err(|error| process::spawn_error(driver, &error))?;
    process::check_status(driver, status)
}

fn load_program(options: &BenchOptions) -> Result<Command> {
    let (target, load) = (workspace::target_dir()?, &options.load);
    let mut node = process::command("node");
    node.arg(folder().join("dist").join("load").join("main.js"));
    node.arg("--server").arg(BackendProfile::Release.program()?);
    node.arg("--data").arg(target.join("bench-data"));
    node.arg("--out").arg(options.out.clone().unwrap_or_else(|| target.join("bench")));
    node.args(["--users", &load.users.to_string(), "--backends", &load.backends.to_string()]);
    node.args(["--seconds", &load.seconds.to_string()]);
    Ok(node)
}

fn folder() -> PathBuf {
    workspace::root().join("bench")
}

fn build_peers(task: &Task) -> Result<()> {
    npm::ci(&folder(), task)?;
    ["check", "build"].iter().try_for_each(|script| npm::run(&folder(), script, task))
}

/// Copies all pages into one folder, so that one backend serves them. The project's page is at the root, the
/// comparable pages are in `bench/`.
fn assemble_site() -> Result<PathBuf> {
    let site = workspace::target_dir()?.join("bench-site");
    if site.exists() {
        fs::remove_dir_all(&site).with_context(|| format!("cannot remove {}", site.display()))?;
    }
    copy_folder(&page::folder(PageProfile::Release), &site)?;
    for name in PEERS {
        copy_folder(&folder().join("dist").join(name), &site.join("bench").join(name))?;
    }
    Ok(site)
}

fn driver(options: &BenchOptions, site: &Path, chromium: &Path) -> Result<Command> {
    let target = workspace::target_dir()?;
    let mut node = process::command("node");
    node.arg(folder().join("dist").join("driver").join("main.js"));
    node.arg("--server").arg(BackendProfile::Release.program()?).arg("--site").arg(site);
    // Creating a million users is slow, so the data folder is kept for the next run.
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
