//! `cargo xtask advisories`: known vulnerabilities in the dependencies.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::cli::OutputOptions;
use crate::console::{Console, Task};
use crate::{process, tool, workspace};

/// The folders with a `package-lock.json`.
const NPM_FOLDERS: [&str; 4] = ["bench", "conformance", "end2end", "examples/react"];
/// The packages with a `Cargo.lock`.
const CARGO_FOLDERS: [&str; 2] = ["", "crates/wasm-tools"];

/// Asks the databases of advisories about every dependency, of cargo and of npm. This needs the network.
pub(crate) fn run(options: OutputOptions) -> Result<()> {
    let console = Console::new(3, options.output());
    let deny = tool::cargo_deny();
    console.step("Looking for cargo-deny", deny.estimate(), |task| deny.find_or_install(task))?;
    // Both run, so that one report has all findings.
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
    console.summary();
    cargo.and(npm)
}

/// Runs a check in each folder, and fails at the end if one failed.
fn check(folders: &[&str], run: impl Fn(PathBuf) -> Result<()>) -> Result<()> {
    let problems: Vec<_> = folders
        .iter()
        .filter_map(|folder| run(workspace::root().join(folder)).err())
        .map(|problem| format!("{problem:#}"))
        .collect();
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}
