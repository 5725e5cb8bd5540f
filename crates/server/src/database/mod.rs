//! The `PostgreSQL` database of the configuration: its options, its URL, the first connection, and what the operator reads
//! if that fails.

mod connect;
mod copy;
mod failure;
mod open;
mod options;
mod place;
#[cfg(test)]
mod tests;
mod url;

pub(crate) use self::connect::connect;
pub(crate) use self::copy::{Copied, copy_to_postgres, read_file};
pub(crate) use self::failure::explain;
pub(crate) use self::open::{Database, existing, explain_store};
pub(crate) use self::options::{DatabaseOptions, DatabaseSettings};
pub(crate) use self::place::Place;
pub(crate) use self::url::PostgresUrl;
