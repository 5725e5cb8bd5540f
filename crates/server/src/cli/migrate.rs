//! The command `migrate`.

use std::path::PathBuf;

use clap::Args;

use crate::backup;
use crate::database::Place;
use crate::failure::Failure;
use crate::migrate::Migration;
use crate::secret::Secret;
use crate::stdout::print_line;

/// The options. `docs/deployment.md` explains them.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Data folder with the `SQLite` database, or URL of the `PostgreSQL` database, to copy.
    #[arg(long, value_name = "DIR_OR_URL", required_unless_present = "from_file")]
    from: Option<Secret>,
    /// File with the URL of the database to copy, so that no password is in the list of processes.
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    from_file: Option<PathBuf>,
    /// Data folder for a new `SQLite` database, or URL of an empty `PostgreSQL` database.
    #[arg(long, value_name = "DIR_OR_URL", required_unless_present = "to_file")]
    to: Option<Secret>,
    /// File with the URL of the empty database.
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    to_file: Option<PathBuf>,
    /// Data folder of a server on `PostgreSQL`. The key and the head of the audit log are copied to it, or read from it if
    /// `PostgreSQL` is the source.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// File with the key of the audit log, if `PostgreSQL` is the source and no data folder has it.
    #[arg(long, value_name = "FILE")]
    audit_key: Option<PathBuf>,
    /// File with the certificates (PEM) of the authority that has signed the certificate of the database server.
    #[arg(long, value_name = "FILE")]
    database_ca: Option<PathBuf>,
}

/// Copies the data, and prints the report.
pub(super) async fn migrate(arguments: Migrate) -> Result<(), Failure> {
    let ca = arguments.database_ca.as_deref();
    let migration = Migration {
        from: Place::parse(arguments.from.as_ref(), arguments.from_file.as_deref(), ca, "--from")?,
        to: Place::parse(arguments.to.as_ref(), arguments.to_file.as_deref(), ca, "--to")?,
        data: arguments.data,
        audit_key: arguments.audit_key,
    };
    Ok(print_line(&backup::until_interrupted(Box::pin(migration.run())).await?)?)
}
