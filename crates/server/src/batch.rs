//! Builds statements over many values, with a bounded number of texts.
//!
//! The connections cache prepared statements by their text. So the text of a statement depends neither on the values
//! that callers send nor on their number. A list is one bound value. An insert of several rows is not cached.

use crate::sql::Tx;
use crate::sql::{QueryBuilder, Separated};

/// The maximum number of values that an insert binds. SQLite binds at most 32,766 values in a statement
/// (<https://www.sqlite.org/limits.html#max_variable_number>).
const MAX_VALUES: usize = 30_000;

/// Inserts rows into a table, in as few statements as possible. `bind` binds one value for each column.
pub(crate) async fn insert<T, const COLUMNS: usize>(
    tx: &mut Tx,
    table: &'static str,
    columns: [&'static str; COLUMNS],
    rows: &[T],
    bind: impl FnMut(&mut Separated<'_>, &T),
) -> Result<(), sqlx::Error> {
    insert_or(tx, table, columns, "", rows, bind).await
}

/// Inserts rows like [`insert`], with a clause `ON CONFLICT …` at the end.
pub(crate) async fn insert_or<T, const COLUMNS: usize>(
    tx: &mut Tx,
    table: &'static str,
    columns: [&'static str; COLUMNS],
    on_conflict: &'static str,
    rows: &[T],
    bind: impl FnMut(&mut Separated<'_>, &T),
) -> Result<(), sqlx::Error> {
    insert_columns(tx, table, &columns, on_conflict, rows, bind).await
}

/// Inserts rows like [`insert_or`], for columns that are known only when the program runs.
pub(crate) async fn insert_columns<T>(
    tx: &mut Tx,
    table: &'static str,
    columns: &[&'static str],
    on_conflict: &'static str,
    rows: &[T],
    mut bind: impl FnMut(&mut Separated<'_>, &T),
) -> Result<(), sqlx::Error> {
    for chunk in rows.chunks((MAX_VALUES / columns.len().max(1)).max(1)) {
        let mut sql = QueryBuilder::new(tx.dialect(), "INSERT INTO ");
        sql.push(table).push(" (").push(columns.join(", ")).push(") ");
        sql.push_values(chunk, |row, item| bind(row, item));
        sql.push(" ").push(on_conflict);
        // Each number of rows is another text. Only the most frequent one is cached.
        sql.build().persistent(chunk.len() == 1).execute(tx).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::SqliteConnectOptions;
    use uuid::Uuid;

    use crate::sql::{self, Pool};

    async fn memory() -> Tx {
        let options = SqliteConnectOptions::new().in_memory(true);
        Pool::single(options).await.unwrap().begin_write().await.unwrap()
    }

    #[tokio::test]
    async fn splits_rows_by_their_number_of_columns() {
        let mut tx = memory().await;
        sql::raw_sql("CREATE TABLE pairs (a INTEGER PRIMARY KEY, b INTEGER)").execute(&mut tx).await.unwrap();
        let rows: Vec<i64> = (0..70_000).collect();
        for on_conflict in ["", "ON CONFLICT (a) DO UPDATE SET b = excluded.b + 1"] {
            insert_or(&mut tx, "pairs", ["a", "b"], on_conflict, &rows, |row, &number| {
                row.push_bind(number).push_bind(1);
            })
            .await
            .unwrap();
        }
        let (count, sum): (i64, i64) =
            sql::query_as("SELECT count(*), sum(b) FROM pairs").fetch_one(&mut tx).await.unwrap();
        assert_eq!((count, sum), (70_000, 2 * 70_000));
        let mut sql = QueryBuilder::new(tx.dialect(), "SELECT count(*) FROM pairs WHERE a");
        sql.push_in_integers(rows.iter().copied());
        let found: i64 = sql.build_query_scalar().fetch_one(&mut tx).await.unwrap();
        assert_eq!(found, 70_000);
    }

    #[tokio::test]
    async fn finds_texts_and_ids_of_a_list() {
        let mut tx = memory().await;
        let (text, id) = ("a\"'\u{1f600}\\ü".to_owned(), Uuid::from_u128(7));
        let mut sql = QueryBuilder::new(tx.dialect(), "SELECT ");
        sql.push_bind(text.clone()).push_in_texts(&["other".into(), text]);
        sql.push(", ").push_bind(id.as_bytes().to_vec()).push_in_ids([Uuid::nil(), id]);
        sql.push(", 1").push_in_integers([]);
        let found: (bool, bool, bool) = sql.build_query_as().fetch_one(&mut tx).await.unwrap();
        assert_eq!(found, (true, true, false));
    }
}
