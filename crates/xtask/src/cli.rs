use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::console::Output;

/// Sets up, runs, tests and packages Studio Users.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Build the page and the backend, and start them with demo data.
    Run(RunOptions),
    /// Run the checks and tests.
    Test(TestOptions),
    /// Measure the page's speed beside pages made with other libraries.
    Bench(BenchOptions),
    /// Build the small page, and compare its size with the limits.
    Size(OutputOptions),
    /// Build the custom element for hosts, and pack it for npm.
    Package(OutputOptions),
    /// Build the backend with the page inside, and pack it for a release.
    Dist(OutputOptions),
    /// Check the dependencies for known vulnerabilities (needs the network).
    Advisories(OutputOptions),
    /// Take the screenshots of the documentation.
    Screenshots(OutputOptions),
}

#[derive(Args, Clone, Copy)]
pub(crate) struct OutputOptions {
    /// Print the complete output of every command.
    #[arg(long, short)]
    verbose: bool,
}

impl OutputOptions {
    /// Returns how much of the commands' output to print.
    pub(crate) fn output(self) -> Output {
        if self.verbose { Output::Verbose } else { Output::Short }
    }
}

#[derive(Args)]
pub(crate) struct RunOptions {
    /// Build the small page, and one optimised program that contains it.
    #[arg(long)]
    pub(crate) release: bool,
    /// The number of users in the demo data.
    #[arg(long, value_name = "N", default_value_t = 2400)]
    pub(crate) demo: u32,
    /// The address to listen on. If the port is taken, the backend uses a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Do not open a browser.
    #[arg(long)]
    pub(crate) no_open: bool,
    #[command(flatten)]
    output: OutputOptions,
}

impl RunOptions {
    pub(crate) fn output(&self) -> Output {
        self.output.output()
    }
}

#[derive(Args)]
pub(crate) struct TestOptions {
    /// Run only these steps, after the steps that they need.
    #[arg(long, value_name = "STEP", value_delimiter = ',', conflicts_with = "quick")]
    pub(crate) only: Vec<String>,
    /// Run the fast checks: format, lints, native tests, and the browser tests of what changed.
    #[arg(long)]
    pub(crate) quick: bool,
    /// List the steps.
    #[arg(long)]
    pub(crate) list: bool,
    #[command(flatten)]
    output: OutputOptions,
}

impl TestOptions {
    pub(crate) fn output(&self) -> Output {
        self.output.output()
    }
}

#[derive(Args)]
pub(crate) struct BenchOptions {
    /// Take the main measurements with few users and rounds, in minutes.
    #[arg(long)]
    pub(crate) short: bool,
    /// Take only this measurement.
    #[arg(long, value_name = "MEASURE")]
    pub(crate) only: Option<String>,
    /// How often each page is measured, after the warm-up rounds.
    #[arg(long, value_name = "N")]
    pub(crate) rounds: Option<u32>,
    /// The folder for the results. The default is `bench` in the target folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The address that the backend listens on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    output: OutputOptions,
}

impl BenchOptions {
    pub(crate) fn output(&self) -> Output {
        self.output.output()
    }
}
