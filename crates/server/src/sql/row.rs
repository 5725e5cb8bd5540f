use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Row as _, TypeInfo, ValueRef};

use super::Column;

/// A row that a statement returned.
pub(crate) enum Row {
    /// A row of SQLite.
    Sqlite(SqliteRow),
    /// A row of PostgreSQL.
    Postgres(PgRow),
}

/// The value of a column of any type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// No value.
    Null,
    /// A boolean. SQLite returns it as an integer.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A type that can be read from a row.
pub(crate) trait FromRow: Sized {
    /// Reads the row.
    fn from_row(row: &Row) -> Result<Self, sqlx::Error>;
}

impl Row {
    /// Returns the value of a column, by its position or its name.
    ///
    /// # Errors
    /// Fails if there is no such column, or if its value has another type.
    pub(crate) fn try_get<'r, T, I>(&'r self, index: I) -> Result<T, sqlx::Error>
    where
        T: Column<'r>,
        I: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
    {
        match self {
            Self::Sqlite(row) => T::of_sqlite(row, index.index(row)?),
            Self::Postgres(row) => T::of_postgres(row, index.index(row)?),
        }
    }

    /// Returns the names of the columns, in order.
    pub(crate) fn column_names(&self) -> Vec<&str> {
        match self {
            Self::Sqlite(row) => row.columns().iter().map(sqlx::Column::name).collect(),
            Self::Postgres(row) => row.columns().iter().map(sqlx::Column::name).collect(),
        }
    }

    /// Returns the value of a column of any type.
    pub(crate) fn cell(&self, index: usize) -> Result<Cell, sqlx::Error> {
        let (is_null, kind) = match self {
            Self::Sqlite(row) => describe(&row.try_get_raw(index)?),
            Self::Postgres(row) => describe(&row.try_get_raw(index)?),
        };
        Ok(match kind.as_str() {
            _ if is_null => Cell::Null,
            "BLOB" | "BYTEA" => Cell::Bytes(self.try_get(index)?),
            "BOOL" | "BOOLEAN" => Cell::Bool(self.try_get(index)?),
            "INTEGER" | "INT8" | "INT4" | "INT2" => Cell::Integer(self.try_get(index)?),
            _ => Cell::Text(self.try_get(index)?),
        })
    }
}

/// Returns whether a value is absent, and the name of its type.
fn describe<'r>(value: &impl ValueRef<'r>) -> (bool, String) {
    (value.is_null(), value.type_info().name().to_owned())
}

macro_rules! from_row {
    ($($type:ident $index:tt),+) => {
        impl<$($type: for<'r> Column<'r>),+> FromRow for ($($type,)+) {
            fn from_row(row: &Row) -> Result<Self, sqlx::Error> {
                Ok(($(row.try_get::<$type, usize>($index)?,)+))
            }
        }
    };
}

from_row!(A 0);
from_row!(A 0, B 1);
from_row!(A 0, B 1, C 2);
from_row!(A 0, B 1, C 2, D 3);
from_row!(A 0, B 1, C 2, D 3, E 4);
from_row!(A 0, B 1, C 2, D 3, E 4, F 5);
