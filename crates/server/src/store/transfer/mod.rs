//! Copies a whole database into another one, of SQLite or of PostgreSQL.
//!
//! [`tables`] lists what is copied. Data that the program derives from other data are built again instead. Events and
//! rate limits, and the leases of jobs, belong to the running servers and are not copied.

mod copy_text;
mod postgres;
mod rows;
mod sqlite;
mod tables;
#[cfg(test)]
pub(crate) mod tests;

use chrono::{DateTime, Utc};

use super::search_index::index_all_texts;
use super::{Error, directory};
use crate::batch;
use crate::sql::{self, Dialect, Tx};
pub(crate) use postgres::{Content, PostgresSource, PostgresTarget};
use rows::{Cells, Rows};
pub(crate) use sqlite::SqliteTarget;
use tables::{META, TABLES, Table};

/// The number of rows of a table that were copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TableCount {
    /// The name of the table.
    pub(crate) table: &'static str,
    /// The number of rows.
    pub(crate) rows: i64,
}

/// Copies all tables into a database without rows, and builds the derived data. Compares the number of rows of each
/// table. The caller commits the target.
///
/// The target is a new database, or one whose rows were deleted. A deferred check of a reference may fail at the commit.
async fn copy(source: &mut Tx, target: &mut Tx, now: DateTime<Utc>) -> Result<Vec<TableCount>, Error> {
    for table in TABLES {
        copy_table(source, target, table).await?;
    }
    index_all_texts(target).await?;
    directory::create(target, now).await?;
    // The migrations and the directory have written rows of their own.
    sql::query("DELETE FROM meta WHERE key NOT IN ('directory_schema', 'directory_changes_from', 'probe')")
        .execute(target)
        .await?;
    copy_table(source, target, &META).await?;
    compare_counts(source, target).await?.map_err(Error::InvalidData)
}

/// Compares the number of rows of each table. Describes the first difference.
async fn compare_counts(source: &mut Tx, target: &mut Tx) -> Result<Result<Vec<TableCount>, String>, Error> {
    let mut counts = Vec::with_capacity(TABLES.len() + 1);
    for table in TABLES.into_iter().chain([&META]) {
        let (expected, rows) = (rows::count(source, table).await?, rows::count(target, table).await?);
        let table = table.name;
        if expected != rows {
            return Ok(Err(format!("`{table}` has {rows} rows in the copy, but {expected} in the source")));
        }
        counts.push(TableCount { table, rows });
    }
    Ok(Ok(counts))
}

async fn copy_table(source: &mut Tx, target: &mut Tx, table: &Table) -> Result<(), Error> {
    match target.dialect() {
        Dialect::Sqlite => insert_rows(source, target, table).await,
        Dialect::Postgres => postgres::copy_rows(source, target, table).await,
    }
}

async fn insert_rows(source: &mut Tx, target: &mut Tx, table: &Table) -> Result<(), Error> {
    let (columns, mut rows) = (table.names(), Rows::of(table));
    loop {
        let page: Vec<Cells> = rows.next(source).await?;
        if page.is_empty() {
            return Ok(());
        }
        batch::insert_columns(target, table.name, &columns, "", &page, |row, cells| {
            for cell in cells {
                rows::push_cell(row, cell);
            }
        })
        .await?;
    }
}
