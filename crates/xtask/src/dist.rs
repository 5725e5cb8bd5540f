//! `cargo xtask dist`: packs the archive of a release.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::backend::BackendProfile;
use crate::cli::OutputOptions;
use crate::console::{Console, Task};
use crate::page::{self, PageProfile, copy_file};
use crate::{process, wasm_target, workspace};

/// Builds the backend with the release page embedded, and packs it for the target triple of this machine.
pub(crate) fn run(options: OutputOptions) -> Result<()> {
    let console = Console::new(4, options.output());
    console.step("Checking the wasm32 target", None, wasm_target::ensure)?;
    let page = PageProfile::Release;
    console.step("Building the release page", page.estimate(), |task| page::build(page, task))?;
    let backend = BackendProfile::ReleaseWithPage;
    console
        .step("Building the release backend", backend.estimate(), |task| task.run(&mut backend.command()))?;
    let archive = console.step("Packing the archive", None, |task| pack(&backend.program()?, task))?;
    console.print_summary();
    println!("\n  {}\n", archive.display());
    Ok(())
}

/// Packs the program, the licences and the documents for operators. Writes the archive's SHA-256 next to it,
/// in the format of `sha256sum`.
fn pack(program: &Path, task: &Task) -> Result<PathBuf> {
    let name = format!("studio-users-server-{}-{}", env!("CARGO_PKG_VERSION"), host_triple()?);
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
    let sum = process::read_stdout(checksum_command().current_dir(&dist).arg(&archive))?;
    fs::write(dist.join(format!("{archive}.sha256")), sum).context("cannot write the checksum")?;
    Ok(dist.join(archive))
}

/// Returns the command that prints a file's SHA-256: `sha256sum` on Linux, `shasum` on macOS.
fn checksum_command() -> std::process::Command {
    if process::folder_on_path("sha256sum").is_some() {
        return process::command("sha256sum");
    }
    let mut shasum = process::command("shasum");
    shasum.args(["--algorithm", "256"]);
    shasum
}

/// Returns the target triple of this machine, such as `x86_64-unknown-linux-gnu`.
fn host_triple() -> Result<String> {
    let version = process::read_stdout(process::command("rustc").arg("--version").arg("--verbose"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("cannot find the host triple in the output of rustc")
}
