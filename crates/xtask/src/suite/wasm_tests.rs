//! The page's tests in a browser: cargo runs them by the runner of wasm-bindgen.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::steps::WASM;
use crate::console::Task;
use crate::{browser, process, tool, workspace};

/// Folders of the page that only some tests use, by the start of their path. Changes elsewhere in the page run all tests.
const TESTED_BY: [(&str, &[&str]); 9] = [
    ("src/app/", &[]),
    ("src/features/bulk/", &["removal", "table"]),
    ("src/features/compare/", &["view_as"]),
    ("src/features/invite/", &["invite"]),
    ("src/features/palette/", &["palette"]),
    ("src/features/panel/", &["panel"]),
    ("src/features/removal/", &["removal"]),
    ("src/features/users/", &["table", "users"]),
    ("src/features/view_as/", &["view_as"]),
];
/// Where the sources are that the page's tests compile.
const SOURCES: [&str; 6] =
    ["src/", "style/", "tests/support/", "crates/domain/src/", "crates/contract/src/", "Cargo."];

/// The cargo command that runs tests of the page in a browser. The caller selects them.
pub(super) fn command(task: &Task) -> Result<Command> {
    let runner = tool::wasm_test_tools()?.program("wasm-bindgen-test-runner", task)?;
    let browser = browser::find_or_install(task)?;
    let mut tests = process::cargo(["test", "--no-fail-fast", "--package", "studio-users"]);
    tests.args(WASM);
    tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner).env("CHROMEDRIVER", browser.driver);
    Ok(tests)
}

/// The names of the tests that use a file which differs from the last commit, or from the one before where nothing does.
pub(super) fn of_changed_files() -> Result<Vec<String>> {
    let git = |args: &[&str]| process::read(process::command("git").args(args));
    let status = git(&["status", "--porcelain", "--untracked-files=all"])?;
    // A line is two letters, a space and the path; of a renamed file the new path stands last.
    let mut changed: Vec<_> =
        status.lines().filter_map(|line| line.get(3..)?.rsplit(" -> ").next()).map(str::to_owned).collect();
    if changed.is_empty() {
        let last = git(&["diff", "--name-only", "HEAD~1", "HEAD"]).unwrap_or_default();
        changed = last.lines().map(str::to_owned).collect();
    }
    Ok(of(&changed, &all()?))
}

/// The names of all tests: the files directly in `tests/`, except the test of the architecture.
fn all() -> Result<Vec<String>> {
    let entries = fs::read_dir(workspace::root().join("tests")).context("cannot read tests/")?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter_map(|name| Some(name.strip_suffix(".rs")?.to_owned())).collect();
    names.retain(|name| name != "architecture");
    names.sort();
    Ok(names)
}

/// The tests that use one of the files.
fn of(files: &[String], all: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        let own = file.strip_prefix("tests/").and_then(|name| name.strip_suffix(".rs"));
        let some = TESTED_BY.iter().find(|(folder, _)| file.starts_with(folder));
        match (own, some) {
            (Some(own), _) if !own.contains('/') => {
                found.extend(all.iter().filter(|name| *name == own).cloned());
            }
            (_, Some((_, tests))) => found.extend(tests.iter().map(|&name| name.to_owned())),
            _ if SOURCES.iter().any(|start| file.starts_with(start)) => return all.to_vec(),
            _ => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(files: &[&str]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|&file| file.to_owned()).collect();
        of(&files, &all().unwrap())
    }

    #[test]
    fn a_feature_selects_its_tests_and_shared_code_selects_all() {
        assert_eq!(chosen(&["src/features/panel/user_panel.rs", "tests/ui.rs"]), ["panel", "ui"]);
        assert_eq!(chosen(&["src/state/place.rs"]), all().unwrap());
        assert_eq!(chosen(&["tests/support/mod.rs"]), all().unwrap());
        assert_eq!(chosen(&["docs/domain.md", "crates/server/src/main.rs"]), [""; 0]);
    }

    #[test]
    fn the_table_names_folders_and_tests_that_exist() {
        for (folder, tests) in TESTED_BY {
            assert!(workspace::root().join(folder).is_dir(), "{folder}");
            assert!(tests.iter().all(|test| all().unwrap().iter().any(|name| name == test)), "{tests:?}");
        }
    }
}
