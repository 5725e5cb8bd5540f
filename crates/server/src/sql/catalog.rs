use super::{Tx, either, query_scalar};

/// Whether the database has a table.
pub(crate) async fn has_table(tx: &mut Tx, name: &str) -> Result<bool, sqlx::Error> {
    let exists = query_scalar(either(
        "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?)",
        "SELECT to_regclass(?) IS NOT NULL",
    ));
    exists.bind(name).fetch_one(tx).await
}

/// Whether the database has a table with a column.
pub(crate) async fn has_column(tx: &mut Tx, table: &str, column: &str) -> Result<bool, sqlx::Error> {
    let exists = query_scalar(either(
        "SELECT EXISTS (SELECT 1 FROM pragma_table_info(?) WHERE name = ?)",
        "SELECT EXISTS (SELECT 1 FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name = ? AND column_name = ?)",
    ));
    exists.bind(table).bind(column).fetch_one(tx).await
}
