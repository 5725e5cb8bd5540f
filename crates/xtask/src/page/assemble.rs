//! The folder of the page: `index.html` with links to the program, the program, and the files of `public/`. Trunk builds
//! the same from `Trunk.toml` and `index.html` for developers of the page.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::split::{self, Parts};
use super::{Flavour, PACKAGE, bind_command, compiled, folder};
use crate::console::Task;
use crate::fingerprint::{Fingerprint, files_below};
use crate::workspace;

/// The element in `index.html` in whose place Trunk puts the program.
const PROGRAM_LINK: &str = "<link data-trunk rel=\"rust\"";
/// The element that makes Trunk copy `public/`.
const PUBLIC_LINK: &str = "<link data-trunk rel=\"copy-dir\"";

/// Puts a compiled page together in its folder.
pub(super) fn page(flavour: Flavour, task: &Task) -> Result<()> {
    let to = folder(flavour);
    if to.exists() {
        fs::remove_dir_all(&to).with_context(|| format!("cannot empty {}", to.display()))?;
    }
    fs::create_dir_all(&to).with_context(|| format!("cannot create {}", to.display()))?;
    copy_folder(&workspace::root().join("public"), &to)?;
    let compiled = compiled(flavour, PACKAGE)?;
    let parts = match flavour {
        Flavour::Small => split::split(&compiled, PACKAGE, &to, task)?,
        Flavour::Quick => whole(&compiled, &to, task)?,
    };
    let source = workspace::root().join("index.html");
    let html = fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
    let html = with_program(&html, &parts)?;
    fs::write(to.join("index.html"), html).context("cannot write index.html")
}

/// Generates the JavaScript of a program that stays whole. The names of both files contain a hash of their content.
fn whole(compiled: &Path, to: &Path, task: &Task) -> Result<Parts> {
    let bound = workspace::target_dir()?.join("xtask-bound").join(PACKAGE);
    task.run(bind_command(task)?.args(["--out-name", PACKAGE, "--out-dir"]).arg(&bound).arg(compiled))?;
    let hash = Fingerprint::default().path(&bound)?.finish();
    let parts = Parts { js: format!("{PACKAGE}-{hash}.js"), wasm: format!("{PACKAGE}-{hash}_bg.wasm") };
    copy_file(&bound.join(format!("{PACKAGE}.js")), &to.join(&parts.js))?;
    copy_file(&bound.join(format!("{PACKAGE}_bg.wasm")), &to.join(&parts.wasm))?;
    Ok(parts)
}

/// Replaces Trunk's elements by links that prefetch the program and a script that starts it.
fn with_program(html: &str, Parts { js, wasm }: &Parts) -> Result<String> {
    let program = format!(
        "<link rel=\"modulepreload\" href=\"/{js}\" crossorigin=\"anonymous\">\
         <link rel=\"preload\" href=\"/{wasm}\" crossorigin=\"anonymous\" as=\"fetch\" type=\"application/wasm\">\n    \
         <script type=\"module\">import init from '/{js}';await init({{ module_or_path: '/{wasm}' }});</script>"
    );
    replace_element(&replace_element(html, PROGRAM_LINK, &program)?, PUBLIC_LINK, "")
}

fn replace_element(html: &str, start: &str, by: &str) -> Result<String> {
    let (before, element) = html.split_once(start).with_context(|| format!("index.html lacks {start}"))?;
    let (_, after) = element.split_once('>').with_context(|| format!("index.html does not close {start}"))?;
    ensure!(!after.contains(start), "index.html has {start} twice");
    Ok(format!("{before}{by}{after}"))
}

/// Copies every file below a folder.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for file in files_below(from)? {
        copy_file(&file, &to.join(file.strip_prefix(from)?))?;
    }
    Ok(())
}

/// Copies a file, and creates its folder.
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
    fn the_program_replaces_the_elements_of_trunk() {
        let html = fs::read_to_string(workspace::root().join("index.html")).unwrap();
        let parts = Parts { js: "a-1.js".to_owned(), wasm: "a-1_bg.wasm".to_owned() };
        let page = with_program(&html, &parts).unwrap();
        assert!(!page.contains("data-trunk"), "{page}");
        assert!(page.contains("<link rel=\"modulepreload\" href=\"/a-1.js\""), "{page}");
        assert!(page.contains("module_or_path: '/a-1_bg.wasm'"), "{page}");
    }

    #[test]
    fn a_page_without_a_place_for_the_program_is_refused() {
        let parts = Parts { js: String::new(), wasm: String::new() };
        assert!(with_program("<html></html>", &parts).unwrap_err().to_string().contains("lacks"));
    }
}
