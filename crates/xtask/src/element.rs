//! What hosts load: the module of WebAssembly behind the custom element, and the element itself.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::fingerprint::Fingerprint;
use crate::page::{self, Flavour};
use crate::split::{self, Parts};
use crate::{npm, process, tool, workspace};

/// The program that becomes the module.
const PROGRAM: &str = "studio-users-element";
/// The module's name, as `package/studio-users.js` asks for it.
const MODULE: &str = "studio-users-module";
/// The element's file: the one name that hosts know.
const ELEMENT: &str = "studio-users.js";

/// Builds the element into the page's folder, for the backend to serve as `/embed/studio-users.js`. What it loads has a
/// hash in its name, so that browsers keep it; the small one is split, as the page is.
pub(crate) fn build(flavour: Flavour) -> Result<()> {
    let is_split = flavour == Flavour::Small;
    let compiled = compile(flavour, is_split)?;
    let folder = page::folder(flavour).join("embed");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let module = if is_split {
        split::split(&compiled, MODULE, &folder)?
    } else {
        let bound = bind(&compiled, flavour)?;
        let named = format!("{MODULE}-{}", Fingerprint::default().path(&bound)?.finish());
        let parts = Parts { js: format!("{named}.js"), wasm: format!("{named}_bg.wasm") };
        copy(&bound.join(format!("{MODULE}.js")), &folder.join(&parts.js))?;
        copy(&bound.join(format!("{MODULE}_bg.wasm")), &folder.join(&parts.wasm))?;
        parts
    };
    let element = read(&source().join(ELEMENT))?;
    let named = element
        .replace(&format!("./{MODULE}.js"), &format!("./{}", module.js))
        .replace(&format!("./{MODULE}_bg.wasm"), &format!("./{}", module.wasm));
    ensure!(named != element, "package/{ELEMENT} does not name its module");
    write(&folder.join(ELEMENT), named)
}

/// Puts the package for npm together and packs it: the element, its module and types, and what tells how to use it.
pub(crate) fn package(flavour: Flavour) -> Result<PathBuf> {
    let module = bind(&compile(flavour, false)?, flavour)?;
    if flavour == Flavour::Small {
        split::optimise(&[module.join(format!("{MODULE}_bg.wasm"))])?;
    }
    let folder = workspace::target_dir()?.join("package");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for name in [ELEMENT, "studio-users.d.ts", "README.md"] {
        copy(&source().join(name), &folder.join(name))?;
    }
    for name in [format!("{MODULE}.js"), format!("{MODULE}_bg.wasm")] {
        copy(&module.join(&name), &folder.join(&name))?;
    }
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        copy(&workspace::root().join(name), &folder.join(name))?;
    }
    let manifest = read(&source().join("package.json"))?;
    write(&folder.join("package.json"), manifest.replace("0.0.0", env!("CARGO_PKG_VERSION")))?;
    npm::pack(&folder)
}

/// Compiles the module, and gives what the compiler wrote.
fn compile(flavour: Flavour, is_split: bool) -> Result<PathBuf> {
    let target = "wasm32-unknown-unknown";
    let mut cargo =
        process::cargo(["build", "--package", page::PACKAGE, "--bin", PROGRAM, "--target", target]);
    cargo.args(["--profile", flavour.cargo_profile()]);
    if is_split {
        // Without the studio around the users: what begins a part of it would stay, though nothing loads it.
        cargo
            .args(["--no-default-features", "--features", split::FEATURE])
            .env(split::RUSTFLAGS, split::rustflags());
    }
    process::run(&mut cargo)?;
    let built = workspace::target_dir()?.join(target).join(flavour.cargo_profile());
    Ok(built.join(format!("{PROGRAM}.wasm")))
}

/// Makes its JavaScript, and gives the folder of both.
fn bind(compiled: &Path, flavour: Flavour) -> Result<PathBuf> {
    let wasm_bindgen = tool::wasm_bindgen()?.find_or_install()?.join("wasm-bindgen");
    let folder = workspace::target_dir()?.join("element").join(flavour.folder());
    let mut bindgen = process::command(wasm_bindgen);
    bindgen.args(["--target", "web", "--no-typescript", "--omit-default-module-path", "--out-name", MODULE]);
    bindgen.arg("--out-dir").arg(&folder).arg(compiled);
    process::run(&mut bindgen)?;
    Ok(folder)
}

fn source() -> PathBuf {
    workspace::root().join("package")
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn write(file: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    fs::write(file, content).with_context(|| format!("cannot write {}", file.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).with_context(|| format!("cannot copy {}", from.display()))
}
