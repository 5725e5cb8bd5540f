//! The custom element for hosts, and the WebAssembly module that it loads.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::assemble::copy_file;
use super::split::{self, Parts};
use super::{Flavour, bind_command, compile_command, compile_split, compiled};
use crate::console::Task;
use crate::fingerprint::Fingerprint;
use crate::{npm, process, workspace};

/// The program that is compiled to the module.
const PROGRAM: &str = "studio-users-element";
/// The name by which `package/studio-users.js` imports the module.
const MODULE: &str = "studio-users-module";
/// The file that hosts import.
const ELEMENT: &str = "studio-users.js";

/// Builds the element into the page's folder, from where the backend serves it as `/embed/studio-users.js`. The names of the
/// files that it loads contain a hash, so that browsers cache them. The small one is split, as the page is.
pub(super) fn build(flavour: Flavour, task: &Task) -> Result<()> {
    let is_split = flavour == Flavour::Small;
    let compiled = compile(flavour, is_split, task)?;
    let folder = super::folder(flavour).join("embed");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let module = if is_split {
        split::split(&compiled, MODULE, &folder, task)?
    } else {
        let bound = bind(&compiled, flavour, task)?;
        let named = format!("{MODULE}-{}", Fingerprint::default().path(&bound)?.finish());
        let parts = Parts { js: format!("{named}.js"), wasm: format!("{named}_bg.wasm") };
        copy_file(&bound.join(format!("{MODULE}.js")), &folder.join(&parts.js))?;
        copy_file(&bound.join(format!("{MODULE}_bg.wasm")), &folder.join(&parts.wasm))?;
        parts
    };
    let element = read(&source().join(ELEMENT))?;
    let named = element
        .replace(&format!("./{MODULE}.js"), &format!("./{}", module.js))
        .replace(&format!("./{MODULE}_bg.wasm"), &format!("./{}", module.wasm));
    ensure!(named != element, "package/{ELEMENT} does not name its module");
    let file = folder.join(ELEMENT);
    write(&file, named)?;
    if is_split { minify(&file, task) } else { Ok(()) }
}

/// Minifies a JavaScript module in its place. Its imports stay as they are.
fn minify(file: &Path, task: &Task) -> Result<()> {
    let mut esbuild = process::command(npm::esbuild(task)?);
    esbuild.args(["--minify", "--format=esm", "--target=es2022", "--log-level=warning", "--allow-overwrite"]);
    task.run(esbuild.arg(file).arg(format!("--outfile={}", file.display())))
}

/// Packs the npm package: the element, its module, its types and the README. Returns the packed file.
pub(crate) fn package(flavour: Flavour, task: &Task) -> Result<PathBuf> {
    let module = bind(&compile(flavour, false, task)?, flavour, task)?;
    if flavour == Flavour::Small {
        split::optimise(&[module.join(format!("{MODULE}_bg.wasm"))], task)?;
    }
    let folder = workspace::target_dir()?.join("package");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for name in [ELEMENT, "studio-users.d.ts", "README.md"] {
        copy_file(&source().join(name), &folder.join(name))?;
    }
    for name in [format!("{MODULE}.js"), format!("{MODULE}_bg.wasm")] {
        copy_file(&module.join(&name), &folder.join(&name))?;
    }
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        copy_file(&workspace::root().join(name), &folder.join(name))?;
    }
    let manifest = read(&source().join("package.json"))?;
    write(&folder.join("package.json"), manifest.replace("0.0.0", env!("CARGO_PKG_VERSION")))?;
    npm::pack(&folder)
}

/// Compiles the module, and returns the file that the compiler wrote.
fn compile(flavour: Flavour, is_split: bool, task: &Task) -> Result<PathBuf> {
    if is_split {
        // Without the studio around the users: its parts would be built, although nothing loads them.
        compile_split(&["--bin", PROGRAM, "--no-default-features"], task)?;
    } else {
        task.run_labelled("element", compile_command(flavour).args(["--bin", PROGRAM]))?;
    }
    compiled(flavour, PROGRAM)
}

/// Generates the module's JavaScript, and returns the folder of both.
fn bind(compiled: &Path, flavour: Flavour, task: &Task) -> Result<PathBuf> {
    let folder = workspace::target_dir()?.join("xtask-bound").join(flavour.folder());
    let mut bindgen = bind_command(task)?;
    bindgen.args(["--omit-default-module-path", "--out-name", MODULE, "--out-dir"]).arg(&folder);
    task.run(bindgen.arg(compiled))?;
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
