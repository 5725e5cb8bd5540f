//! The command line.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use axum::http::HeaderValue;
use chrono::TimeDelta;
use clap::{Args, Parser, Subcommand};
use lettre::message::Mailbox;

use crate::clock::Clock;
use crate::mail::Smtp;
use crate::routes::sign_in::sign_in_url;
use crate::serve::{Options, serve};
use crate::store::{ImportedNode, Store, database_file};
use crate::{audit, openapi, store};

/// What ends a command that fails: the reason, for a person.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

const DEMO_USERS: &str = "2400";

/// User management for a studio with many environments: the backend and its page.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the page and its data.
    Serve(Serve),
    /// Prints a URL that signs somebody in, once, within 15 minutes.
    SignInLink {
        /// The address of the account.
        email: String,
        #[command(flatten)]
        data: Data,
        /// Where people reach the server.
        #[arg(long, value_name = "URL", default_value = "http://localhost:8080", value_parser = public_url)]
        public_url: String,
    },
    /// The organisation tree.
    #[command(subcommand)]
    Nodes(Nodes),
    /// Reads the audit log from its beginning, and says whether it is whole. Can run beside a server.
    VerifyAudit(Data),
    /// Prints the wire contract as OpenAPI 3.1.
    Openapi,
}

#[derive(Debug, Subcommand)]
enum Nodes {
    /// Adds and changes nodes from a JSON array of {id, `parent_id`, kind, name, `disabled_roles`?}. Nodes that are
    /// not in the file stay as they are.
    Import {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Args)]
struct Data {
    /// The folder with the database and the mails.
    #[arg(long = "data", value_name = "DIR", default_value = "data")]
    folder: PathBuf,
}

#[derive(Debug, Args)]
struct Serve {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", overrides_with = "listen", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(flatten)]
    data: Data,
    /// Serves an invented organisation with this many users, made where it is not there yet.
    #[arg(long, value_name = "USERS", num_args = 0..=1, default_missing_value = DEMO_USERS, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    demo: Option<u32>,
    /// For tests, in a demo: the clock goes so many minutes ahead.
    #[arg(long, value_name = "MINUTES", hide = true, requires = "demo", default_value_t = 0)]
    clock_ahead: u32,
    /// Where people reach the server, if that is not where it listens.
    #[arg(long, value_name = "URL", value_parser = public_url)]
    public_url: Option<String>,
    /// Another origin whose scripts may ask, with a bearer token; may be given several times.
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = allowed_origin)]
    allowed_origins: Vec<HeaderValue>,
    /// An origin whose pages may show the page in a frame; may be given several times.
    #[arg(long = "framed-by", value_name = "ORIGIN", value_parser = allowed_origin)]
    framed_by: Vec<HeaderValue>,
    /// The folder with the built page.
    #[arg(long, value_name = "DIR", overrides_with = "page", default_value = "dist")]
    page: PathBuf,
    /// Who becomes the first administrator where there is no account yet.
    #[arg(long, value_name = "EMAIL", default_value = "administrator@studio.localhost", value_parser = email)]
    admin: String,
    /// The mail server, as `smtps://USER:PASSWORD@HOST`, `smtp://HOST?tls=required` for STARTTLS, or `smtp://HOST`
    /// without encryption. Where there is none, mail is kept in `mail` within the data folder.
    #[arg(long, value_name = "URL", env = "STUDIO_USERS_SMTP", hide_env_values = true)]
    smtp: Option<String>,
    /// Who mail comes from.
    #[arg(long, value_name = "ADDRESS", default_value = "Studio <no-reply@studio.localhost>", value_parser = mailbox)]
    mail_from: Mailbox,
}

/// Runs the command line that the process was started with.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::INFO).init();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(execute(cli.command)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a line that programs read, even where the output is a pipe.
pub(crate) fn print_line(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

async fn execute(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(arguments) => {
            let options = Options {
                listen: arguments.listen,
                data: arguments.data.folder,
                demo: arguments.demo,
                clock: Clock::ahead(TimeDelta::minutes(arguments.clock_ahead.into())),
                public_url: arguments.public_url,
                allowed_origins: arguments.allowed_origins,
                framed_by: arguments.framed_by,
                page: arguments.page,
                administrator: arguments.admin,
                smtp: arguments.smtp.as_deref().map(Smtp::of).transpose()?,
                mail_from: arguments.mail_from,
            };
            serve(options).await
        }
        Command::SignInLink { email, data, public_url } => {
            print_sign_in_link(&data.folder, &email, &public_url).await
        }
        Command::Nodes(Nodes::Import { file, data }) => import_nodes(&file, &data.folder).await,
        Command::VerifyAudit(data) => {
            let file = existing_database(&data.folder)?;
            Ok(print_line(&audit::verify(&file).await?)?)
        }
        Command::Openapi => Ok(print_line(&openapi::json()?)?),
    }
}

async fn print_sign_in_link(data: &Path, email: &str, public_url: &str) -> Result<(), Failure> {
    let store = open_existing(data).await?;
    let account = store.account_by_email(&mut store.read().await?, email).await?;
    let account = account
        .filter(|account| account.joined_at.is_some())
        .ok_or_else(|| format!("there is no account of {email} that can sign in"))?;
    let token = store.create_sign_in_link(account.key(), Clock::system().now()).await?;
    store.close().await;
    Ok(print_line(&sign_in_url(public_url, &token))?)
}

async fn import_nodes(file: &Path, data: &Path) -> Result<(), Failure> {
    let name = file.display();
    let text = std::fs::read(file).map_err(|error| format!("{name} cannot be read: {error}"))?;
    let nodes: Vec<ImportedNode> =
        serde_json::from_slice(&text).map_err(|error| format!("{name} is not a list of nodes: {error}"))?;
    std::fs::create_dir_all(data)?;
    let store = Store::open(&database_file(data)).await?;
    let done = store.import_nodes(&nodes, Clock::system().now()).await;
    store.close().await;
    let done = done.map_err(|error| match error {
        store::Error::Tree(error) => format!("{name} is not imported: {error}"),
        other => other.to_string(),
    })?;
    let (added, changed, unchanged) = (done.added, done.changed, done.unchanged);
    Ok(print_line(&format!("{added} added, {changed} changed, {unchanged} as they were"))?)
}

async fn open_existing(data: &Path) -> Result<Store, Failure> {
    Ok(Store::open(&existing_database(data)?).await?)
}

fn existing_database(data: &Path) -> Result<PathBuf, Failure> {
    let file = database_file(data);
    if file.exists() { Ok(file) } else { Err(format!("there is no database at {}", file.display()).into()) }
}

fn email(text: &str) -> Result<String, String> {
    if crate::text::is_email(text) { Ok(text.into()) } else { Err("that is no e-mail address".into()) }
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|_| "it must be an e-mail address, or NAME <ADDRESS>".into())
}

/// An origin: cookies, links and the check of other sites are made from it.
fn public_url(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = host.map(|host| host.trim_end_matches('/')).unwrap_or_default();
    if host.is_empty() || host.contains(['/', '?', '#', '@']) || host.contains(char::is_whitespace) {
        return Err("it must be http:// or https://, a host and perhaps a port, without a path".into());
    }
    Ok(text.trim_end_matches('/').to_ascii_lowercase())
}

/// An origin as browsers write it: without the port that is the scheme's own.
fn allowed_origin(text: &str) -> Result<HeaderValue, String> {
    let url = public_url(text)?;
    let (scheme, authority) = url.split_once("://").unwrap_or_default();
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let authority = authority.strip_suffix(default_port).unwrap_or(authority);
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|number| number.to_string() == port);
    let has_port = authority.rsplit_once(':').filter(|_| !authority.ends_with(']'));
    let is_host = has_port.is_none_or(|(host, port)| !host.is_empty() && is_port(port));
    if !is_host || !authority.is_ascii() || authority.contains('*') {
        return Err("an origin names one host, in ASCII, and perhaps a port: no patterns".into());
    }
    HeaderValue::try_from(format!("{scheme}://{authority}")).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin() {
        assert_eq!(public_url("https://Users.example/"), Ok("https://users.example".into()));
        for wrong in ["users.example", "ftp://users.example", "https://", "https://users.example/studio"] {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_allowed_origin_is_one_and_stands_as_browsers_write_it() {
        for (text, origin) in [
            ("https://Host.example/", "https://host.example"),
            ("https://host.example:443", "https://host.example"),
            ("http://host.example:8080", "http://host.example:8080"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(allowed_origin(text).unwrap(), origin);
        }
        for wrong in [
            "*",
            "null",
            "https://*.example",
            "https://host.example/x",
            "https://hôst.example",
            "https://host:x",
        ] {
            assert!(allowed_origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_demo_has_a_number_of_users_where_none_is_given() {
        let demo = |arguments: &[&str]| match Cli::try_parse_from(arguments).map(|cli| cli.command) {
            Ok(Command::Serve(serve)) => serve.demo,
            _ => panic!("{arguments:?}"),
        };
        assert_eq!(demo(&["x", "serve"]), None);
        assert_eq!(demo(&["x", "serve", "--demo"]), Some(2_400));
        assert_eq!(demo(&["x", "serve", "--demo", "50"]), Some(50));
    }
}
