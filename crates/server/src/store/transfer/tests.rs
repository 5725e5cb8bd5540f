use std::collections::BTreeSet;

use tempfile::TempDir;

use super::rows::describe;
use super::tables::{Kind, META, TABLES};
use super::*;
use crate::store::{Store, database_file};
use crate::testing::open_store;

/// The tables that are not copied: derived data, and data of the running servers. SQLite has tables behind the search
/// index, and PostgreSQL has the head of the audit log.
const NOT_COPIED: [&str; 7] = [
    "_sqlx_migrations",
    "audit_head",
    "directory",
    "directory_changes",
    "directory_counts",
    "events",
    "rate_limits",
];
/// The columns that are not copied.
const NOT_COPIED_COLUMNS: [(&str, &str); 4] = [
    ("audit_exports", "lease_owner"),
    ("audit_exports", "lease_until"),
    ("jobs", "lease_owner"),
    ("jobs", "lease_until"),
];

/// Returns a description of the first row that differs, and the number of rows.
pub(crate) async fn compare(one: &mut Tx, other: &mut Tx) -> Result<i64, String> {
    let mut count = 0;
    for table in TABLES.into_iter().chain([&META]) {
        let (mut left, mut right) = (Rows::of(table), Rows::of(table));
        loop {
            let (left, right) = (left.next(one).await.unwrap(), right.next(other).await.unwrap());
            if let Some((row, other)) = left.iter().zip(&right).find(|(row, other)| row != other) {
                return Err(format!("{}: {row:?} is not {other:?}", describe(table, row)));
            }
            if left.len() != right.len() {
                return Err(format!("`{}` has another number of rows", table.name));
            }
            if left.is_empty() {
                break;
            }
            count += i64::try_from(left.len()).unwrap();
        }
    }
    Ok(count)
}

/// Returns each column of the schema: table, column and declared type. With the position in the primary key, from 1.
async fn schema(tx: &mut Tx) -> BTreeSet<(String, String, String, i64)> {
    let rows = sql::query(sql::either(
        "SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m, pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND m.name NOT LIKE 'search_trigrams%' AND m.name NOT LIKE 'sqlite_%'",
        "SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT), CAST(c.data_type AS TEXT), \
         coalesce((SELECT k.ordinal_position FROM information_schema.key_column_usage k \
           JOIN information_schema.table_constraints t USING (constraint_schema, constraint_name) \
           WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema \
             AND k.table_name = c.table_name AND k.column_name = c.column_name), 0) \
         FROM information_schema.columns c WHERE c.table_schema = current_schema()",
    ))
    .fetch_all(tx)
    .await
    .unwrap();
    rows.iter()
        .map(|row| {
            let text = |index: usize| row.try_get::<String, _>(index).unwrap();
            (text(0), text(1), text(2), row.try_get(3).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn the_list_has_all_tables_and_columns_of_both_schemas() {
    let folder = TempDir::new().unwrap();
    let sqlite = Store::open(&database_file(folder.path()), 1).await.unwrap();
    let other = TempDir::new().unwrap();
    // PostgreSQL, if the tests have a server.
    let store = open_store(other.path()).await;
    for store in [sqlite, store] {
        let mut tx = store.read().await.unwrap();
        let types = |kind: Kind| match (tx.dialect(), kind) {
            (Dialect::Sqlite, Kind::Integer | Kind::Flag) => &["INTEGER", "BIGINT"][..],
            (Dialect::Sqlite, Kind::Text) => &["TEXT"],
            (Dialect::Sqlite, Kind::Bytes) => &["BLOB"],
            (Dialect::Postgres, Kind::Integer) => &["bigint"],
            (Dialect::Postgres, Kind::Flag) => &["boolean"],
            (Dialect::Postgres, Kind::Text) => &["text"],
            (Dialect::Postgres, Kind::Bytes) => &["bytea"],
        };
        let types_of: Vec<_> = TABLES
            .into_iter()
            .chain([&META])
            .flat_map(|table| table.columns.iter().map(move |&(column, kind)| (table, column, kind)))
            .map(|(table, column, kind)| (table, column, types(kind)))
            .collect();
        let mut columns = schema(&mut tx).await;
        for (table, column, types) in types_of {
            let position = table.key_names().iter().position(|name| *name == column);
            let position = position.map_or(0, |position| i64::try_from(position).unwrap() + 1);
            let found = types
                .iter()
                .any(|name| columns.remove(&(table.name.into(), column.into(), (*name).into(), position)));
            assert!(found, "the list has {}.{column}, which the schema does not have so", table.name);
        }
        columns.retain(|(table, column, ..)| {
            !NOT_COPIED.contains(&&**table) && !NOT_COPIED_COLUMNS.contains(&(table, column))
        });
        assert!(columns.is_empty(), "the list does not have {columns:?}");
    }
}

#[tokio::test]
async fn a_table_comes_after_those_that_it_refers_to() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&database_file(folder.path()), 1).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let mut references = 0;
    for (position, table) in TABLES.into_iter().enumerate() {
        let sql = format!("SELECT \"table\" FROM pragma_foreign_key_list('{}')", table.name);
        for row in sql::query_built(sql).fetch_all(&mut tx).await.unwrap() {
            let name: &str = row.try_get(0).unwrap();
            let earlier = TABLES[..=position].iter().any(|table| table.name == name);
            assert!(earlier, "{} comes before {name}", table.name);
            references += 1;
        }
    }
    assert!(references > 20, "{references}");
}
