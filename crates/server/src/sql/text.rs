/// The SQL dialect of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// Returns the value for this dialect.
    pub(crate) fn select<T>(self, sqlite: T, postgres: T) -> T {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        }
    }
}

/// The text of a statement, in both dialects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    sqlite: &'static str,
    postgres: &'static str,
}

/// Returns a statement whose text differs between the databases.
pub(crate) const fn either(sqlite: &'static str, postgres: &'static str) -> Text {
    Text { sqlite, postgres }
}

impl Text {
    /// Returns the text in a dialect.
    pub(crate) fn of(self, dialect: Dialect) -> &'static str {
        dialect.select(self.sqlite, self.postgres)
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }
}
