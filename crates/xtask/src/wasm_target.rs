use std::path::Path;

use anyhow::{Context, Result};

use crate::console::Task;
use crate::process;

const TARGET: &str = "wasm32-unknown-unknown";

/// Installs Rust's standard library for WebAssembly, unless it is installed.
pub(crate) fn ensure(task: &Task) -> Result<()> {
    if is_installed()? {
        return Ok(());
    }
    task.run(process::command("rustup").args(["target", "add", TARGET])).with_context(|| {
        format!(
            "Rust's standard library for {TARGET} is missing and could not be installed. With rustup, run \
             `rustup target add {TARGET}`. Without rustup, install your system's package \
             (Debian: libstd-rust-dev-wasm32, Fedora: rust-std-static-{TARGET})"
        )
    })
}

fn is_installed() -> Result<bool> {
    // rustc prints the folder even if the target is not installed.
    let mut rustc = process::command("rustc");
    let folder = process::read_stdout(rustc.args(["--print", "target-libdir", "--target", TARGET]))?;
    Ok(Path::new(folder.trim()).is_dir())
}
