//! The migrations of the schema, and the data that the program derives from other data.

use std::collections::BTreeMap;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::{Error, Store, directory, email_keys, folded_texts};
use crate::sql::{self, Dialect, Tx};

/// The migrations of SQLite.
const SQLITE_MIGRATIONS: [(i64, &str, &str); 12] = [
    (1, "accounts", include_str!("../../migrations/0001_accounts.sql")),
    (2, "audit", include_str!("../../migrations/0002_audit.sql")),
    (3, "outbox", include_str!("../../migrations/0003_outbox.sql")),
    (4, "changes", include_str!("../../migrations/0004_changes.sql")),
    (5, "views", include_str!("../../migrations/0005_views.sql")),
    (6, "sequences_and_erasure", include_str!("../../migrations/0006_sequences_and_erasure.sql")),
    (7, "mail_budgets", include_str!("../../migrations/0007_mail_budgets.sql")),
    (8, "jobs", include_str!("../../migrations/0008_jobs.sql")),
    (9, "delivery", include_str!("../../migrations/0009_delivery.sql")),
    (10, "user_columns", include_str!("../../migrations/0010_user_columns.sql")),
    (11, "directory_changes", include_str!("../../migrations/0011_directory_changes.sql")),
    (12, "counted_mails", include_str!("../../migrations/0012_counted_mails.sql")),
];
/// The migrations of PostgreSQL. The first creates the schema that SQLite has after its eleventh migration.
const POSTGRES_MIGRATIONS: [(i64, &str, &str); 2] = [
    (1, "schema", include_str!("../../migrations/postgres/0001_schema.sql")),
    (2, "counted_mails", include_str!("../../migrations/postgres/0002_counted_mails.sql")),
];

/// How the schema of a database relates to that of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SchemaState {
    /// Migrations are pending, derived data has another structure, or there is no database.
    Older,
    /// The database has the same schema.
    Current,
    /// A later version of the program has migrated the database.
    Newer,
}

impl Store {
    /// Updates the data that another version of the program has derived differently.
    pub(super) async fn ensure_derived_data(&self) -> Result<(), Error> {
        self.ensure_email_keys().await?;
        self.ensure_folded_texts().await?;
        self.ensure_directory().await
    }
}

impl SchemaState {
    /// Compares the schema of a database with that of this program.
    pub(super) async fn of(tx: &mut Tx) -> Result<Self, Error> {
        let applied: Vec<(i64, Vec<u8>)> = if sql::has_table(tx, "_sqlx_migrations").await? {
            sql::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success")
                .fetch_all(tx)
                .await?
        } else {
            Vec::new()
        };
        let is_derived = directory::is_current(tx).await?
            && email_keys::are_current(tx).await?
            && folded_texts::are_current(tx).await?;
        let ours: BTreeMap<i64, Vec<u8>> = migrations(tx.dialect())
            .map(|migration| (migration.version, migration.checksum.to_vec()))
            .collect();
        let applied: BTreeMap<i64, Vec<u8>> = applied.into_iter().collect();
        Ok(if applied == ours && is_derived {
            Self::Current
        } else if applied.keys().any(|version| !ours.contains_key(version)) {
            Self::Newer
        } else {
            Self::Older
        })
    }
}

/// Returns a migrator up to a version of the schema.
pub(super) fn migrator(dialect: Dialect, version: i64) -> Migrator {
    Migrator::with_migrations(migrations(dialect).filter(|migration| migration.version <= version).collect())
}

fn migrations(dialect: Dialect) -> impl Iterator<Item = Migration> {
    let all = dialect.select(&SQLITE_MIGRATIONS[..], &POSTGRES_MIGRATIONS[..]);
    all.iter().map(|&(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    })
}
