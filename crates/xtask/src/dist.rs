//! `cargo xtask dist`: packs the archive of a release.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::backend::BackendProfile;
use crate::cli::DistOptions;
use crate::console::{Console, Task};
use crate::page::{self, PageProfile, copy_file};
use crate::{checksum, musl, process, wasm_target, workspace};

/// The number of steps of [`build_static`].
pub(crate) const STATIC_STEPS: usize = 4;

/// Builds the backend with the release page embedded, and packs it for the target triple of this machine, or as a static
/// program.
pub(crate) fn run(options: &DistOptions) -> Result<()> {
    let console = Console::new(if options.is_static { STATIC_STEPS + 1 } else { 4 }, options.output());
    let (backend, triple) = if options.is_static {
        build_static(&console)?;
        (BackendProfile::StaticWithPage, musl::target())
    } else {
        build(&console, BackendProfile::ReleaseWithPage)?;
        (BackendProfile::ReleaseWithPage, host_triple()?)
    };
    let archive =
        console.step("Packing the archive", None, |task| pack(&backend.program()?, &triple, task))?;
    console.print_summary();
    println!("\n  {}\n", archive.display());
    Ok(())
}

/// Builds the static backend with the release page embedded.
pub(crate) fn build_static(console: &Console) -> Result<()> {
    console.step("Checking the musl target", None, musl::ensure)?;
    build(console, BackendProfile::StaticWithPage)
}

/// Builds the release page and a backend that embeds it, in three steps.
fn build(console: &Console, backend: BackendProfile) -> Result<()> {
    console.step("Checking the wasm32 target", None, wasm_target::ensure)?;
    let page = PageProfile::Release;
    console.step("Building the release page", page.estimate(), |task| page::build(page, task))?;
    console.step("Building the release backend", backend.estimate(), |task| task.run(&mut backend.command()))
}

/// Packs the program, the licences and the documents for operators. Writes the archive's SHA-256 next to it,
/// in the format of `sha256sum`.
fn pack(program: &Path, triple: &str, task: &Task) -> Result<PathBuf> {
    let name = format!("studio-users-server-{}-{triple}", env!("CARGO_PKG_VERSION"));
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
    let sum = process::read_stdout(checksum::command().current_dir(&dist).arg(&archive))?;
    fs::write(dist.join(format!("{archive}.sha256")), sum).context("cannot write the checksum")?;
    Ok(dist.join(archive))
}

/// Returns the target triple of this machine, such as `x86_64-unknown-linux-gnu`.
fn host_triple() -> Result<String> {
    let version = process::read_stdout(process::command("rustc").arg("--version").arg("--verbose"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("cannot find the host triple in the output of rustc")
}
