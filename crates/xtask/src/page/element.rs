//! Builds and packs the custom element for hosts, and the WebAssembly module that it loads.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::assemble::{copy_file, copy_hashed};
use super::split;
use super::{PageProfile, bindgen_command, compile_command, compile_split, compiled_wasm};
use crate::console::Task;
use crate::{npm, process, workspace};

/// The program that compiles to the module.
const PROGRAM: &str = "studio-users-element";
/// The module name that `package/studio-users.js` imports.
const MODULE: &str = "studio-users-module";
/// The file that hosts import.
const ELEMENT: &str = "studio-users.js";

/// Builds the element into the page's folder. The backend serves it as `/embed/studio-users.js`. The names of
/// the files that it loads contain a content hash, so that browsers can cache them. The release build is
/// split, like the page.
pub(super) fn build(profile: PageProfile, task: &Task) -> Result<()> {
    let is_split = profile == PageProfile::Release;
    let compiled = compile(profile, is_split, task)?;
    let folder = super::folder(profile).join("embed");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let module = if is_split {
        split::split(&compiled, MODULE, &folder, task)?
    } else {
        copy_hashed(&bind(&compiled, profile, task)?, MODULE, &folder)?
    };
    let element = read(&source().join(ELEMENT))?;
    let linked = element
        .replace(&format!("./{MODULE}.js"), &format!("./{}", module.js))
        .replace(&format!("./{MODULE}_bg.wasm"), &format!("./{}", module.wasm));
    ensure!(linked != element, "package/{ELEMENT} does not reference its module");
    let file = folder.join(ELEMENT);
    write(&file, linked)?;
    if is_split { minify(&file, task) } else { Ok(()) }
}

/// Minifies a JavaScript module in place, without changing its imports.
fn minify(file: &Path, task: &Task) -> Result<()> {
    let mut esbuild = process::command(npm::esbuild(task)?);
    esbuild.args(["--minify", "--format=esm", "--target=es2022", "--log-level=warning", "--allow-overwrite"]);
    task.run(esbuild.arg(file).arg(format!("--outfile={}", file.display())))
}

/// Packs the npm package with the element, its module, its types and the README. Returns the packed file.
pub(crate) fn package(profile: PageProfile, task: &Task) -> Result<PathBuf> {
    let module = bind(&compile(profile, false, task)?, profile, task)?;
    if profile == PageProfile::Release {
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

/// Compiles the module and returns the WebAssembly file.
fn compile(profile: PageProfile, is_split: bool, task: &Task) -> Result<PathBuf> {
    if is_split {
        // Excludes the feature `studio`: its parts would be built, but the element never loads them.
        compile_split(&["--bin", PROGRAM, "--no-default-features"], task)?;
    } else {
        task.run_labelled("element", compile_command(profile).args(["--bin", PROGRAM]))?;
    }
    compiled_wasm(profile, PROGRAM)
}

/// Generates the module's JavaScript, and returns the folder with the JavaScript and the WebAssembly.
fn bind(compiled: &Path, profile: PageProfile, task: &Task) -> Result<PathBuf> {
    let folder = workspace::target_dir()?.join("xtask-bound").join(profile.folder());
    let mut bindgen = bindgen_command(task)?;
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
