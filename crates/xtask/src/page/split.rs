//! Splits the compiled page: one JavaScript module, the WebAssembly that it starts with, and the parts that it loads when they
//! are first needed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, anyhow};

use super::bind_command;
use crate::console::Task;
use crate::fingerprint::{Fingerprint, files_below};
use crate::{npm, process, tool, workspace};

/// The feature that marks where the page can be split. It needs [`rustflags`] as well.
pub(super) const FEATURE: &str = "split";
/// The variable that adds compiler flags for the target of the browser.
pub(super) const RUSTFLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// The name that the splitter gives to the module that loads the parts.
const LOADER: &str = "__wasm_split.js";

/// Compiler flags: the splitter needs relocations, and panic messages must not contain the paths of this machine.
pub(super) fn rustflags() -> String {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let libraries = home.map(|home| home.join("registry").join("src").display().to_string());
    // Cargo splits the variable at white space.
    let libraries = libraries.filter(|path| !path.contains(char::is_whitespace));
    let short = libraries.map(|path| format!(" --remap-path-prefix={path}=")).unwrap_or_default();
    format!("-Clink-args=--emit-relocs{short}")
}

/// The names of the files that the page starts with. They contain a hash of the content.
#[derive(Debug)]
pub(super) struct Parts {
    /// The JavaScript module. It loads further parts from its own folder.
    pub(super) js: String,
    /// The WebAssembly that it starts with.
    pub(super) wasm: String,
}

/// Splits a compiled program, optimises each part for size, and writes the files into a folder.
pub(super) fn split(compiled: &Path, name: &str, folder: &Path, task: &Task) -> Result<Parts> {
    let work = workspace::target_dir()?.join("xtask-split").join(name);
    let (taken_apart, bound) = (work.join("parts"), work.join("bound"));
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&bound).with_context(|| format!("cannot create {}", bound.display()))?;

    let mut splitter = process::command(tool::wasm_split().program("wasm-split-cli", task)?);
    task.run(splitter.arg(compiled).arg(&taken_apart).args(["--out-name", name]))?;

    let mut bindgen = bind_command(task)?;
    // The parts find what they share by the names that the linker exported.
    bindgen.args(["--keep-lld-exports", "--remove-name-section", "--remove-producers-section"]);
    bindgen.args(["--out-name", name, "--out-dir"]).arg(&bound);
    task.run(bindgen.arg(taken_apart.join(format!("{name}.wasm"))))?;

    let begin = format!("{name}_bg.wasm");
    let mut later = Vec::new();
    for file in files_below(&taken_apart)? {
        let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if file_name == LOADER || is_part(&file_name) {
            fs::copy(&file, bound.join(&file_name)).with_context(|| format!("cannot copy {file_name}"))?;
        }
        if is_part(&file_name) {
            later.push(file_name);
        }
    }
    optimise(&later.iter().chain([&begin]).map(|name| bound.join(name)).collect::<Vec<_>>(), task)?;
    let mut js = minified(&bound, name, task)?;

    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for part in &later {
        let content = fs::read(bound.join(part)).with_context(|| format!("cannot read {part}"))?;
        let plain = part.trim_end_matches(".wasm").trim_start_matches("split_").replace('_', "-");
        let named = format!("{name}-{plain}-{}.wasm", Fingerprint::default().bytes(&content).finish());
        let (before, after) = (format!("\"./{part}\""), format!("\"./{named}\""));
        js = js
            .contains(&before)
            .then(|| js.replace(&before, &after))
            .with_context(|| format!("nothing loads {part}"))?;
        fs::write(folder.join(&named), content).with_context(|| format!("cannot write {named}"))?;
    }
    let content = fs::read(bound.join(&begin)).with_context(|| format!("cannot read {begin}"))?;
    let wasm = format!("{name}-{}_bg.wasm", Fingerprint::default().bytes(&content).finish());
    fs::write(folder.join(&wasm), content).with_context(|| format!("cannot write {wasm}"))?;
    // A page that names no module loads the one in the same folder.
    let js = js.replace(&begin, &wasm);
    let named = format!("{name}-{}.js", Fingerprint::default().bytes(js.as_bytes()).finish());
    fs::write(folder.join(&named), js).with_context(|| format!("cannot write {named}"))?;
    Ok(Parts { js: named, wasm })
}

/// Whether the splitter wrote this file as a part: of one place that loads it, or shared by several.
fn is_part(file_name: &str) -> bool {
    let is_named = ["split_", "chunk_"].iter().any(|start| file_name.starts_with(start));
    is_named && Path::new(file_name).extension().is_some_and(|extension| extension == "wasm")
}

/// Optimises WebAssembly files for size, all at once.
pub(super) fn optimise(files: &[PathBuf], task: &Task) -> Result<()> {
    let wasm_opt = npm::wasm_opt(task)?;
    thread::scope(|scope| {
        let running: Vec<_> = files
            .iter()
            .map(|file| {
                let mut command = process::command(&wasm_opt);
                // Repeated code compresses to next to nothing; the code that avoids it does not.
                command.args(["-Oz", "--skip-pass=local-cse", "--skip-pass=inlining-optimizing"]);
                command.args(["--strip-debug", "--strip-producers"]).arg(file).arg("--output").arg(file);
                scope.spawn(move || task.run(&mut command))
            })
            .collect();
        running.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow!("wasm-opt panicked"))?)
    })
}

/// Bundles and minifies the JavaScript.
fn minified(folder: &Path, name: &str, task: &Task) -> Result<String> {
    let file = folder.join("minified.js");
    let mut esbuild = process::command(npm::esbuild(task)?);
    esbuild.arg(folder.join(format!("{name}.js"))).arg(format!("--outfile={}", file.display()));
    esbuild.args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"]);
    // The generated code imports the loader once for each part.
    esbuild.args(["--log-override:duplicate-object-key=silent"]);
    task.run(&mut esbuild)?;
    fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
}
