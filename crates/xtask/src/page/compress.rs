//! Brotli copies beside the page's files, so that the backend need not compress them for each request.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::fingerprint::files_below;

/// The extensions of files that get a copy. Pictures and fonts are compressed already.
const EXTENSIONS: [&str; 9] = ["css", "html", "js", "json", "map", "svg", "txt", "wasm", "webmanifest"];
/// The highest quality: the files are compressed once and downloaded often.
const QUALITY: u32 = 11;
/// The size of the window in bits. It holds each of our files completely.
const WINDOW: u32 = 22;

/// Writes `<file>.br` beside every file below a folder whose type compresses well.
pub(super) fn folder(folder: &Path) -> Result<()> {
    let is_compressible =
        |path: &PathBuf| path.extension().and_then(|e| e.to_str()).is_some_and(|e| EXTENSIONS.contains(&e));
    files_below(folder)?.iter().filter(|path| is_compressible(path)).try_for_each(|path| file(path))
}

fn file(path: &Path) -> Result<()> {
    let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let copy = path.with_added_extension("br");
    let mut to = File::create(&copy).with_context(|| format!("cannot write {}", copy.display()))?;
    let mut writer = brotli::CompressorWriter::new(&mut to, 1 << 16, QUALITY, WINDOW);
    writer.write_all(&content).and_then(|()| writer.flush()).context("compressing failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_holds_the_same() {
        let dir = std::env::temp_dir().join(format!("xtask-compress-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let text = "a table of users ".repeat(500);
        fs::write(dir.join("page.js"), &text).unwrap();
        fs::write(dir.join("icon.png"), "no text").unwrap();

        folder(&dir).unwrap();
        assert!(!dir.join("icon.png.br").exists());
        assert!(fs::metadata(dir.join("page.js.br")).unwrap().len() < text.len() as u64 / 10);
        let mut plain = Vec::new();
        let mut copy = File::open(dir.join("page.js.br")).unwrap();
        brotli::BrotliDecompress(&mut copy, &mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
        fs::remove_dir_all(&dir).unwrap();
    }
}
