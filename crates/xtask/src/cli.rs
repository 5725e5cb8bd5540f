use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Sets up what is missing, builds the page and the backend, and starts them with demo data.
    Run(RunOptions),
    /// Builds the element for hosts, small, and packs it for npm.
    Package,
    /// Builds the small page, and says how large it is: more than it may be is an error.
    Size,
    /// Sets up what is missing and runs every check and test.
    Test(TestOptions),
}

#[derive(Args)]
pub(crate) struct RunOptions {
    /// Builds the small page, and one optimised program that holds it.
    #[arg(long)]
    pub(crate) release: bool,
    /// How many users the demo has.
    #[arg(long, value_name = "N", default_value_t = 2400)]
    pub(crate) demo: u32,
    /// Where to listen; where that is taken, at another port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Opens no browser.
    #[arg(long)]
    pub(crate) no_open: bool,
}

#[derive(Args)]
pub(crate) struct TestOptions {
    /// Runs this step alone, after those that it needs.
    #[arg(long, value_name = "STEP")]
    pub(crate) only: Option<String>,
    /// Lists the steps.
    #[arg(long)]
    pub(crate) list: bool,
}
