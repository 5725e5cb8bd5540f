//! A thin layer over [`sqlx`] for statements that run on SQLite and on PostgreSQL.
//!
//! The functions have the names of sqlx's functions. A statement has one text for both databases where their dialects
//! agree, and two texts side by side ([`either`]) where they do not. Placeholders are `?` and `?1`; those of PostgreSQL
//! are derived from them. `docs/decisions/0015-two-databases.md` compares this with other designs.

mod breaker;
mod builder;
mod catalog;
mod column;
mod failure;
mod placeholders;
mod pool;
mod query;
mod row;
mod shared_pool;
mod text;
mod tx;
mod value;

pub(crate) use builder::{QueryBuilder, Separated};
pub(crate) use catalog::{has_column, has_table};
pub(crate) use column::Column;
pub(crate) use failure::{is_busy, is_unreachable};
pub(crate) use pool::Pool;
pub(crate) use query::{query, query_as, query_built, query_scalar, raw_sql};
pub(crate) use row::{Cell, FromRow, Row};
pub(crate) use shared_pool::{SharedPool, SharedTx};
pub(crate) use text::{Dialect, Text, either};
pub(crate) use tx::Tx;
pub(crate) use value::{ToValue, Value};
