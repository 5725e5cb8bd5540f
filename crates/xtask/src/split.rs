//! From what the compiler wrote to what a browser loads: one JavaScript module, the WebAssembly that it begins with, and
//! the parts that it loads when they are first needed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, anyhow};

use crate::fingerprint::{Fingerprint, files_below};
use crate::{npm, process, tool, workspace};

/// How the page's Rust is compiled so that it can be split: the feature that says where, and what cargo is told by
/// [`rustflags`] in [`RUSTFLAGS`].
pub(crate) const FEATURE: &str = "split";
/// The variable that adds to how cargo compiles for the browser.
pub(crate) const RUSTFLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// The module that loads the parts, as the splitter calls it.
const LOADER: &str = "__wasm_split.js";

/// What to add: what was linked where must be known to take it apart, and where the libraries lie on this machine is nobody's
/// business.
pub(crate) fn rustflags() -> String {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let libraries = home.map(|home| home.join("registry").join("src").display().to_string());
    // The variable is read word by word.
    let libraries = libraries.filter(|path| !path.contains(char::is_whitespace));
    let short = libraries.map(|path| format!(" --remap-path-prefix={path}=")).unwrap_or_default();
    format!("-Clink-args=--emit-relocs{short}")
}

/// The files that came out. Their names change with their contents.
#[derive(Debug)]
pub(crate) struct Parts {
    /// The JavaScript module. It finds the parts beside itself, wherever that is.
    pub(crate) js: String,
    /// The WebAssembly that it begins with.
    pub(crate) wasm: String,
}

/// Splits what cargo wrote into files in a folder, made as small as can be.
pub(crate) fn split(compiled: &Path, name: &str, folder: &Path) -> Result<Parts> {
    let work = workspace::target_dir()?.join("xtask-split").join(name);
    let (taken_apart, bound) = (work.join("parts"), work.join("bound"));
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&bound).with_context(|| format!("cannot create {}", bound.display()))?;

    let splitter = tool::wasm_split().find_or_install()?.join("wasm-split-cli");
    let mut splitter = process::command(splitter);
    // It warns of every part that one of the tools after it will handle.
    splitter.env("RUST_LOG", "error").arg(compiled).arg(&taken_apart).args(["--out-name", name]);
    process::run(&mut splitter)?;

    let wasm_bindgen = tool::wasm_bindgen()?.find_or_install()?.join("wasm-bindgen");
    let mut wasm_bindgen = process::command(wasm_bindgen);
    // The parts find what they share by the names that the linker exported.
    wasm_bindgen.args(["--target", "web", "--keep-lld-exports", "--no-typescript"]);
    wasm_bindgen.args([
        "--remove-name-section",
        "--remove-producers-section",
        "--out-name",
        name,
        "--out-dir",
    ]);
    process::run(wasm_bindgen.arg(&bound).arg(taken_apart.join(format!("{name}.wasm"))))?;

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
    optimise(&later.iter().chain([&begin]).map(|name| bound.join(name)).collect::<Vec<_>>())?;
    let mut js = minified(&bound, name)?;

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
    // Where the page that loads it says nothing else, it begins with what lies beside it.
    let js = js.replace(&begin, &wasm);
    let named = format!("{name}-{}.js", Fingerprint::default().bytes(js.as_bytes()).finish());
    fs::write(folder.join(&named), js).with_context(|| format!("cannot write {named}"))?;
    Ok(Parts { js: named, wasm })
}

/// What one or more places of the page need, as the splitter calls it.
fn is_part(file_name: &str) -> bool {
    let is_named = ["split_", "chunk_"].iter().any(|start| file_name.starts_with(start));
    is_named && Path::new(file_name).extension().is_some_and(|extension| extension == "wasm")
}

/// Makes WebAssembly smaller than the compiler can, all files at once.
pub(crate) fn optimise(files: &[PathBuf]) -> Result<()> {
    let wasm_opt = npm::wasm_opt()?;
    thread::scope(|scope| {
        let running: Vec<_> = files
            .iter()
            .map(|file| {
                let mut command = process::command(&wasm_opt);
                // What stands there twice costs next to nothing once it is compressed; taking it out costs more.
                command.args(["-Oz", "--skip-pass=local-cse", "--skip-pass=inlining-optimizing"]);
                command.args(["--strip-debug", "--strip-producers"]).arg(file).arg("--output").arg(file);
                scope.spawn(move || process::run_quietly(&mut command).map(drop))
            })
            .collect();
        running.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow!("wasm-opt panicked"))?)
    })
}

/// The JavaScript as one module, small.
fn minified(folder: &Path, name: &str) -> Result<String> {
    let file = folder.join("minified.js");
    let mut esbuild = process::command(npm::esbuild()?);
    esbuild.arg(folder.join(format!("{name}.js"))).arg(format!("--outfile={}", file.display()));
    esbuild.args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"]);
    // The bindings name the loader once for each part.
    esbuild.args(["--log-override:duplicate-object-key=silent"]);
    process::run(&mut esbuild)?;
    fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
}
