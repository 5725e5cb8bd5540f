use std::process::Command;

use anyhow::{Result, ensure};

use super::tally::Tally;
use crate::page::Flavour;
use crate::{backend, browser, budget, element, npm, page, process, tool, workspace};

/// A part of the suite.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    /// Steps without which this one makes no sense.
    pub(super) needs: &'static [&'static str],
    /// Does it, and counts the tests that were run.
    pub(super) run: fn(&mut Tally) -> Result<()>,
}

/// In the order in which they run: what needs no tool first, as those may still be in the making.
pub(super) const STEPS: [Step; 12] = [
    Step { name: "format", what: "the sources are formatted", needs: &[], run: format },
    Step {
        name: "lint",
        what: "clippy has nothing to say, natively and in the browser",
        needs: &[],
        run: lint,
    },
    Step {
        name: "docs",
        what: "the documentation builds, and its links lead somewhere",
        needs: &[],
        run: docs,
    },
    Step {
        name: "native",
        what: "the tests of the crates, and of the architecture",
        needs: &[],
        run: native,
    },
    Step {
        name: "page-native",
        what: "those tests of the page that need no browser",
        needs: &[],
        run: page_native,
    },
    Step { name: "browser", what: "the page's tests in a browser", needs: &[], run: in_browser },
    Step { name: "dependencies", what: "licences, sources and duplicates", needs: &[], run: dependencies },
    Step {
        name: "page",
        what: "the page builds, and is as small as it has to be",
        needs: &[],
        run: build_page,
    },
    Step {
        name: "pseudo",
        what: "the page builds in a language for tests",
        needs: &["page"],
        run: build_pseudo,
    },
    Step { name: "backend", what: "the backend builds", needs: &[], run: build_backend },
    Step {
        name: "hosts",
        what: "the package for hosts is packed, and a host builds with it",
        needs: &["page"],
        run: build_hosts,
    },
    Step {
        name: "end2end",
        what: "the product and its hosts in a browser, with axe",
        needs: &["page", "pseudo", "backend", "hosts"],
        run: end2end,
    },
];

const PAGE: &str = "studio-users";
const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];

fn format(_: &mut Tally) -> Result<()> {
    run_all([process::cargo(["fmt", "--all", "--check"])])
}

fn lint(_: &mut Tally) -> Result<()> {
    let deny = ["--", "--deny", "warnings"];
    let mut crates = process::cargo(["clippy", "--workspace", "--exclude", PAGE, "--all-targets"]);
    let mut page = process::cargo(["clippy", "--package", PAGE, "--all-targets"]);
    crates.args(deny);
    page.args(WASM).args(deny);
    run_all([crates, page])
}

fn docs(_: &mut Tally) -> Result<()> {
    let mut crates = process::cargo(["doc", "--no-deps", "--workspace", "--exclude", PAGE]);
    // The page's program has the name of its library, and nothing to document.
    let mut page = process::cargo(["doc", "--no-deps", "--package", PAGE, "--lib"]);
    page.args(WASM);
    for command in [&mut crates, &mut page] {
        command.env("RUSTDOCFLAGS", "--deny warnings");
    }
    run_all([crates, page])
}

fn native(tally: &mut Tally) -> Result<()> {
    let crates = ["--workspace", "--exclude", PAGE];
    let mut documented = process::cargo(["test", "--quiet", "--doc"]);
    documented.args(crates);
    count(tally, [native_tests(&crates), documented])
}

fn page_native(tally: &mut Tally) -> Result<()> {
    count(tally, [native_tests(&["--package", PAGE, "--lib"])])
}

/// By nextest where it is there: it runs the tests of all crates at once.
fn native_tests(selection: &[&str]) -> Command {
    let mut tests = if process::folder_on_path("cargo-nextest").is_some() {
        process::cargo(["nextest", "run", "--no-tests", "pass", "--no-fail-fast"])
    } else {
        process::cargo(["test", "--no-fail-fast", "--tests"])
    };
    tests.args(selection);
    tests
}

fn in_browser(tally: &mut Tally) -> Result<()> {
    let runner = tool::wasm_bindgen()?.find_or_install()?.join("wasm-bindgen-test-runner");
    let browser = browser::find_or_install()?;
    let mut tests = process::cargo(["test", "--no-fail-fast", "--package", PAGE, "--tests"]);
    tests.args(WASM);
    tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner).env("CHROMEDRIVER", browser.driver);
    count(tally, [tests])
}

fn dependencies(_: &mut Tally) -> Result<()> {
    let folder = tool::cargo_deny().find_or_install()?;
    // Advisories would have to be fetched, so they are no part of a check that works offline.
    let mut deny = process::command(folder.join("cargo-deny"));
    deny.args(["--workspace", "--all-features", "check", "bans", "licenses", "sources"]);
    run_all([deny])
}

fn build_page(_: &mut Tally) -> Result<()> {
    // What is served is what is tested, also that parts of it come later.
    page::build(Flavour::Small)?;
    budget::check(&page::dist())
}

fn build_pseudo(_: &mut Tally) -> Result<()> {
    page::build(Flavour::Pseudo)
}

fn build_backend(_: &mut Tally) -> Result<()> {
    run_all([backend::build_command(false)])
}

/// The host in React, with the package as anybody would have it from npm.
fn build_hosts(_: &mut Tally) -> Result<()> {
    let package = element::package(Flavour::Quick)?;
    let folder = workspace::root().join("examples").join("react");
    npm::ci(&folder)?;
    npm::install_file(&folder, &package)?;
    let mut build = process::command("npm");
    build.current_dir(&folder).args(["run", "--silent", "build"]);
    run_all([build])
}

fn end2end(tally: &mut Tally) -> Result<()> {
    let folder = workspace::root().join("end2end");
    npm::ci(&folder)?;
    let browser = browser::find_or_install()?;
    let npx = |args: &[&str]| {
        let mut npx = process::command("npx");
        npx.current_dir(&folder).arg("--no-install").args(args);
        npx
    };
    let mut playwright = npx(&["playwright", "test"]);
    playwright
        .env("CHROMIUM", browser.chromium)
        .env("STUDIO_USERS_SERVER", backend::program(false)?)
        .env("STUDIO_USERS_PAGE", page::dist())
        .env("STUDIO_USERS_PSEUDO_PAGE", page::folder(Flavour::Pseudo));
    process::run(&mut npx(&["tsc"]))?;
    count(tally, [playwright])
}

/// Runs commands that pass or fail as a whole, up to the first that fails.
fn run_all<const N: usize>(mut commands: [Command; N]) -> Result<()> {
    commands.iter_mut().try_for_each(process::run)
}

/// Runs all commands and counts the tests that they ran.
fn count<const N: usize>(tally: &mut Tally, commands: [Command; N]) -> Result<()> {
    let mut problems = Vec::new();
    for mut command in commands {
        let (outcome, output) = process::run_and_read(&mut command)?;
        *tally = *tally + Tally::read(&output);
        problems.extend(outcome.err().map(|problem| problem.to_string()));
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}
