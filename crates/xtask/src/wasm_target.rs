use std::path::Path;

use anyhow::{Context, Result};

use crate::process;

const TARGET: &str = "wasm32-unknown-unknown";

/// Sees to it that Rust can compile for the browser.
pub(crate) fn ensure() -> Result<()> {
    if is_installed()? {
        return Ok(());
    }
    process::run(process::command("rustup").args(["target", "add", TARGET])).with_context(|| {
        format!(
            "Rust's standard library for {TARGET} is missing and could not be added. Where Rust comes from \
             rustup, `rustup target add {TARGET}` brings it; elsewhere install your system's package of it \
             (Debian: libstd-rust-dev-wasm32, Fedora: rust-std-static-{TARGET})"
        )
    })
}

fn is_installed() -> Result<bool> {
    // Printed even where the target is absent: only the folder tells.
    let mut rustc = process::command("rustc");
    let folder = process::run_quietly(rustc.args(["--print", "target-libdir", "--target", TARGET]))?;
    Ok(Path::new(folder.trim()).is_dir())
}
