use serde_json::json;
use sqlx::postgres::PgArguments;
use sqlx::query::Query as SqlxQuery;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, SqlStr, Sqlite};

use super::placeholders::numbered;
use super::{Column, Dialect, FromRow, Row, Text, ToValue, Tx, Value};

/// A statement with its values.
#[must_use]
pub(crate) struct Query {
    text: QueryText,
    values: Vec<Value>,
    is_cached: bool,
}

/// A statement whose rows are read as values of the type `T`.
#[must_use]
pub(crate) struct TypedQuery<T> {
    query: Query,
    read: fn(&Row) -> Result<T, sqlx::Error>,
}

/// Statements that bind no values.
#[must_use]
pub(crate) struct RawSql(Text);

enum QueryText {
    Static(Text),
    /// Built for one dialect.
    Built(String),
}

/// Returns a statement.
pub(crate) fn query(text: impl Into<Text>) -> Query {
    Query::new(QueryText::Static(text.into()), Vec::new())
}

/// Returns a statement whose rows are read as tuples.
pub(crate) fn query_as<T: FromRow>(text: impl Into<Text>) -> TypedQuery<T> {
    query(text).typed()
}

/// Returns a statement whose rows have one column.
pub(crate) fn query_scalar<T: for<'r> Column<'r>>(text: impl Into<Text>) -> TypedQuery<T> {
    query(text).scalar()
}

/// Returns a statement whose text the database itself returned.
pub(crate) fn query_built(text: String) -> Query {
    Query::built(text, Vec::new())
}

/// Returns one or more statements that bind no values.
pub(crate) fn raw_sql(text: impl Into<Text>) -> RawSql {
    RawSql(text.into())
}

impl Query {
    fn new(text: QueryText, values: Vec<Value>) -> Self {
        Self { text, values, is_cached: true }
    }

    /// Returns a statement that was built for one dialect.
    pub(super) fn built(text: String, values: Vec<Value>) -> Self {
        Self::new(QueryText::Built(text), values)
    }

    /// Reads the rows as tuples.
    pub(super) fn typed<T: FromRow>(self) -> TypedQuery<T> {
        TypedQuery { query: self, read: T::from_row }
    }

    /// Reads the only column of the rows.
    pub(super) fn scalar<T: for<'r> Column<'r>>(self) -> TypedQuery<T> {
        TypedQuery { query: self, read: |row| row.try_get(0) }
    }

    /// Binds the next value.
    pub(crate) fn bind(mut self, value: impl ToValue) -> Self {
        self.values.push(value.to_value());
        self
    }

    /// Sets whether the connection keeps the prepared statement, which it does otherwise.
    pub(crate) fn persistent(self, is_cached: bool) -> Self {
        Self { is_cached, ..self }
    }

    /// Executes the statement. Returns the number of rows that it changed.
    ///
    /// The futures of sqlx are on the heap, here and below: they are large, and each caller would contain one of each
    /// database.
    pub(crate) async fn execute(mut self, tx: &mut Tx) -> Result<u64, sqlx::Error> {
        let (text, values) = self.prepare(tx.dialect());
        match tx {
            Tx::Sqlite(tx) => {
                let done =
                    bind_sqlite(sqlx::query(text), values).persistent(self.is_cached).execute(&mut **tx);
                Ok(Box::pin(done).await?.rows_affected())
            }
            Tx::Postgres(tx) => {
                let done =
                    bind_postgres(sqlx::query(text), values).persistent(self.is_cached).execute(&mut **tx);
                let done = Box::pin(done).await;
                Ok(tx.observe(done)?.rows_affected())
            }
        }
    }

    /// Returns all rows.
    pub(crate) async fn fetch_all(mut self, tx: &mut Tx) -> Result<Vec<Row>, sqlx::Error> {
        let (text, values) = self.prepare(tx.dialect());
        match tx {
            Tx::Sqlite(tx) => {
                let rows =
                    bind_sqlite(sqlx::query(text), values).persistent(self.is_cached).fetch_all(&mut **tx);
                Ok(Box::pin(rows).await?.into_iter().map(Row::Sqlite).collect())
            }
            Tx::Postgres(tx) => {
                let rows =
                    bind_postgres(sqlx::query(text), values).persistent(self.is_cached).fetch_all(&mut **tx);
                let rows = Box::pin(rows).await;
                Ok(tx.observe(rows)?.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Returns the first row, if there is one.
    pub(crate) async fn fetch_optional(mut self, tx: &mut Tx) -> Result<Option<Row>, sqlx::Error> {
        let (text, values) = self.prepare(tx.dialect());
        match tx {
            Tx::Sqlite(tx) => {
                let row = bind_sqlite(sqlx::query(text), values)
                    .persistent(self.is_cached)
                    .fetch_optional(&mut **tx);
                Ok(Box::pin(row).await?.map(Row::Sqlite))
            }
            Tx::Postgres(tx) => {
                let row = bind_postgres(sqlx::query(text), values)
                    .persistent(self.is_cached)
                    .fetch_optional(&mut **tx);
                let row = Box::pin(row).await;
                Ok(tx.observe(row)?.map(Row::Postgres))
            }
        }
    }

    /// Returns the first row.
    ///
    /// # Errors
    /// [`sqlx::Error::RowNotFound`] if there is none.
    pub(crate) async fn fetch_one(self, tx: &mut Tx) -> Result<Row, sqlx::Error> {
        self.fetch_optional(tx).await?.ok_or(sqlx::Error::RowNotFound)
    }

    fn prepare(&mut self, dialect: Dialect) -> (SqlStr, Vec<Value>) {
        let text = match (&mut self.text, dialect) {
            (QueryText::Static(text), Dialect::Sqlite) => text.of(dialect).into_sql_str(),
            (QueryText::Static(text), Dialect::Postgres) => safe(numbered(text.of(dialect))),
            (QueryText::Built(text), Dialect::Sqlite) => safe(std::mem::take(text)),
            (QueryText::Built(text), Dialect::Postgres) => safe(numbered(text)),
        };
        (text, std::mem::take(&mut self.values))
    }
}

impl<T> TypedQuery<T> {
    /// Binds the next value.
    pub(crate) fn bind(self, value: impl ToValue) -> Self {
        Self { query: self.query.bind(value), ..self }
    }

    /// Sets whether the connection keeps the prepared statement, which it does otherwise.
    pub(crate) fn persistent(self, is_cached: bool) -> Self {
        Self { query: self.query.persistent(is_cached), ..self }
    }

    /// Returns the value of each row.
    pub(crate) async fn fetch_all(self, tx: &mut Tx) -> Result<Vec<T>, sqlx::Error> {
        self.query.fetch_all(tx).await?.iter().map(self.read).collect()
    }

    /// Returns the value of the first row, if there is one.
    pub(crate) async fn fetch_optional(self, tx: &mut Tx) -> Result<Option<T>, sqlx::Error> {
        self.query.fetch_optional(tx).await?.as_ref().map(self.read).transpose()
    }

    /// Returns the value of the first row.
    ///
    /// # Errors
    /// [`sqlx::Error::RowNotFound`] if there is none.
    pub(crate) async fn fetch_one(self, tx: &mut Tx) -> Result<T, sqlx::Error> {
        (self.read)(&self.query.fetch_one(tx).await?)
    }
}

impl RawSql {
    /// Executes the statements.
    pub(crate) async fn execute(self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let text = self.0.of(tx.dialect());
        match tx {
            Tx::Sqlite(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(drop),
            Tx::Postgres(tx) => {
                let done = sqlx::raw_sql(text).execute(&mut **tx).await;
                tx.observe(done.map(drop))
            }
        }
    }
}

/// The texts come from this program only. Values are always bound.
fn safe(text: String) -> SqlStr {
    AssertSqlSafe(text).into_sql_str()
}

fn bind_sqlite(
    query: SqlxQuery<'_, Sqlite, SqliteArguments>,
    values: Vec<Value>,
) -> SqlxQuery<'_, Sqlite, SqliteArguments> {
    values.into_iter().fold(query, |query, value| match value {
        Value::Bool(value) => query.bind(value),
        Value::Integer(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
        Value::Integers(values) => query.bind(json!(values).to_string()),
        Value::Texts(values) => query.bind(json!(values).to_string()),
        Value::Ids(ids) => {
            let hex: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
            query.bind(json!(hex).to_string())
        }
    })
}

fn bind_postgres(
    query: SqlxQuery<'_, Postgres, PgArguments>,
    values: Vec<Value>,
) -> SqlxQuery<'_, Postgres, PgArguments> {
    values.into_iter().fold(query, |query, value| match value {
        Value::Bool(value) => query.bind(value),
        Value::Integer(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
        Value::Integers(values) => query.bind(values),
        Value::Texts(values) => query.bind(values),
        Value::Ids(ids) => query.bind(ids.iter().map(|id| id.as_bytes().to_vec()).collect::<Vec<_>>()),
    })
}
