//! Inserts the scripts that run before the first paint into `index.html`, minified in the release page. Trunk inserts the
//! same elements: <https://trunkrs.dev/assets/#inline>

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::PageProfile;
use crate::console::Task;
use crate::{npm, process, workspace};

/// The element in `index.html` that stands for a script.
const LINK: &str = "<link data-trunk rel=\"inline\" href=\"";
/// The maximum size of a script, in bytes. It comes before the list in the HTML, so it delays the first rows.
const MAX_BYTES: usize = 2_048;

/// Replaces the elements by the scripts.
pub(super) fn insert(html: &str, profile: PageProfile, task: &Task) -> Result<String> {
    let html = match profile {
        PageProfile::Release => trim_lines(html),
        PageProfile::Dev => html.to_owned(),
    };
    let mut rest = html.as_str();
    let mut page = String::new();
    while let Some((before, after)) = rest.split_once(LINK) {
        let (path, after) = after.split_once('"').context("a link of index.html has no end")?;
        let (_, after) = after.split_once('>').context("a link of index.html has no end")?;
        let file = workspace::root().join(path);
        let script = match profile {
            PageProfile::Release => minify(&file, task)?,
            PageProfile::Dev => {
                fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?
            }
        };
        ensure!(
            profile == PageProfile::Dev || script.len() <= MAX_BYTES,
            "{path} has {} bytes when minified, and at most {MAX_BYTES} are allowed",
            script.len()
        );
        page.extend([before, "<script>", &script, "</script>"]);
        rest = after;
    }
    Ok(page + rest)
}

/// Removes the indentation, empty lines, and comments that fill a line.
fn trim_lines(html: &str) -> String {
    let lines = html.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("/*"));
    lines.collect::<Vec<_>>().join("\n")
}

fn minify(file: &Path, task: &Task) -> Result<String> {
    let minified = workspace::target_dir()?.join("xtask-inline-script.js");
    let mut esbuild = process::command(npm::esbuild(task)?);
    // A bundle may shorten the names of variables.
    esbuild.args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"]);
    task.run(esbuild.arg(file).arg(format!("--outfile={}", minified.display())))?;
    let script =
        fs::read_to_string(&minified).with_context(|| format!("cannot read {}", minified.display()))?;
    Ok(script.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_the_lines_of_the_page() {
        let html = "<style>\n  /* A comment. */\n  a {}\n\n</style>\n  <p>/* text */</p>";
        assert_eq!(trim_lines(html), "<style>\na {}\n</style>\n<p>/* text */</p>");
    }
}
