use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result};

/// Returns the root of the checkout.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let manifest_dir = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let crate_dir = manifest_dir.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        crate_dir.ancestors().nth(2).map_or_else(|| crate_dir.clone(), Path::to_path_buf)
    });
    &ROOT
}

/// Returns cargo's target folder. This program is `<target>/debug/xtask`.
pub(crate) fn target_dir() -> Result<PathBuf> {
    let program = env::current_exe().context("cannot determine the path of this program")?;
    let dir = program.ancestors().nth(2).context("this program is not in a target folder")?;
    Ok(dir.to_path_buf())
}

/// Returns the cache folder for the tools that xtask installs.
pub(crate) fn tools_dir() -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = cache
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .context("no home folder found; set XDG_CACHE_HOME to a folder for the project's tools")?;
    Ok(cache.join("studio-users").join("tools"))
}

/// Returns the version of a package in `Cargo.lock`.
pub(crate) fn locked_version(package: &str) -> Result<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    version_in(&lock, package).with_context(|| format!("{package} is not in Cargo.lock; run `cargo fetch`"))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_the_toolchain_to_the_minimum_version() {
        let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
        let (manifest, toolchain) = (read("Cargo.toml"), read("rust-toolchain.toml"));
        let value = |text: &str, key: &str| {
            let line =
                text.lines().find_map(|line| line.strip_prefix(&format!("{key} = "))).unwrap().to_owned();
            line.trim_matches('"').to_owned()
        };
        assert_eq!(value(&toolchain, "channel"), format!("{}.0", value(&manifest, "rust-version")));
    }

    #[test]
    fn reads_the_version_of_the_exact_package_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.129"));
        assert_eq!(version_in(lock, "trunk"), None);
    }
}
