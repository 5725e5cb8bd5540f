//! The kinds of database errors that the store tells apart: an unreachable server, and a wait that was too long.

use std::io;

/// Whether an error concerns the connection to the server, not the statement. The statement may have been executed.
pub(crate) fn is_unreachable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) => true,
        // Connection exceptions, a server that starts, stops or has ended the connection, and connections that were idle
        // too long (https://www.postgresql.org/docs/15/errcodes-appendix.html).
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            code.starts_with("08") || ["57P01", "57P02", "57P03", "57P05", "25P03"].contains(&&*code)
        }),
        _ => false,
    }
}

/// Whether a request has waited too long: for a connection, for a lock or for its statement.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut => true,
        // `SQLITE_BUSY` (https://www.sqlite.org/rescode.html#busy), `lock_not_available` and `query_canceled`
        // (https://www.postgresql.org/docs/15/errcodes-appendix.html).
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| matches!(&*code, "5" | "55P03" | "57014"))
        }
        _ => false,
    }
}

/// Returns the error of a request that was not sent, because the server is known to be unreachable.
pub(super) fn unreachable_error() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::NotConnected, "the database is unreachable"))
}
