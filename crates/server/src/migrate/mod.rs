//! Copies all data from SQLite to PostgreSQL, or back.
//!
//! A copy is complete or does not exist. PostgreSQL gets all rows in one transaction. The file of SQLite is written in
//! another folder, and moved to its place at the end; a server does not start while that folder exists. So an
//! interrupted copy is repeated from its beginning.

#[cfg(test)]
mod tests;
mod to_postgres;
mod to_sqlite;

use std::path::{Path, PathBuf};

use crate::data_lock::DataLock;
use crate::database::{Copied, Place};
use crate::failure::Failure;
use to_postgres::to_postgres;
use to_sqlite::to_sqlite;

/// The name of the command in the lock of a folder.
const COMMAND: &str = "migrate";

/// The options of the command `migrate`.
#[derive(Debug)]
pub(crate) struct Migration {
    /// The data to copy.
    pub(crate) from: Place,
    /// The empty place.
    pub(crate) to: Place,
    /// The data folder of a server on PostgreSQL, with the key and the head of the audit log.
    pub(crate) data: Option<PathBuf>,
    /// The file with the key of the audit log of the source.
    pub(crate) audit_key: Option<PathBuf>,
}

impl Migration {
    /// Copies the data. Returns a report of several lines.
    ///
    /// # Errors
    /// Fails with a sentence for the operator. The target is then as it was before.
    pub(crate) async fn run(self) -> Result<String, Failure> {
        match (self.from, self.to) {
            (Place::Folder(from), Place::Postgres(to)) => {
                let data = self.data.ok_or(
                    "name the data folder of the server on PostgreSQL with --data; the key of the audit log is copied \
                     to it",
                )?;
                let copied = to_postgres(&from, &to, &data).await?;
                let source = from.display();
                Ok(report(&copied, &source, &to)
                    + &format!(
                        "\n{source} still has the old database; move studio-users.db away, so that no server starts on it"
                    ))
            }
            (Place::Postgres(from), Place::Folder(to)) => {
                let data = self.data.as_deref().unwrap_or(&to);
                let copied = to_sqlite(&from, &to, data, self.audit_key.as_deref()).await?;
                Ok(report(&copied, &from, &to.display()))
            }
            (Place::Folder(_), Place::Folder(_)) => {
                Err("both are folders; to move a data folder, use `backup` and `restore`".into())
            }
            (Place::Postgres(_), Place::Postgres(_)) => {
                Err("both are databases of PostgreSQL; use its tools, such as pg_dump and pg_restore".into())
            }
        }
    }
}

fn report(copied: &Copied, from: &dyn std::fmt::Display, to: &dyn std::fmt::Display) -> String {
    let lines = copied.counts.iter().map(|count| format!("{}: {} rows", count.table, count.rows));
    let total: i64 = copied.counts.iter().map(|count| count.rows).sum();
    let last = format!("copied {total} rows from {from} to {to}; all tables have the same number of rows");
    lines.chain([last, copied.audit_log.clone()]).collect::<Vec<_>>().join("\n")
}

/// Locks a folder that exists.
fn lock_existing(folder: &Path) -> Result<DataLock, Failure> {
    if !folder.is_dir() {
        return Err(format!("no data folder found at {}", folder.display()).into());
    }
    Ok(DataLock::acquire(folder, COMMAND)?)
}

fn is_same_folder(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
