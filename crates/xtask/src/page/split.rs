//! Code splitting: splits the compiled page into a JavaScript module, the main WebAssembly file and
//! lazy-loaded parts. The macro `wasm_split` marks the split points: <https://docs.rs/wasm_split_helpers>

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, anyhow};

use super::{bindgen_command, imports};
use crate::console::Task;
use crate::fingerprint::{Fingerprint, files_below};
use crate::{npm, process, tool, workspace};

/// The cargo feature that enables the split points. It also needs [`rustflags`].
pub(super) const FEATURE: &str = "split";
/// The environment variable that adds compiler flags for the wasm32 target.
pub(super) const RUSTFLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// The splitter's name for the module that loads the parts.
const LOADER: &str = "__wasm_split.js";

/// Returns the compiler flags. The splitter needs relocations, and panic messages must not contain local
/// paths.
pub(super) fn rustflags() -> String {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let libraries = home.map(|home| home.join("registry").join("src").display().to_string());
    // Cargo splits the variable at whitespace, so such a path cannot be passed.
    let libraries = libraries.filter(|path| !path.contains(char::is_whitespace));
    let short = libraries.map(|path| format!(" --remap-path-prefix={path}=")).unwrap_or_default();
    format!("-Clink-args=--emit-relocs{short}")
}

/// The names of the files that the page loads first. They contain a content hash.
#[derive(Debug)]
pub(super) struct EntryFiles {
    /// The JavaScript module. It loads the lazy parts from its own folder.
    pub(super) js: String,
    /// The main WebAssembly file.
    pub(super) wasm: String,
}

/// Splits a compiled program, optimises each part for size, and writes the files to a folder.
pub(super) fn split(compiled: &Path, name: &str, folder: &Path, task: &Task) -> Result<EntryFiles> {
    let work = workspace::target_dir()?.join("xtask-split").join(name);
    let (split_dir, bound_dir) = (work.join("parts"), work.join("bound"));
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&bound_dir).with_context(|| format!("cannot create {}", bound_dir.display()))?;

    let mut splitter = process::command(tool::wasm_split().program("wasm-split-cli", task)?);
    task.run(splitter.arg(compiled).arg(&split_dir).args(["--out-name", name]))?;

    let mut bindgen = bindgen_command(task)?;
    // The parts refer to shared code by the names that the linker exported.
    bindgen.args(["--keep-lld-exports", "--remove-producers-section"]);
    bindgen.args(["--out-name", name, "--out-dir"]).arg(&bound_dir);
    task.run(bindgen.arg(split_dir.join(format!("{name}.wasm"))))?;

    let main_wasm = format!("{name}_bg.wasm");
    let mut lazy_parts = Vec::new();
    for file in files_below(&split_dir)? {
        let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if file_name == LOADER || is_part(&file_name) {
            fs::copy(&file, bound_dir.join(&file_name))
                .with_context(|| format!("cannot copy {file_name}"))?;
        }
        if is_part(&file_name) {
            lazy_parts.push(file_name);
        }
    }
    let wasm_files: Vec<_> = lazy_parts.iter().chain([&main_wasm]).map(|name| bound_dir.join(name)).collect();
    optimise(&wasm_files, task)?;
    let mut js = bundle(&bound_dir, name, task)?;

    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for part in &lazy_parts {
        let content = fs::read(bound_dir.join(part)).with_context(|| format!("cannot read {part}"))?;
        let stem = part.trim_end_matches(".wasm").trim_start_matches("split_").replace('_', "-");
        let hashed = format!("{name}-{stem}-{}.wasm", Fingerprint::default().bytes(&content).finish());
        let (before, after) = (format!("\"./{part}\""), format!("\"./{hashed}\""));
        js = js
            .contains(&before)
            .then(|| js.replace(&before, &after))
            .with_context(|| format!("no module loads {part}"))?;
        fs::write(folder.join(&hashed), content).with_context(|| format!("cannot write {hashed}"))?;
    }
    let content = fs::read(bound_dir.join(&main_wasm)).with_context(|| format!("cannot read {main_wasm}"))?;
    let (content, js) = imports::shorten(&content, &js)?;
    let wasm = format!("{name}-{}_bg.wasm", Fingerprint::default().bytes(&content).finish());
    fs::write(folder.join(&wasm), content).with_context(|| format!("cannot write {wasm}"))?;
    // The generated code falls back to this file in its own folder if the caller passes no module path.
    let js = js.replace(&main_wasm, &wasm);
    let hashed = format!("{name}-{}.js", Fingerprint::default().bytes(js.as_bytes()).finish());
    fs::write(folder.join(&hashed), js).with_context(|| format!("cannot write {hashed}"))?;
    Ok(EntryFiles { js: hashed, wasm })
}

/// Returns whether a file is a lazy-loaded part: `split_` for one split point, `chunk_` for code that several
/// share.
fn is_part(file_name: &str) -> bool {
    let is_named = ["split_", "chunk_"].iter().any(|start| file_name.starts_with(start));
    is_named && Path::new(file_name).extension().is_some_and(|extension| extension == "wasm")
}

/// Optimises WebAssembly files for size, in parallel.
pub(super) fn optimise(files: &[PathBuf], task: &Task) -> Result<()> {
    let wasm_opt = npm::wasm_opt(task)?;
    thread::scope(|scope| {
        let running: Vec<_> = files
            .iter()
            .map(|file| {
                let mut command = process::command(&wasm_opt);
                // Functions with similar names have similar code, which compresses better side by side.
                command.arg("--reorder-functions-by-name");
                // Repeated code compresses well. The code that these passes generate to avoid it does not.
                command.args(["-Oz", "--skip-pass=local-cse", "--skip-pass=inlining-optimizing"]);
                command.args(["--strip-debug", "--strip-producers"]).arg(file).arg("--output").arg(file);
                scope.spawn(move || task.run(&mut command))
            })
            .collect();
        running.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow!("wasm-opt panicked"))?)
    })
}

/// Bundles and minifies the JavaScript, and returns it.
fn bundle(folder: &Path, name: &str, task: &Task) -> Result<String> {
    let file = folder.join("minified.js");
    let mut esbuild = process::command(npm::esbuild(task)?);
    esbuild.arg(folder.join(format!("{name}.js"))).arg(format!("--outfile={}", file.display()));
    esbuild.args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"]);
    // Silences a warning: the generated code imports the loader once for each part.
    esbuild.args(["--log-override:duplicate-object-key=silent"]);
    task.run(&mut esbuild)?;
    fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
}
