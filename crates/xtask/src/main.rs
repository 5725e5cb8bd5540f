//! The project's own commands, such as `cargo xtask run` and `cargo xtask test`.
//!
//! Each command works in a fresh clone. It installs what is missing where it can, and otherwise says how to install it.

mod advisories;
mod backend;
mod bench;
mod browser;
mod cli;
mod console;
mod dist;
mod fingerprint;
mod npm;
mod page;
mod process;
mod run;
mod screenshots;
mod suite;
mod tool;
mod wasm_target;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use cli::{Command, OutputOptions};
use console::Console;
use page::Flavour;

fn main() -> ExitCode {
    let done = |outcome: Result<()>| outcome.map(|()| ExitCode::SUCCESS);
    let outcome = match cli::Cli::parse().command {
        Command::Run(options) => done(run::run(&options)),
        Command::Test(options) => suite::run(&options),
        Command::Bench(options) => done(bench::run(&options)),
        Command::Size(options) => done(size(options)),
        Command::Package(options) => done(package(options)),
        Command::Dist(options) => done(dist::run(options)),
        Command::Advisories(options) => done(advisories::run(options)),
        Command::Screenshots(options) => done(screenshots::run(options)),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("\nerror: {error:#}");
        ExitCode::FAILURE
    })
}

/// Builds the small page, and compares its size with the limits.
fn size(options: OutputOptions) -> Result<()> {
    let console = Console::new(2, options.output());
    console.step("Checking that Rust can compile for the browser", None, wasm_target::ensure)?;
    console.step("Building the small page", Flavour::Small.estimate(), |task| {
        page::build(Flavour::Small, task)?;
        page::check_budget(task)
    })
}

/// Builds the npm package, and prints its path.
fn package(options: OutputOptions) -> Result<()> {
    let console = Console::new(2, options.output());
    console.step("Checking that Rust can compile for the browser", None, wasm_target::ensure)?;
    let estimate = Flavour::Small.estimate();
    let packed =
        console.step("Packing the element for npm", estimate, |task| page::package(Flavour::Small, task))?;
    console.summary();
    println!("\n  {}\n  In a host: npm install {}\n", packed.display(), packed.display());
    Ok(())
}
