//! The page: compiled for the browser, put together by trunk, compressed.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::compress::{self, Size};
use crate::fingerprint::{Fingerprint, files_below};
use crate::{element, process, split, tool, workspace};

/// The package of the page, and the program that it is compiled to.
pub(crate) const PACKAGE: &str = "studio-users";
/// What the page is made of.
const INPUTS: [&str; 14] = [
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "crates/contract",
    "crates/domain",
    "crates/xtask/src/element.rs",
    "crates/xtask/src/npm.rs",
    "crates/xtask/src/page.rs",
    "crates/xtask/src/split.rs",
    "index.html",
    "package",
    "public",
    "src",
    "style",
];

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Quick to build.
    Quick,
    /// Quick to load.
    Small,
    /// In a made-up language in place of English, for a test that looks for text from elsewhere.
    Pseudo,
}

impl Flavour {
    /// The profile that it is compiled with.
    pub(crate) fn cargo_profile(self) -> &'static str {
        match self {
            Self::Quick | Self::Pseudo => "page",
            Self::Small => "page-release",
        }
    }

    /// The folder that it is put together in: of the page that is served, or of one for a test.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Quick | Self::Small => "dist",
            Self::Pseudo => "dist-pseudo",
        }
    }

    fn brotli_quality(self) -> u32 {
        match self {
            Self::Quick | Self::Pseudo => 5,
            Self::Small => 11,
        }
    }
}

/// The folder of the page that is served.
pub(crate) fn dist() -> PathBuf {
    folder(Flavour::Quick)
}

/// The folder that a page is put together in.
pub(crate) fn folder(flavour: Flavour) -> PathBuf {
    workspace::root().join(flavour.folder())
}

/// Compiles the page's Rust alone, for which no tool is needed: done while those are built.
pub(crate) fn compile_command(flavour: Flavour) -> std::process::Command {
    process::cargo([
        "build",
        "--package=studio-users",
        "--target=wasm32-unknown-unknown",
        "--profile",
        flavour.cargo_profile(),
    ])
}

/// Builds the page into its [`folder`], unless what is there was built from the same.
pub(crate) fn build(flavour: Flavour) -> Result<()> {
    let stamp = workspace::target_dir()?.join(format!("xtask-{}.stamp", flavour.folder()));
    if fs::read_to_string(&stamp).is_ok_and(|old| fingerprint(flavour).is_ok_and(|new| old == new)) {
        println!("      nothing changed");
        return Ok(());
    }
    put_together(flavour)?;
    if flavour == Flavour::Small {
        split_page()?;
    }
    if flavour != Flavour::Pseudo {
        element::build(flavour)?;
    }
    let sizes = compress::folder(&folder(flavour), flavour.brotli_quality())?;
    if flavour == Flavour::Small {
        print_sizes(&sizes);
    }
    fs::write(&stamp, fingerprint(flavour)?).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Of what the page is made of and of what came out: if somebody builds into the same folder by hand, that shows.
fn fingerprint(flavour: Flavour) -> Result<String> {
    let inputs = INPUTS
        .iter()
        .try_fold(Fingerprint::default().word(flavour.cargo_profile()), |fingerprint, input| {
            fingerprint.path(&workspace::root().join(input))
        })?;
    Ok(inputs.path(&folder(flavour))?.finish())
}

fn put_together(flavour: Flavour) -> Result<()> {
    let trunk_folder = tool::trunk().find_or_install()?;
    let wasm_bindgen_folder = tool::wasm_bindgen()?.find_or_install()?;
    // Trunk is told to stay offline, lest it fetch other versions of its tools; so cargo fetches first.
    process::run_quietly(&mut process::cargo(["fetch", "--quiet"]))?;

    let mut trunk = process::command(trunk_folder.join("trunk"));
    trunk.args(["build", "--offline", "true", "--skip-version-check", "--dist", flavour.folder()]);
    trunk.args(["--cargo-profile", flavour.cargo_profile()]);
    if flavour == Flavour::Small {
        trunk.args(["--features", split::FEATURE]).env(split::RUSTFLAGS, split::rustflags());
    }
    if flavour == Flavour::Pseudo {
        trunk.args(["--features", "pseudo"]);
    }
    if env::var_os("NO_COLOR").is_some() {
        // Trunk takes no other value, such as the usual 1.
        trunk.env("NO_COLOR", "true");
    }
    process::put_on_path(&mut trunk, wasm_bindgen_folder)?;
    process::run(&mut trunk)
}

/// Puts what the compiler wrote, split, in the place of what trunk made of it whole.
fn split_page() -> Result<()> {
    let whole = files_below(&dist())?.into_iter().find_map(|file| {
        let name = file.file_name()?.to_str()?.strip_suffix("_bg.wasm")?;
        Some(name.to_owned())
    });
    let whole = whole.context("trunk built no page")?;
    let of_whole = [format!("{whole}_bg.wasm"), format!("{whole}.js")];
    for name in &of_whole {
        fs::remove_file(dist().join(name)).with_context(|| format!("cannot remove {name}"))?;
    }
    let folder = workspace::target_dir()?.join("wasm32-unknown-unknown").join(Flavour::Small.cargo_profile());
    let parts = split::split(&folder.join(format!("{PACKAGE}.wasm")), PACKAGE, &dist())?;
    let index = dist().join("index.html");
    let html = fs::read_to_string(&index).with_context(|| format!("cannot read {}", index.display()))?;
    let html = html.replace(&of_whole[0], &parts.wasm).replace(&of_whole[1], &parts.js);
    fs::write(&index, html).with_context(|| format!("cannot write {}", index.display()))
}

fn print_sizes(sizes: &[Size]) {
    println!("\n      {:>9}  {:>9}", "bytes", "brotli");
    for size in sizes {
        let name = size.path.strip_prefix(dist()).unwrap_or(&size.path);
        println!("      {:>9}  {:>9}  {}", size.plain, size.brotli, name.display());
    }
    let sum = |of: fn(&Size) -> u64| sizes.iter().map(of).sum::<u64>();
    println!("      {:>9}  {:>9}  in all\n", sum(|s| s.plain), sum(|s| s.brotli));
}
