//! The command `check-config`.

use std::net::SocketAddr;

use clap::Args;

use super::configuration::Effective;
use super::serve::Serve;
use crate::failure::Failure;
use crate::serve::Options;
use crate::stdout::print_line;

/// The options: those of `serve`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Also connects to the database and to the mail server, and looks for the page. Changes nothing.
    #[arg(long)]
    connect: bool,
    #[command(flatten)]
    serve: Serve,
}

/// Prints the configuration, and checks it as `serve` does at its start. The output of a check that fails comes before its
/// error.
///
/// # Errors
/// Fails with the first problem of the configuration, or with all problems of the connections.
pub(super) async fn check(arguments: Check, effective: &Effective) -> Result<(), Failure> {
    print_line(effective.to_string().trim_end())?;
    for variable in &effective.unknown_variables {
        tracing::warn!(variable, "this variable belongs to no option");
    }
    let options = arguments.serve.into_options()?;
    options.public_url_of(options.listen)?;
    if arguments.connect {
        connect(&options).await?;
    }
    Ok(print_line("# The configuration is valid.")?)
}

/// Connects to everything that the server uses.
async fn connect(options: &Options) -> Result<(), Failure> {
    let mut problems = Vec::new();
    let mut report = |name: &str, result: Result<String, Failure>| {
        let line = match result {
            Ok(state) => format!("# {name}: {state}"),
            Err(problem) => {
                problems.push(problem.to_string());
                format!("# {name}: failed")
            }
        };
        print_line(&line)
    };
    report("database", options.database.check().await)?;
    report("mail server", check_mail(options).await)?;
    report("page", options.check_page())?;
    for (name, address) in [("listen", Some(options.listen)), ("metrics-listen", options.metrics_listen)] {
        if let Some(address) = address {
            report(name, check_address(address))?;
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("; ").into()) }
}

async fn check_mail(options: &Options) -> Result<String, Failure> {
    match &options.smtp {
        Some(smtp) => {
            smtp.check().await.map_err(|problem| format!("the mail server: {problem}"))?;
            Ok("accepts the connection and the sign-in".into())
        }
        None => Ok("none; e-mails are written to the data folder".into()),
    }
}

/// Binds the address for a moment. A running server has it already.
fn check_address(address: SocketAddr) -> Result<String, Failure> {
    match std::net::TcpListener::bind(address) {
        Ok(_) => Ok(format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Ok(format!("{address} is in use")),
        Err(error) => Err(format!("cannot listen on {address}: {error}").into()),
    }
}
