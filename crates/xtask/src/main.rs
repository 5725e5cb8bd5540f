//! The project's own commands: `cargo xtask run` and `cargo xtask test`.
//!
//! Both go from a fresh clone to the end without another command: what is missing is installed where that can
//! be done, and else one sentence says how.

mod backend;
mod browser;
mod budget;
mod cli;
mod compress;
mod element;
mod fingerprint;
mod npm;
mod page;
mod process;
mod progress;
mod run;
mod split;
mod suite;
mod tool;
mod wasm_target;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;

use clap::Parser;

use page::Flavour;
use progress::Progress;

fn main() -> ExitCode {
    let outcome = match cli::Cli::parse().command {
        cli::Command::Run(options) => run::run(&options).map(|()| ExitCode::SUCCESS),
        cli::Command::Package => package(),
        cli::Command::Size => size().map(|()| ExitCode::SUCCESS),
        cli::Command::Test(options) => suite::run(&options),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("\nerror: {error:#}");
        ExitCode::FAILURE
    })
}

/// Builds the small package, and says where it lies.
fn package() -> Result<ExitCode> {
    let mut progress = Progress::new(2);
    progress.step("Checking that Rust can compile for the browser", wasm_target::ensure)?;
    let packed = progress.step("Packing the element for npm", || element::package(Flavour::Small))?;
    progress.summary();
    println!("\n  {}\n  In a host: npm install {}\n", packed.display(), packed.display());
    Ok(ExitCode::SUCCESS)
}

/// Builds the small page, and holds it to its budget.
fn size() -> Result<()> {
    page::build(Flavour::Small)?;
    budget::check(&page::dist())
}
