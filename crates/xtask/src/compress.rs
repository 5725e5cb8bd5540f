//! Brotli copies beside the page's files, so that the backend compresses nothing while it serves.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::fingerprint::files_below;

/// What becomes smaller; pictures and fonts are compressed already.
const EXTENSIONS: [&str; 9] = ["css", "html", "js", "json", "map", "svg", "txt", "wasm", "webmanifest"];
/// The largest window, in bits: one that holds the whole of any of our files.
const WINDOW: u32 = 22;

/// How large a file of the page is.
pub(crate) struct Size {
    /// The file.
    pub(crate) path: PathBuf,
    /// Its bytes.
    pub(crate) plain: u64,
    /// The bytes of its Brotli copy.
    pub(crate) brotli: u64,
}

/// Writes `<file>.br` beside every file below a folder that becomes smaller by it.
pub(crate) fn folder(folder: &Path, quality: u32) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for path in files_below(folder)? {
        if path.extension().and_then(|e| e.to_str()).is_some_and(|e| EXTENSIONS.contains(&e)) {
            sizes.push(file(path, quality)?);
        }
    }
    Ok(sizes)
}

fn file(path: PathBuf, quality: u32) -> Result<Size> {
    let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let copy = path.with_added_extension("br");
    let mut to = File::create(&copy).with_context(|| format!("cannot write {}", copy.display()))?;
    let mut writer = brotli::CompressorWriter::new(&mut to, 1 << 16, quality, WINDOW);
    writer.write_all(&content).and_then(|()| writer.flush()).context("compressing failed")?;
    drop(writer);
    Ok(Size { path, plain: content.len() as u64, brotli: to.metadata()?.len() })
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

        let sizes = folder(&dir, 5).unwrap();
        assert_eq!(sizes.len(), 1);
        assert!(sizes[0].brotli < sizes[0].plain / 10);
        let mut plain = Vec::new();
        let mut copy = File::open(dir.join("page.js.br")).unwrap();
        brotli::BrotliDecompress(&mut copy, &mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
        fs::remove_dir_all(&dir).unwrap();
    }
}
