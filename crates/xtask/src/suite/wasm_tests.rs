//! Runs the page's tests in a browser, with wasm-bindgen's test runner for cargo:
//! <https://doc.rust-lang.org/cargo/reference/config.html#targettriplerunner>

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::steps::WASM;
use crate::console::Task;
use crate::{browser, process, tool, workspace};

/// Path prefixes of the page that affect only some tests. Changes elsewhere in the page run all tests.
const AFFECTED_TESTS: [(&str, &[&str]); 9] = [
    ("src/app/", &[]),
    ("src/features/bulk/", &["jobs", "removal", "table"]),
    ("src/features/compare/", &["impersonation"]),
    ("src/features/invite/", &["invite"]),
    ("src/features/palette/", &["palette"]),
    ("src/features/panel/", &["panel"]),
    ("src/features/removal/", &["removal"]),
    ("src/features/users/", &["jobs", "table", "users"]),
    ("src/features/impersonation/", &["impersonation"]),
];
/// Path prefixes of the other sources that the page's tests compile.
const SOURCES: [&str; 6] =
    ["src/", "style/", "tests/support/", "crates/domain/src/", "crates/contract/src/", "Cargo."];

/// Returns the cargo command that runs the page's tests in a browser. The caller adds the tests to run.
pub(super) fn command(task: &Task) -> Result<Command> {
    let runner = tool::wasm_test_tools()?.program("wasm-bindgen-test-runner", task)?;
    let browser = browser::find_or_install(task)?;
    let mut tests = process::cargo(["test", "--no-fail-fast", "--package", "studio-users"]);
    tests.args(WASM);
    tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner).env("CHROMEDRIVER", browser.driver);
    // For a whole file of tests, in seconds. A single condition is waited for up to 20 seconds.
    tests.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    Ok(tests)
}

/// Returns the tests that uncommitted changes affect. Without uncommitted changes, returns the tests that the
/// last commit affects.
pub(super) fn affected_by_changes() -> Result<Vec<String>> {
    let git = |args: &[&str]| process::read_stdout(process::command("git").args(args));
    let status = git(&["status", "--porcelain", "--untracked-files=all"])?;
    // Each line has two status letters, a space and a path. For a renamed file, the new path comes last:
    // https://git-scm.com/docs/git-status#_short_format
    let mut changed: Vec<_> =
        status.lines().filter_map(|line| line.get(3..)?.rsplit(" -> ").next()).map(str::to_owned).collect();
    if changed.is_empty() {
        let last = git(&["diff", "--name-only", "HEAD~1", "HEAD"]).unwrap_or_default();
        changed = last.lines().map(str::to_owned).collect();
    }
    Ok(tests_for(&changed, &all_tests()?))
}

/// Returns the names of all browser tests: the files directly in `tests/`, except the architecture test.
fn all_tests() -> Result<Vec<String>> {
    let entries = fs::read_dir(workspace::root().join("tests")).context("cannot read tests/")?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter_map(|name| Some(name.strip_suffix(".rs")?.to_owned())).collect();
    names.retain(|name| name != "architecture");
    names.sort();
    Ok(names)
}

/// Returns the tests that the given files affect.
fn tests_for(files: &[String], all_tests: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        let own = file.strip_prefix("tests/").and_then(|name| name.strip_suffix(".rs"));
        let rule = AFFECTED_TESTS.iter().find(|(folder, _)| file.starts_with(folder));
        match (own, rule) {
            (Some(own), _) if !own.contains('/') => {
                found.extend(all_tests.iter().filter(|name| *name == own).cloned());
            }
            (_, Some((_, tests))) => found.extend(tests.iter().map(|&name| name.to_owned())),
            _ if SOURCES.iter().any(|start| file.starts_with(start)) => return all_tests.to_vec(),
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

    fn selected(files: &[&str]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|&file| file.to_owned()).collect();
        tests_for(&files, &all_tests().unwrap())
    }

    #[test]
    fn selects_the_tests_of_a_feature_and_all_tests_for_shared_code() {
        assert_eq!(selected(&["src/features/panel/user_panel.rs", "tests/ui.rs"]), ["panel", "ui"]);
        assert_eq!(selected(&["src/state/route.rs"]), all_tests().unwrap());
        assert_eq!(selected(&["tests/support/mod.rs"]), all_tests().unwrap());
        assert_eq!(selected(&["docs/domain.md", "crates/server/src/main.rs"]), [""; 0]);
    }

    #[test]
    fn lists_only_existing_folders_and_tests() {
        for (folder, tests) in AFFECTED_TESTS {
            assert!(workspace::root().join(folder).is_dir(), "{folder}");
            let all = all_tests().unwrap();
            assert!(tests.iter().all(|test| all.iter().any(|name| name == test)), "{tests:?}");
        }
    }
}
