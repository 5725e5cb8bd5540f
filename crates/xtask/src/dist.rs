//! `cargo xtask dist`: the archives of a release.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::backend::Build;
use crate::cli::OutputOptions;
use crate::console::{Console, Task};
use crate::page::{self, Flavour, copy_file};
use crate::{process, wasm_target, workspace};

/// Builds the backend with the small page inside, and packs it for the machine that this runs on.
pub(crate) fn run(options: OutputOptions) -> Result<()> {
    let console = Console::new(4, options.output());
    console.step("Checking that Rust can compile for the browser", None, wasm_target::ensure)?;
    let small = Flavour::Small;
    console.step("Building the small page", small.estimate(), |task| page::build(small, task))?;
    let build = Build::Complete;
    console
        .step("Building the optimised backend", build.estimate(), |task| task.run(&mut build.command()))?;
    let archive = console.step("Packing the archive", None, |task| pack(&build.program()?, task))?;
    console.summary();
    println!("\n  {}\n", archive.display());
    Ok(())
}

/// Packs the program, the licences and the documents for operators. Beside the archive is its SHA-256, in the format of
/// `sha256sum`.
fn pack(program: &Path, task: &Task) -> Result<PathBuf> {
    let name = format!("studio-users-server-{}-{}", env!("CARGO_PKG_VERSION"), host()?);
    let dist = workspace::target_dir()?.join("dist");
    let folder = dist.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    copy_file(program, &folder.join(program.file_name().context("the program has no name")?))?;
    for document in ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        copy_file(&workspace::root().join(document), &folder.join(document))?;
    }
    let archive = format!("{name}.tar.gz");
    let mut tar = process::command("tar");
    task.run(tar.current_dir(&dist).args(["--create", "--gzip", "--file", &archive, &name]))?;
    let sum = process::read(checksum_command().current_dir(&dist).arg(&archive))?;
    fs::write(dist.join(format!("{archive}.sha256")), sum).context("cannot write the checksum")?;
    Ok(dist.join(archive))
}

/// The program that prints a file's SHA-256: `sha256sum` on Linux, `shasum` on macOS.
fn checksum_command() -> std::process::Command {
    if process::folder_on_path("sha256sum").is_some() {
        return process::command("sha256sum");
    }
    let mut shasum = process::command("shasum");
    shasum.args(["--algorithm", "256"]);
    shasum
}

/// The target triple of this machine, such as `x86_64-unknown-linux-gnu`.
fn host() -> Result<String> {
    let version = process::read(process::command("rustc").arg("--version").arg("--verbose"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say what it compiles for")
}
