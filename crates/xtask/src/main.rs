//! The project's commands, such as `cargo xtask run` and `cargo xtask test`.
//!
//! Each command works in a fresh clone. It installs missing tools if it can, and otherwise prints how to
//! install them.

mod advisories;
mod backend;
mod bench;
mod browser;
mod checksum;
mod cli;
mod console;
mod dist;
mod engines;
mod fingerprint;
mod image;
mod musl;
mod npm;
mod page;
mod postgres;
mod process;
mod run;
mod schemathesis;
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
use page::PageProfile;

fn main() -> ExitCode {
    let done = |outcome: Result<()>| outcome.map(|()| ExitCode::SUCCESS);
    let outcome = match cli::Cli::parse().command {
        Command::Run(options) => done(run::run(&options)),
        Command::Test(options) => suite::run(&options),
        Command::Bench(options) => done(bench::run(&options)),
        Command::Size(options) => done(size(options)),
        Command::Package(options) => done(package(options)),
        Command::Dist(options) => done(dist::run(&options)),
        Command::Image(options) => done(image::run(options)),
        Command::Advisories(options) => done(advisories::run(options)),
        Command::Screenshots(options) => done(screenshots::run(options)),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("\nerror: {error:#}");
        ExitCode::FAILURE
    })
}

/// Builds the release page and checks its size against the budget.
fn size(options: OutputOptions) -> Result<()> {
    let console = Console::new(2, options.output());
    console.step("Checking the wasm32 target", None, wasm_target::ensure)?;
    console.step("Building the release page", PageProfile::Release.estimate(), |task| {
        page::build(PageProfile::Release, task)?;
        page::check_budget(task)
    })
}

/// Builds the npm package and prints its path.
fn package(options: OutputOptions) -> Result<()> {
    let console = Console::new(2, options.output());
    console.step("Checking the wasm32 target", None, wasm_target::ensure)?;
    let profile = PageProfile::Release;
    let packed =
        console.step("Packing the npm package", profile.estimate(), |task| page::package(profile, task))?;
    console.print_summary();
    println!("\n  {}\n  To install it in a host: npm install {}\n", packed.display(), packed.display());
    Ok(())
}
