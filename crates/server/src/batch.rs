//! Splits statements that bind many values.
//!
//! SQLite binds at most 32,766 values in a statement (<https://www.sqlite.org/limits.html#max_variable_number>), and
//! PostgreSQL 65,535. Every statement with a variable number of bound values is built here.

use std::slice::Chunks;

use sqlx::query_builder::Separated;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

/// The maximum number of values that a list or the rows of a statement bind. The rest up to the limit of SQLite is left
/// for other values of the statement.
const MAX_VALUES: usize = 30_000;

/// Splits values into lists that fit in a statement.
pub(crate) fn lists<T>(values: &[T]) -> Chunks<'_, T> {
    values.chunks(MAX_VALUES)
}

/// Pushes a list in parentheses, for `IN`. The values must come from [`lists`].
pub(crate) fn push_list<T>(
    sql: &mut QueryBuilder<Sqlite>,
    values: &[T],
    bind: impl Fn(&mut Separated<'_, Sqlite, &'static str>, &T),
) {
    sql.push("(");
    let mut list = sql.separated(", ");
    for value in values {
        bind(&mut list, value);
    }
    list.push_unseparated(")");
}

/// Inserts rows into a table, in as few statements as possible. `bind` binds one value for each column.
pub(crate) async fn insert<T, const COLUMNS: usize>(
    connection: &mut SqliteConnection,
    table: &'static str,
    columns: [&'static str; COLUMNS],
    rows: &[T],
    bind: impl FnMut(&mut Separated<'_, Sqlite, &'static str>, &T),
) -> Result<(), sqlx::Error> {
    insert_or(connection, table, columns, "", rows, bind).await
}

/// Inserts rows like [`insert`], with a clause `ON CONFLICT …` at the end.
pub(crate) async fn insert_or<T, const COLUMNS: usize>(
    connection: &mut SqliteConnection,
    table: &'static str,
    columns: [&'static str; COLUMNS],
    on_conflict: &'static str,
    rows: &[T],
    mut bind: impl FnMut(&mut Separated<'_, Sqlite, &'static str>, &T),
) -> Result<(), sqlx::Error> {
    for chunk in rows.chunks((MAX_VALUES / COLUMNS.max(1)).max(1)) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO ");
        sql.push(table).push(" (").push(columns.join(", ")).push(") ");
        sql.push_values(chunk, |mut row, item| bind(&mut row, item));
        sql.push(" ").push(on_conflict);
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Connection;

    #[tokio::test]
    async fn splits_rows_by_their_number_of_columns() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        sqlx::raw_sql("CREATE TABLE pairs (a INTEGER PRIMARY KEY, b INTEGER)")
            .execute(&mut connection)
            .await
            .unwrap();
        let rows: Vec<i64> = (0..70_000).collect();
        for on_conflict in ["", "ON CONFLICT (a) DO UPDATE SET b = excluded.b + 1"] {
            insert_or(&mut connection, "pairs", ["a", "b"], on_conflict, &rows, |row, &number| {
                row.push_bind(number).push_bind(1);
            })
            .await
            .unwrap();
        }
        let (count, sum): (i64, i64) =
            sqlx::query_as("SELECT count(*), sum(b) FROM pairs").fetch_one(&mut connection).await.unwrap();
        assert_eq!((count, sum), (70_000, 2 * 70_000));
        assert!(lists(&rows).all(|list| list.len() <= MAX_VALUES));
    }
}
