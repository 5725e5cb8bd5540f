//! `cargo xtask advisories`: checks the dependencies for known vulnerabilities.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::cli::OutputOptions;
use crate::console::{Console, Task};
use crate::{process, tool, workspace};

/// The folders that have a `package-lock.json`.
const NPM_FOLDERS: [&str; 4] = ["bench", "conformance", "end2end", "examples/react"];
/// The folders that have a `Cargo.lock`.
const CARGO_FOLDERS: [&str; 2] = ["", "crates/wasm-tools"];

/// Checks every cargo and npm dependency against the advisory databases. Requires network access.
pub(crate) fn run(options: OutputOptions) -> Result<()> {
    let console = Console::new(3, options.output());
    let deny = tool::cargo_deny();
    console.step("Finding cargo-deny", deny.estimate(), |task| deny.find_or_install(task))?;
    // Run both checks before failing, so that one report contains all findings.
    let cargo = console.step("Checking the crates", None, |task| {
        check(&CARGO_FOLDERS, |folder| {
            let mut command = process::command(deny.program("cargo-deny", task)?);
            let config = workspace::root().join("deny.toml");
            command.current_dir(folder).arg("--config").arg(config).args(["check", "advisories"]);
            task.run(&mut command)
        })
    });
    let npm = console.step("Checking the npm packages", None, |task: &Task| {
        check(&NPM_FOLDERS, |folder| task.run(process::command("npm").current_dir(folder).arg("audit")))
    });
    console.print_summary();
    cargo.and(npm)
}

/// Runs a check in each folder. Fails after the last one if any of them failed.
fn check(folders: &[&str], run: impl Fn(PathBuf) -> Result<()>) -> Result<()> {
    let problems: Vec<_> = folders
        .iter()
        .filter_map(|folder| run(workspace::root().join(folder)).err())
        .map(|problem| format!("{problem:#}"))
        .collect();
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}
