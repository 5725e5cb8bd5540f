//! Assembles the output folder of the page: `index.html` with links to the program, the program, and the
//! files in `public/`. During development, Trunk builds the same from `Trunk.toml` and `index.html`:
//! <https://trunkrs.dev>

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::split::{self, EntryFiles};
use super::{PACKAGE, PageProfile, bindgen_command, compiled_wasm, folder, inline_script};
use crate::console::Task;
use crate::fingerprint::{Fingerprint, files_below};
use crate::workspace;

/// The element in `index.html` that Trunk replaces by the program.
const PROGRAM_LINK: &str = "<link data-trunk rel=\"rust\"";
/// The element in `index.html` that makes Trunk copy `public/`.
const PUBLIC_LINK: &str = "<link data-trunk rel=\"copy-dir\"";

/// Starts the program. A browser may lack WebAssembly, such as Safari in [Lockdown
/// Mode](https://support.apple.com/105120), or refuse to compile it.
const START: &str = "if(globalThis.WebAssembly)try{await init({ module_or_path: '/WASM' })}\
    catch(error){if(!(error instanceof WebAssembly.CompileError))throw error;\
    document.documentElement.dataset.program='off'}";

/// Assembles a compiled page in its output folder.
pub(super) fn page(profile: PageProfile, task: &Task) -> Result<()> {
    let to = folder(profile);
    if to.exists() {
        fs::remove_dir_all(&to).with_context(|| format!("cannot empty {}", to.display()))?;
    }
    fs::create_dir_all(&to).with_context(|| format!("cannot create {}", to.display()))?;
    copy_folder(&workspace::root().join("public"), &to)?;
    let compiled = compiled_wasm(profile, PACKAGE)?;
    let entry = match profile {
        PageProfile::Release => split::split(&compiled, PACKAGE, &to, task)?,
        PageProfile::Dev => bind_unsplit(&compiled, &to, task)?,
    };
    let source = workspace::root().join("index.html");
    let html = fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
    let html = inline_script::insert(&insert_program(&html, &entry)?, profile, task)?;
    fs::write(to.join("index.html"), html).context("cannot write index.html")
}

/// Generates the JavaScript of a program without code splitting.
fn bind_unsplit(compiled: &Path, to: &Path, task: &Task) -> Result<EntryFiles> {
    let bound = workspace::target_dir()?.join("xtask-bound").join(PACKAGE);
    task.run(bindgen_command(task)?.args(["--out-name", PACKAGE, "--out-dir"]).arg(&bound).arg(compiled))?;
    copy_hashed(&bound, PACKAGE, to)
}

/// Copies the JavaScript and the WebAssembly of a program from the output folder of wasm-bindgen. Both copies
/// have a content hash in their names.
pub(super) fn copy_hashed(bound: &Path, name: &str, to: &Path) -> Result<EntryFiles> {
    let hash = Fingerprint::default().path(bound)?.finish();
    let entry = EntryFiles { js: format!("{name}-{hash}.js"), wasm: format!("{name}-{hash}_bg.wasm") };
    copy_file(&bound.join(format!("{name}.js")), &to.join(&entry.js))?;
    copy_file(&bound.join(format!("{name}_bg.wasm")), &to.join(&entry.wasm))?;
    Ok(entry)
}

/// Replaces Trunk's elements by links that preload the program and a script that starts it.
fn insert_program(html: &str, EntryFiles { js, wasm }: &EntryFiles) -> Result<String> {
    let program = format!(
        "<link rel=\"modulepreload\" href=\"/{js}\" crossorigin=\"anonymous\">\
         <link rel=\"preload\" href=\"/{wasm}\" crossorigin=\"anonymous\" as=\"fetch\" type=\"application/wasm\">\n    \
         <script type=\"module\">import init from '/{js}';{}</script>",
        START.replace("WASM", wasm)
    );
    replace_element(&replace_element(html, PROGRAM_LINK, &program)?, PUBLIC_LINK, "")
}

fn replace_element(html: &str, start: &str, replacement: &str) -> Result<String> {
    let (before, element) =
        html.split_once(start).with_context(|| format!("index.html does not contain {start}"))?;
    let (_, after) = element.split_once('>').with_context(|| format!("index.html does not close {start}"))?;
    ensure!(!after.contains(start), "index.html has {start} twice");
    Ok(format!("{before}{replacement}{after}"))
}

/// Copies every file in a folder and its subfolders.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for file in files_below(from)? {
        copy_file(&file, &to.join(file.strip_prefix(from)?))?;
    }
    Ok(())
}

/// Copies a file and creates the target's parent folder.
pub(crate) fn copy_file(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    fs::copy(from, to).map(drop).with_context(|| format!("cannot copy {}", from.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_the_trunk_elements_by_the_program() {
        let html = fs::read_to_string(workspace::root().join("index.html")).unwrap();
        let entry = EntryFiles { js: "a-1.js".to_owned(), wasm: "a-1_bg.wasm".to_owned() };
        let page = insert_program(&html, &entry).unwrap();
        assert!(!page.contains("rel=\"rust\"") && !page.contains("rel=\"copy-dir\""), "{page}");
        assert!(page.contains("<link rel=\"modulepreload\" href=\"/a-1.js\""), "{page}");
        assert!(page.contains("module_or_path: '/a-1_bg.wasm'"), "{page}");
    }

    #[test]
    fn rejects_html_without_the_trunk_elements() {
        let entry = EntryFiles { js: String::new(), wasm: String::new() };
        let error = insert_program("<html></html>", &entry).unwrap_err().to_string();
        assert!(error.contains("does not contain"), "{error}");
    }
}
