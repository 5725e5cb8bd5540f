//! The command line of the server.

mod audit;
mod check;
mod configuration;
mod connections;
mod log;
mod migrate;
mod nodes;
mod person;
mod retention;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fmt};

use clap::{Args, Parser, Subcommand};

use crate::audit::{verify, verify_postgres};
use crate::backup;
use crate::database::{Database, DatabaseOptions, existing};
use crate::failure::Failure;
use crate::http::openapi;
use crate::links::sign_in_url;
use crate::public_url::PublicUrl;
use crate::stdout::print_line;

use check::Check;
use configuration::{Effective, Invalid};
use serve::Serve;

/// User management for a studio with many environments: API server and web page.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// TOML file with options, such as `listen = "127.0.0.1:8080"`. `docs/configuration.md` describes it.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    log: log::LogOptions,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server (web page and API).
    Serve(Box<Serve>),
    /// Checks the configuration, and prints it with the source of each value. Changes nothing.
    CheckConfig(Box<Check>),
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
    VerifyAudit {
        #[command(flatten)]
        data: Data,
        /// File of an export or an archive, whose entries are verified as well. Can be repeated.
        #[arg(long = "file", value_name = "FILE")]
        files: Vec<PathBuf>,
    },
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
    /// Prints the page of the documentation about the configuration.
    #[command(hide = true)]
    ConfigurationPage,
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

/// Reads the configuration of the process, and runs the command.
pub fn run() -> ExitCode {
    let (cli, effective) = match configuration::read(env::args_os().collect()) {
        Ok(configured) => configured,
        Err(Invalid::Arguments(error)) => error.exit(),
        Err(Invalid::File(problem)) => return fail(&problem),
    };
    cli.log.start();
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(execute(cli.command, &effective)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure),
    }
}

fn fail(problem: &dyn fmt::Display) -> ExitCode {
    eprintln!("error: {problem}");
    ExitCode::FAILURE
}

async fn execute(command: Command, effective: &Effective) -> Result<(), Failure> {
    match command {
        Command::Serve(arguments) => crate::serve::serve(arguments.into_options()?).await,
        Command::CheckConfig(arguments) => check::check(*arguments, effective).await,
        Command::SignInLink { email, data, public_url } => {
            print_sign_in_link(&data.database()?, &email, &public_url).await
        }
        Command::Nodes(Nodes::Import { file, data }) => nodes::import(&file, &data.database()?).await,
        Command::VerifyAudit { data, files } => {
            Ok(print_line(&verify_audit(&data.database()?, &files).await?)?)
        }
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
        Command::ConfigurationPage => Ok(print_line(configuration::reference()?.trim_end())?),
    }
}

async fn verify_audit(database: &Database, files: &[PathBuf]) -> Result<String, Failure> {
    database.install_key()?;
    match (&database.settings.postgres, database.file()) {
        (Some(url), _) => verify_postgres(url.options().clone(), &database.folder, files).await,
        (None, Some(file)) => {
            existing(&file)?;
            verify(&file, files).await
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
