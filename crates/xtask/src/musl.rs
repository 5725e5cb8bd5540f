//! The target for static programs: musl instead of the C library of the system.

use std::env::consts::ARCH;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::console::Task;
use crate::{browser, process};

/// The C compiler of Debian's package `musl-tools`. SQLite and ring need it.
const COMPILER: &str = "musl-gcc";

/// Returns the target triple for this machine's processor.
pub(crate) fn target() -> String {
    format!("{ARCH}-unknown-linux-musl")
}

/// Installs the C compiler and Rust's standard library for the target, unless they are installed.
pub(crate) fn ensure(task: &Task) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "static programs are built on Linux only");
    if process::folder_on_path(COMPILER).is_none() {
        browser::apt_install(&["musl-tools"], task)
            .with_context(|| format!("{COMPILER} is missing; on Debian and Ubuntu it is in `musl-tools`"))?;
    }
    let target = target();
    let mut rustc = process::command("rustc");
    let folder = process::read_stdout(rustc.args(["--print", "target-libdir", "--target", &target]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    task.run(process::command("rustup").args(["target", "add", &target]))
        .with_context(|| format!("Rust's standard library for {target} could not be installed"))
}

/// Selects the target for a cargo command.
pub(crate) fn select(cargo: &mut Command) {
    let target = target();
    // The variable of the `cc` crate: https://docs.rs/cc/latest/cc/#external-configuration-via-environment-variables
    cargo.env(format!("CC_{}", target.replace('-', "_")), COMPILER).args(["--target", &target]);
}
