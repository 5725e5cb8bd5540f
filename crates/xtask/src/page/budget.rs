//! The size limits of the small page, in `page-budget.txt`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::{Flavour, PACKAGE, folder};
use crate::console::Task;
use crate::fingerprint::files_below;
use crate::workspace;

const FILE: &str = "page-budget.txt";
/// The files that the browser loads before the page is interactive.
const FIRST: &str = "first";
/// Code that several parts share. It loads with the first of them.
const SHARED: &str = "shared";
/// Every file of the page together.
const ALL: &str = "all";
/// The files that a host loads before its element shows anything. The later parts are as large as those of the page.
const ELEMENT: &str = "element";
/// The folder of the element.
const EMBED: &str = "embed";

/// Prints the size of each part of the small page, and fails if one exceeds its limit.
pub(crate) fn check(task: &Task) -> Result<()> {
    let folder = &folder(Flavour::Small);
    let text =
        fs::read_to_string(workspace::root().join(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    let allowed = parse(&text)?;
    let mut sizes = Vec::new();
    for copy in files_below(folder)?.iter().filter(|file| file.extension().is_some_and(|e| e == "br")) {
        let name = copy.strip_prefix(folder).unwrap_or(copy).with_extension("");
        let size = fs::metadata(copy).with_context(|| format!("cannot read {}", copy.display()))?.len();
        sizes.push((name.to_string_lossy().into_owned(), size));
    }
    let found = by_part(&sizes);
    task.note(&format!("{:>9}  {:>9}", "brotli", "limit"));
    for (part, size) in &found {
        let most = allowed.get(part).map_or_else(|| "-".to_owned(), u64::to_string);
        task.note(&format!("{size:>9}  {most:>9}  {part}"));
    }
    let problems = problems(&found, &allowed);
    ensure!(
        problems.is_empty(),
        "{}.\nMake it smaller, or raise the limit in {FILE} and give the reason.",
        problems.join(", ")
    );
    Ok(())
}

/// Parses lines of a name and a number of bytes. A `#` starts a comment.
fn parse(text: &str) -> Result<BTreeMap<String, u64>> {
    let mut allowed = BTreeMap::new();
    let lines = text.lines().map(|line| line.split_once('#').map_or(line, |(line, _)| line).trim());
    for line in lines.filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        match (words.next(), words.next().and_then(|bytes| bytes.parse().ok()), words.next()) {
            (Some(part), Some(bytes), None) => allowed.insert(part.to_owned(), bytes),
            _ => bail!("{FILE}: `{line}` is not a name and a number of bytes"),
        };
    }
    Ok(allowed)
}

/// Adds the sizes of files up by the part that each belongs to.
fn by_part(sizes: &[(String, u64)]) -> BTreeMap<String, u64> {
    let mut parts = BTreeMap::new();
    for (name, size) in sizes {
        let part = if Path::new(name).starts_with(EMBED) {
            is_first(name).then(|| ELEMENT.to_owned())
        } else {
            *parts.entry(ALL.to_owned()).or_default() += size;
            part_of(name)
        };
        if let Some(part) = part {
            *parts.entry(part).or_default() += size;
        }
    }
    parts
}

/// Returns the part that a file belongs to, or `None` for files such as the icon of the tab.
fn part_of(name: &str) -> Option<String> {
    if is_first(name) {
        return Some(FIRST.to_owned());
    }
    let (stem, _hash) = name.strip_suffix(".wasm")?.rsplit_once('-')?;
    let part = stem.strip_prefix(PACKAGE)?.trim_start_matches('-');
    Some(if part.starts_with("chunk-") { SHARED.to_owned() } else { part.to_owned() })
}

fn is_first(name: &str) -> bool {
    [".html", ".css", ".js", "_bg.wasm"].iter().any(|ending| name.ends_with(ending))
}

fn problems(found: &BTreeMap<String, u64>, allowed: &BTreeMap<String, u64>) -> Vec<String> {
    let problem = |(part, size): (&String, &u64)| match allowed.get(part) {
        None => Some(format!("`{part}` has {size} bytes and no limit")),
        Some(most) if size > most => Some(format!("`{part}` has {size} bytes; its limit is {most}")),
        Some(_) => None,
    };
    found.iter().filter_map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(sizes: &[(&str, u64)]) -> BTreeMap<String, u64> {
        by_part(&sizes.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect::<Vec<_>>())
    }

    #[test]
    fn a_file_counts_for_its_part_and_for_the_total() {
        let found = parts(&[
            ("index.html", 1),
            ("studio-users-0123456789abcdef.js", 10),
            ("studio-users-0123456789abcdef_bg.wasm", 100),
            ("studio-users-panel-0123456789abcdef.wasm", 20),
            ("studio-users-chunk-4-0123456789abcdef.wasm", 3),
            ("studio-users-chunk-5-0123456789abcdef.wasm", 4),
            ("icon.svg", 5),
            ("embed/studio-users.js", 1_000),
            ("embed/studio-users-module-0123456789abcdef_bg.wasm", 10_000),
            ("embed/studio-users-module-panel-0123456789abcdef.wasm", 100_000),
        ]);
        let expected = [("all", 143), ("element", 11_000), ("first", 111), ("panel", 20), ("shared", 7)];
        assert_eq!(found, expected.map(|(part, size)| (part.to_owned(), size)).into());
    }

    #[test]
    fn a_part_above_its_limit_or_without_one_is_a_problem() {
        let allowed = parse("# In bytes.\nfirst 100 # at once\n\nall 200\n").unwrap();
        assert_eq!(problems(&parts(&[("a.js", 100)]), &allowed), [""; 0]);
        let found = parts(&[("a.js", 101), ("studio-users-panel-0.wasm", 1)]);
        assert_eq!(
            problems(&found, &allowed),
            ["`first` has 101 bytes; its limit is 100", "`panel` has 1 bytes and no limit"]
        );
    }

    #[test]
    fn a_line_without_a_number_is_an_error() {
        assert!(parse("first many").unwrap_err().to_string().contains("`first many`"));
    }
}
