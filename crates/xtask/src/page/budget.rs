//! Checks the size of the release page against the budget in `page-budget.txt`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::{PACKAGE, PageProfile, folder};
use crate::console::Task;
use crate::fingerprint::files_below;
use crate::workspace;

const FILE: &str = "page-budget.txt";
/// The files that the browser loads before the page is interactive.
const FIRST: &str = "first";
/// Code that several lazy-loaded parts share. It loads with the first of them.
const SHARED: &str = "shared";
/// The sum of all files of the page.
const ALL: &str = "all";
/// The files that a host loads before its element shows anything. Its lazy-loaded parts have no budget of
/// their own: they are as large as those of the page.
const ELEMENT: &str = "element";
/// The element's folder, within the output folder of the page.
const EMBED: &str = "embed";

/// Prints the size of each part of the release page. Fails if one of them exceeds its budget.
pub(crate) fn check(task: &Task) -> Result<()> {
    let folder = &folder(PageProfile::Release);
    let text =
        fs::read_to_string(workspace::root().join(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    let limits = parse(&text)?;
    let mut sizes = Vec::new();
    for copy in files_below(folder)?.iter().filter(|file| file.extension().is_some_and(|e| e == "br")) {
        let name = copy.strip_prefix(folder).unwrap_or(copy).with_extension("");
        let size = fs::metadata(copy).with_context(|| format!("cannot read {}", copy.display()))?.len();
        sizes.push((name.to_string_lossy().into_owned(), size));
    }
    let sizes = sum_by_part(&sizes);
    task.note(&format!("{:>9}  {:>9}", "brotli", "budget"));
    for (part, size) in &sizes {
        let limit = limits.get(part).map_or_else(|| "-".to_owned(), u64::to_string);
        task.note(&format!("{size:>9}  {limit:>9}  {part}"));
    }
    let problems = problems(&sizes, &limits);
    ensure!(
        problems.is_empty(),
        "{}.\nMake it smaller. If the increase is justified, raise the limit in {FILE}.",
        problems.join(", ")
    );
    Ok(())
}

/// Parses lines of a name and a number of bytes. A `#` starts a comment.
fn parse(text: &str) -> Result<BTreeMap<String, u64>> {
    let mut limits = BTreeMap::new();
    let lines = text.lines().map(|line| line.split_once('#').map_or(line, |(line, _)| line).trim());
    for line in lines.filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        match (words.next(), words.next().and_then(|bytes| bytes.parse().ok()), words.next()) {
            (Some(part), Some(bytes), None) => limits.insert(part.to_owned(), bytes),
            _ => bail!("{FILE}: `{line}` has to be a name and a number of bytes"),
        };
    }
    Ok(limits)
}

/// Sums the file sizes by part.
fn sum_by_part(sizes: &[(String, u64)]) -> BTreeMap<String, u64> {
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

/// Returns the part that a file belongs to, or `None` for other files, such as the favicon.
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

fn problems(sizes: &BTreeMap<String, u64>, limits: &BTreeMap<String, u64>) -> Vec<String> {
    let problem = |(part, size): (&String, &u64)| match limits.get(part) {
        None => Some(format!("`{part}` ({size} bytes) has no budget")),
        Some(limit) if size > limit => Some(format!("`{part}` has {size} bytes; the budget is {limit}")),
        Some(_) => None,
    };
    sizes.iter().filter_map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(sizes: &[(&str, u64)]) -> BTreeMap<String, u64> {
        sum_by_part(&sizes.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect::<Vec<_>>())
    }

    #[test]
    fn counts_a_file_in_its_part_and_in_the_total() {
        let sizes = parts(&[
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
        assert_eq!(sizes, expected.map(|(part, size)| (part.to_owned(), size)).into());
    }

    #[test]
    fn reports_a_part_over_budget_or_without_one() {
        let limits = parse("# In bytes.\nfirst 100 # loads first\n\nall 200\n").unwrap();
        assert_eq!(problems(&parts(&[("a.js", 100)]), &limits), [""; 0]);
        let sizes = parts(&[("a.js", 101), ("studio-users-panel-0.wasm", 1)]);
        assert_eq!(
            problems(&sizes, &limits),
            ["`first` has 101 bytes; the budget is 100", "`panel` (1 bytes) has no budget"]
        );
    }

    #[test]
    fn rejects_a_line_without_a_number() {
        assert!(parse("first many").unwrap_err().to_string().contains("`first many`"));
    }
}
