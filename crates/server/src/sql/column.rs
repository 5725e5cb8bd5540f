use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, TypeInfo, ValueRef};

/// A type of the values that a column can have.
pub(crate) trait Column<'r>: Sized {
    /// Reads a column of a row of SQLite.
    fn of_sqlite(row: &'r SqliteRow, index: usize) -> Result<Self, sqlx::Error>;

    /// Reads a column of a row of PostgreSQL.
    fn of_postgres(row: &'r PgRow, index: usize) -> Result<Self, sqlx::Error>;
}

macro_rules! column {
    ($($type:ty),+) => {$(
        impl<'r> Column<'r> for $type {
            fn of_sqlite(row: &'r SqliteRow, index: usize) -> Result<Self, sqlx::Error> {
                row.try_get(index)
            }

            fn of_postgres(row: &'r PgRow, index: usize) -> Result<Self, sqlx::Error> {
                row.try_get(index)
            }
        }
    )+};
}

column!(bool, String, &'r str, Vec<u8>, &'r [u8]);

impl<'r> Column<'r> for i64 {
    fn of_sqlite(row: &'r SqliteRow, index: usize) -> Result<Self, sqlx::Error> {
        row.try_get(index)
    }

    /// Accepts smaller integers, which are the type of literals.
    fn of_postgres(row: &'r PgRow, index: usize) -> Result<Self, sqlx::Error> {
        match row.try_get_raw(index)?.type_info().name() {
            "INT4" => row.try_get::<i32, _>(index).map(Into::into),
            "INT2" => row.try_get::<i16, _>(index).map(Into::into),
            _ => row.try_get(index),
        }
    }
}

impl<'r> Column<'r> for u32 {
    fn of_sqlite(row: &'r SqliteRow, index: usize) -> Result<Self, sqlx::Error> {
        unsigned(i64::of_sqlite(row, index)?, index)
    }

    fn of_postgres(row: &'r PgRow, index: usize) -> Result<Self, sqlx::Error> {
        unsigned(i64::of_postgres(row, index)?, index)
    }
}

impl<'r, T: Column<'r>> Column<'r> for Option<T> {
    fn of_sqlite(row: &'r SqliteRow, index: usize) -> Result<Self, sqlx::Error> {
        if row.try_get_raw(index)?.is_null() { Ok(None) } else { T::of_sqlite(row, index).map(Some) }
    }

    fn of_postgres(row: &'r PgRow, index: usize) -> Result<Self, sqlx::Error> {
        if row.try_get_raw(index)?.is_null() { Ok(None) } else { T::of_postgres(row, index).map(Some) }
    }
}

fn unsigned(value: i64, index: usize) -> Result<u32, sqlx::Error> {
    u32::try_from(value)
        .map_err(|source| sqlx::Error::ColumnDecode { index: index.to_string(), source: source.into() })
}
