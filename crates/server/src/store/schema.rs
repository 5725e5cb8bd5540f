//! The migrations of the schema, and the data that the program derives from other data.

use std::collections::BTreeMap;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::schema_state::SchemaState;
use super::{Error, Store, directory, email_keys, folded_texts};
use crate::sql::{self, Dialect, Tx};

/// The migrations of SQLite.
const SQLITE_MIGRATIONS: [(i64, &str, &str); 13] = [
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
    (13, "audit_segments", include_str!("../../migrations/0013_audit_segments.sql")),
];
/// The migrations of PostgreSQL. The first creates the schema that SQLite has after its eleventh migration.
const POSTGRES_MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "schema", include_str!("../../migrations/postgres/0001_schema.sql")),
    (2, "counted_mails", include_str!("../../migrations/postgres/0002_counted_mails.sql")),
    (3, "audit_segments", include_str!("../../migrations/postgres/0003_audit_segments.sql")),
];

impl Store {
    /// Updates the data that an earlier version of the program has derived differently.
    ///
    /// # Errors
    /// [`Error::Newer`] if a later version has derived them: its servers may be running.
    pub(super) async fn ensure_derived_data(&self) -> Result<(), Error> {
        SchemaState::of(&mut self.read_pool.begin_read().await?).await?.require_not_newer()?;
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
        // The structure of the directory has no order of versions: it changes only together with a migration.
        let derived = [
            email_keys::state(tx).await?,
            folded_texts::state(tx).await?,
            if directory::is_current(tx).await? { Self::Current } else { Self::Older },
        ];
        let ours: BTreeMap<i64, Vec<u8>> = migrations(tx.dialect())
            .map(|migration| (migration.version, migration.checksum.to_vec()))
            .collect();
        let applied: BTreeMap<i64, Vec<u8>> = applied.into_iter().collect();
        Ok(if derived.contains(&Self::Newer) || applied.keys().any(|version| !ours.contains_key(version)) {
            Self::Newer
        } else if applied == ours && derived == [Self::Current; 3] {
            Self::Current
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The last migration of PostgreSQL, and the structure of the directory since then.
    const DIRECTORY_SINCE: (i64, i64) = (3, -2_744_106_406_347_979_150);

    /// Otherwise an older program that starts again beside newer ones would replace their directory by its own.
    #[test]
    fn the_directory_changes_only_together_with_a_migration() {
        let last = migrations(Dialect::Postgres).map(|migration| migration.version).max().unwrap();
        let found = (last, directory::postgres_version());
        assert_eq!(
            found, DIRECTORY_SINCE,
            "a change of the tables of the directory needs a migration, which may be empty; see docs/releasing.md"
        );
    }
}
