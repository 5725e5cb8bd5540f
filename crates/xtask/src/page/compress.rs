//! Writes Brotli copies of the page's files, so that the backend does not compress them on each request.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::fingerprint::files_below;

/// The extensions of the files to compress. Images and fonts are already compressed.
const EXTENSIONS: [&str; 9] = ["css", "html", "js", "json", "map", "svg", "txt", "wasm", "webmanifest"];
/// The highest Brotli quality. The files are compressed once and downloaded often.
const QUALITY: u32 = 11;
/// The base-2 logarithm of the Brotli window size. Each file fits into a window of 4 MiB:
/// <https://www.rfc-editor.org/rfc/rfc7932#section-9.1>
const WINDOW: u32 = 22;

/// Writes `<file>.br` next to every file with one of the [`EXTENSIONS`], in a folder and its subfolders.
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
    writer.write_all(&content).and_then(|()| writer.flush()).context("Brotli compression failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compresses_text_files_without_loss() {
        let dir = std::env::temp_dir().join(format!("xtask-compress-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let text = "a table of users ".repeat(500);
        fs::write(dir.join("page.js"), &text).unwrap();
        fs::write(dir.join("icon.png"), "not text").unwrap();

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
