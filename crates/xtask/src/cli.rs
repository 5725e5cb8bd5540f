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
    /// Installs missing tools, builds the page and the backend, and starts them with demo data.
    Run(RunOptions),
    /// Runs the checks and tests.
    Test(TestOptions),
    /// Installs missing tools and benchmarks the page against comparable pages, or the backend under load.
    Bench(BenchOptions),
    /// Builds the release page and checks its size against the budget.
    Size(OutputOptions),
    /// Builds the custom element for hosts and packs it as an npm package.
    Package(OutputOptions),
    /// Builds the release backend with the page embedded and packs it into an archive.
    Dist(DistOptions),
    /// Builds the static release backend with the page embedded and packs it as a container image.
    Image(OutputOptions),
    /// Checks the dependencies for known vulnerabilities (requires network access).
    Advisories(OutputOptions),
    /// Takes the screenshots for the documentation.
    Screenshots(OutputOptions),
}

#[derive(Args, Clone, Copy)]
pub(crate) struct OutputOptions {
    /// Prints the complete output of every command.
    #[arg(long, short)]
    verbose: bool,
}

impl OutputOptions {
    /// Returns the selected amount of output.
    pub(crate) fn output(self) -> Output {
        if self.verbose { Output::Verbose } else { Output::Short }
    }
}

#[derive(Args)]
pub(crate) struct RunOptions {
    /// Builds the release page and embeds it in an optimised server binary.
    #[arg(long)]
    pub(crate) release: bool,
    /// Number of users in the demo data.
    #[arg(long, value_name = "N", default_value_t = 2400)]
    pub(crate) demo: u32,
    /// Address and port to listen on. If the port is in use, another one is chosen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Does not open a browser.
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
pub(crate) struct DistOptions {
    /// Builds a static program, which needs no C library. Installs the musl target if it is missing.
    #[arg(long = "static")]
    pub(crate) is_static: bool,
    #[command(flatten)]
    output: OutputOptions,
}

impl DistOptions {
    pub(crate) fn output(&self) -> Output {
        self.output.output()
    }
}

#[derive(Args)]
pub(crate) struct TestOptions {
    /// Runs only these steps and the steps they depend on.
    #[arg(long, value_name = "STEP", value_delimiter = ',', conflicts_with = "quick")]
    pub(crate) only: Vec<String>,
    /// Runs the fast checks: formatting, names, lints, native tests, JavaScript (needs Node.js), and the
    /// browser tests of changed files.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Lists the steps.
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
    /// Runs only the main measurements with fewer users and rounds (a few minutes).
    #[arg(long)]
    pub(crate) short: bool,
    /// Runs only this measurement.
    #[arg(long, value_name = "MEASURE")]
    pub(crate) only: Option<String>,
    /// Number of measured rounds per page, after warm-up.
    #[arg(long, value_name = "N")]
    pub(crate) rounds: Option<u32>,
    /// Folder for the results. Default: `bench` in the target folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Address and port for the backend to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) load: LoadOptions,
    #[command(flatten)]
    output: OutputOptions,
}

/// The options of the load on the backend.
#[derive(Args)]
#[command(next_help_heading = "Load on the backend")]
pub(crate) struct LoadOptions {
    /// Measures the backend under load, instead of the pages.
    #[arg(long, conflicts_with_all = ["short", "only", "rounds", "listen"])]
    pub(crate) backend: bool,
    /// Number of users in the demo data.
    #[arg(long, value_name = "N", requires = "backend", default_value_t = 1_000_000)]
    pub(crate) users: u32,
    /// Number of backends. More than one need `STUDIO_USERS_DATABASE`, the URL of an empty `PostgreSQL` database.
    /// Without it, the backend uses `SQLite`.
    #[arg(long, value_name = "N", requires = "backend", default_value_t = 1)]
    pub(crate) backends: u32,
    /// Duration of the load at 100 requests a second, in seconds.
    #[arg(long, value_name = "SECONDS", requires = "backend", default_value_t = 60)]
    pub(crate) seconds: u32,
}

impl BenchOptions {
    pub(crate) fn output(&self) -> Output {
        self.output.output()
    }
}
