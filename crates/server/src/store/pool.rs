//! The options that all connection pools share.

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnection, SqlitePoolOptions};

/// Returns the options of a pool that never reuses a connection with a broken transaction.
///
/// SQLite rolls a transaction back by itself after some errors, such as a full disk, an I/O error or missing memory
/// (<https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction>). The explicit `ROLLBACK`
/// then fails, and sqlx still counts the transaction as open. Each later transaction on that connection would fail.
pub(super) fn pool_options() -> SqlitePoolOptions {
    SqlitePoolOptions::new().after_release(|connection, _| Box::pin(is_reusable(connection)))
}

/// Whether no transaction is left open on a released connection. The pool closes the others and opens new ones.
async fn is_reusable(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // Waits for the running statement and for the rollback that a dropped transaction has queued.
    connection.ping().await?;
    if connection.is_in_transaction() {
        tracing::warn!("a transaction ended unexpectedly; its database connection is replaced");
        return Ok(false);
    }
    Ok(true)
}
