//! The command line of the server.

mod connections;
mod log;
mod migrate;
mod nodes;
mod person;
mod retention;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::TimeDelta;
use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use lettre::message::Mailbox;
use studio_users_domain::{AddressError, clean_name, clean_text};

use crate::clock::Clock;
use crate::database::{Database, DatabaseOptions, existing};
use crate::failure::Failure;
use crate::http::openapi;
use crate::links::sign_in_url;
use crate::mail::{Smtp, delivery_address};
use crate::public_url::{Origin, PublicUrl};
use crate::serve::{Options, serve};
use crate::stdout::print_line;
use crate::text::parse_email;
use crate::{audit, backup};

const DEMO_USERS: &str = "2400";

/// User management for a studio with many environments: API server and web page.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    log: log::LogOptions,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server (web page and API).
    Serve(Box<Serve>),
    /// Prints a single-use sign-in URL for an account, valid for 15 minutes.
    SignInLink {
        /// E-mail address of the account.
        email: String,
        #[command(flatten)]
        data: Data,
        /// Public URL of the server.
        #[arg(long, value_name = "URL", default_value = "http://localhost:8080", value_parser = PublicUrl::parse)]
        public_url: PublicUrl,
    },
    /// Manages the organisation tree.
    #[command(subcommand)]
    Nodes(Nodes),
    /// Verifies the integrity of the audit log. Can run while the server is running.
    VerifyAudit(Data),
    /// Creates a verified backup in a new folder. Can run while the server is running.
    Backup {
        /// Folder to create. It must not exist.
        #[arg(value_name = "FOLDER")]
        target: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Restores a backup into an empty data folder, and verifies it.
    Restore {
        /// Folder of the backup.
        #[arg(value_name = "FOLDER")]
        source: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Copies all data from SQLite to PostgreSQL, or back. No server may use either of them meanwhile.
    Migrate(migrate::Migrate),
    /// Prints everything that is stored about a person, as JSON. Can run while the server is running.
    ExportPerson(person::Person),
    /// Erases a person everywhere, and their names from the audit log, which stays verifiable. Can run while the server is
    /// running.
    ErasePerson(person::Erase),
    /// Prints the OpenAPI 3.1 document of the API.
    Openapi,
}

#[derive(Debug, Subcommand)]
enum Nodes {
    /// Adds and updates nodes from a JSON array of {id, `parent_id`, kind, name, `disabled_roles`?}. Nodes that are
    /// not in the file are not changed. The root is a provider. Agencies and environments are below a provider or an
    /// agency.
    Import {
        /// Path of the JSON file.
        file: PathBuf,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Args)]
struct Data {
    /// Data folder with the database and, without --smtp, the e-mails.
    #[arg(long = "data", value_name = "DIR", default_value = "data")]
    folder: PathBuf,
    #[command(flatten)]
    database: DatabaseOptions,
}

impl Data {
    /// Checks the options of the database.
    fn database(self) -> Result<Database, Failure> {
        Ok(Database { settings: self.database.resolve()?, folder: self.folder })
    }

    /// Returns the data folder for a command on SQLite files.
    fn sqlite_folder(self, command: &str) -> Result<PathBuf, Failure> {
        let database = self.database()?;
        match database.settings.postgres {
            None => Ok(database.folder),
            Some(_) => Err(format!(
                "`{command}` is for SQLite; docs/deployment.md describes how to back up and restore PostgreSQL"
            )
            .into()),
        }
    }
}

#[derive(Debug, Args)]
struct Serve {
    /// Address and port to listen on. Port 0 selects a free port.
    #[arg(long, value_name = "ADDRESS", overrides_with = "listen", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Address and port to serve metrics on for Prometheus, at `/metrics`. Without it, there are none. Anybody who
    /// reaches the address can read them.
    #[arg(long, value_name = "ADDRESS", env = "STUDIO_USERS_METRICS_LISTEN")]
    metrics_listen: Option<SocketAddr>,
    #[command(flatten)]
    data: Data,
    /// Serves a demo organisation with this many users (20 to 1,000,000) and creates it if needed.
    #[arg(long, value_name = "USERS", num_args = 0..=1, default_missing_value = DEMO_USERS, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    demo: Option<u32>,
    /// For tests with a demo: sets the clock this many minutes ahead.
    #[arg(long, value_name = "MINUTES", hide = true, requires = "demo", default_value_t = 0)]
    clock_ahead: u32,
    /// Public URL of the server, if it differs from the listen address. It may have a path, such as
    /// `https://example.org/users/`.
    #[arg(long, value_name = "URL", value_parser = PublicUrl::parse)]
    public_url: Option<PublicUrl>,
    /// Origin that may call the API with a bearer token (CORS). Can be repeated.
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = Origin::parse)]
    allowed_origins: Vec<Origin>,
    /// Origin that may embed the page in a frame. Can be repeated.
    #[arg(long = "framed-by", value_name = "ORIGIN", value_parser = Origin::parse)]
    framed_by: Vec<Origin>,
    /// Network of a reverse proxy, such as `10.0.0.0/8`, `::1` or `192.0.2.7`. Rate limits use the client address that it
    /// reports in Forwarded or X-Forwarded-For. Can be repeated. Without it, the headers are ignored.
    #[arg(long = "trusted-proxy", value_name = "CIDR", value_parser = network)]
    trusted_proxies: Vec<IpNet>,
    /// URL of the privacy policy. The sign-in and join pages link to it.
    #[arg(long, value_name = "URL", value_parser = privacy_url)]
    privacy_url: Option<String>,
    /// Folder with the built page.
    #[arg(long, value_name = "DIR", overrides_with = "page", default_value = "dist")]
    page: PathBuf,
    /// E-mail address of the first administrator. Used only if there are no accounts yet.
    #[arg(long, value_name = "EMAIL", default_value = "administrator@studio.localhost", value_parser = email)]
    admin: String,
    /// Mail server: `smtps://USER:PASSWORD@HOST`, `smtp://HOST?tls=required` (STARTTLS) or `smtp://HOST` (no
    /// encryption). Without it, e-mails are written to `mail` in the data folder.
    #[arg(long, value_name = "URL", env = "STUDIO_USERS_SMTP", hide_env_values = true)]
    smtp: Option<String>,
    /// Sender of e-mails.
    #[arg(long, value_name = "ADDRESS", default_value = "Studio <no-reply@studio.localhost>", value_parser = mailbox)]
    mail_from: Mailbox,
    /// Maximum memory for the lists of users, in MB. They are read from the database if they need more. 0 switches the
    /// memory off.
    #[arg(long, value_name = "MB", env = "STUDIO_USERS_DIRECTORY_MEMORY", default_value_t = 1_024, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    directory_memory: u32,
    #[command(flatten)]
    connections: connections::Connections,
    #[command(flatten)]
    retention: retention::Retention,
}

/// Parses the command line of the process, and runs the command.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    cli.log.start();
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(execute(cli.command)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn execute(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(arguments) => {
            let options = Options {
                listen: arguments.listen,
                metrics_listen: arguments.metrics_listen,
                database: arguments.data.database()?,
                demo: arguments.demo,
                clock: Clock::with_offset(TimeDelta::minutes(arguments.clock_ahead.into())),
                public_url: arguments.public_url,
                allowed_origins: arguments.allowed_origins,
                framed_by: arguments.framed_by,
                trusted_proxies: arguments.trusted_proxies,
                privacy_url: arguments.privacy_url,
                page: arguments.page,
                administrator: arguments.admin,
                smtp: arguments.smtp.as_deref().map(Smtp::from_url).transpose()?,
                mail_from: arguments.mail_from,
                connections: arguments.connections.into(),
                streams: arguments.connections.into(),
                limits: arguments.retention.into(),
                directory_memory: u64::from(arguments.directory_memory) << 20,
            };
            serve(options).await
        }
        Command::SignInLink { email, data, public_url } => {
            print_sign_in_link(&data.database()?, &email, &public_url).await
        }
        Command::Nodes(Nodes::Import { file, data }) => nodes::import(&file, &data.database()?).await,
        Command::VerifyAudit(data) => Ok(print_line(&verify_audit(&data.database()?).await?)?),
        Command::Backup { target, data } => {
            let created =
                backup::until_interrupted(backup::create(&data.sqlite_folder("backup")?, &target)).await?;
            Ok(print_line(&created)?)
        }
        Command::Restore { source, data } => {
            let restored =
                backup::until_interrupted(backup::restore(&data.sqlite_folder("restore")?, &source)).await?;
            Ok(print_line(&restored)?)
        }
        Command::Migrate(arguments) => migrate::migrate(arguments).await,
        Command::ExportPerson(arguments) => person::export(arguments).await,
        Command::ErasePerson(arguments) => person::erase(arguments).await,
        Command::Openapi => Ok(print_line(&openapi::json()?)?),
    }
}

async fn verify_audit(database: &Database) -> Result<String, Failure> {
    database.install_key()?;
    match (&database.settings.postgres, database.file()) {
        (Some(url), _) => audit::verify_postgres(url.options().clone(), &database.folder).await,
        (None, Some(file)) => {
            existing(&file)?;
            audit::verify(&file).await
        }
        (None, None) => Err("no database is selected".into()),
    }
}

async fn print_sign_in_link(database: &Database, email: &str, public_url: &PublicUrl) -> Result<(), Failure> {
    let store = database.open_existing("sign-in-link").await?;
    let account = store.account_by_email(&mut store.read().await?, email).await?;
    let account = account
        .filter(|account| account.joined_at.is_some())
        .ok_or_else(|| format!("no account with the address {email} can sign in"))?;
    let token = store.create_sign_in_link_for(&account).await?;
    store.close().await;
    Ok(print_line(&sign_in_url(public_url, &token))?)
}

fn email(text: &str) -> Result<String, AddressError> {
    parse_email(text).map(|address| address.to_string())
}

/// Parses the sender of e-mails: an address, or `NAME <ADDRESS>`.
fn mailbox(text: &str) -> Result<Mailbox, String> {
    let (name, address) = match text.rsplit_once('<') {
        Some((name, address)) => {
            let address =
                address.trim().strip_suffix('>').ok_or("expected an e-mail address or NAME <ADDRESS>")?;
            (clean_text(name.trim().trim_matches('"')), address)
        }
        None => (String::new(), text),
    };
    let name = Some(name).filter(|name| !name.is_empty()).map(|name| clean_name(&name)).transpose();
    let name = name.map_err(|error| format!("the name of the sender: {error}"))?;
    let address = parse_email(address).map_err(|error| error.to_string())?;
    Ok(Mailbox::new(name, delivery_address(&address)))
}

/// Parses a network in the notation of [CIDR](https://www.rfc-editor.org/rfc/rfc4632#section-3.1), or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| "expected a network, such as 10.0.0.0/8, 2001:db8::/32 or 192.0.2.1".into())
}

/// Parses the URL of the privacy policy: an absolute URL, or a path on this server.
fn privacy_url(text: &str) -> Result<String, String> {
    let is_path = text.starts_with('/') && !text.starts_with("//");
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    if !is_path && !is_web || text.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        return Err("expected a URL that starts with https://, http:// or /".into());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_networks_and_single_addresses() {
        for (text, contains) in [("10.1.2.3/8", "10.9.9.9"), ("::1", "::1"), ("192.0.2.7", "192.0.2.7")] {
            let network = network(text).unwrap();
            assert!(network.contains(&contains.parse::<IpAddr>().unwrap()), "{text}");
            assert!(!network.contains(&"203.0.113.9".parse::<IpAddr>().unwrap()), "{text}");
        }
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8", "proxy", "[::1]", "::1/x"] {
            assert!(network(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rejects_a_privacy_policy_that_is_no_link() {
        for link in ["https://example.org/privacy?lang=nl#top", "http://intranet/privacy", "/privacy.html"] {
            assert_eq!(privacy_url(link), Ok(link.into()));
        }
        for other in
            ["", "privacy", "//example.org", "javascript:alert(1)", "https://a b", "mailto:a@b.example"]
        {
            assert!(privacy_url(other).is_err(), "{other}");
        }
    }

    #[test]
    fn parses_the_sender_of_mails() {
        let sender = mailbox("Stúdio <no-reply@bücher.example>").unwrap();
        assert_eq!(sender.name.as_deref(), Some("Stúdio"));
        assert_eq!(sender.email.to_string(), "no-reply@xn--bcher-kva.example");
        assert_eq!(mailbox("a@x.example").unwrap().name, None);
        assert_eq!(mailbox("\"Ann, B\" <a@x.example>").unwrap().name.as_deref(), Some("Ann, B"));
        for wrong in [
            "Studio",
            "Studio <a@x.example",
            "Studio <a..b@x.example>",
            "a b@x.example",
            "x\ny <a@x.example>",
        ] {
            assert!(mailbox(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn demo_without_a_number_uses_the_default() {
        let demo = |arguments: &[&str]| match Cli::try_parse_from(arguments).map(|cli| cli.command) {
            Ok(Command::Serve(serve)) => serve.demo,
            _ => panic!("{arguments:?}"),
        };
        assert_eq!(demo(&["x", "serve"]), None);
        assert_eq!(demo(&["x", "serve", "--demo"]), Some(2_400));
        assert_eq!(demo(&["x", "serve", "--demo", "50"]), Some(50));
    }
}
