use std::fmt::{Display, Write};
use std::mem;

use uuid::Uuid;

use super::query::{Query, TypedQuery};
use super::{Column, Dialect, FromRow, ToValue, Value};

/// Builds a statement for one dialect, piece by piece.
#[derive(Debug)]
pub(crate) struct QueryBuilder {
    dialect: Dialect,
    text: String,
    values: Vec<Value>,
}

/// Pushes pieces with a separator between them.
pub(crate) struct Separated<'a> {
    builder: &'a mut QueryBuilder,
    separator: &'static str,
    is_first: bool,
}

impl QueryBuilder {
    /// Begins a statement with this text.
    pub(crate) fn new(dialect: Dialect, text: impl Into<String>) -> Self {
        Self { dialect, text: text.into(), values: Vec::new() }
    }

    /// Returns the dialect of the statement.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Pushes a piece of text.
    pub(crate) fn push(&mut self, text: impl Display) -> &mut Self {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{text}");
        self
    }

    /// Pushes the text for the dialect of the statement.
    pub(crate) fn push_either(&mut self, sqlite: &str, postgres: &str) -> &mut Self {
        self.push(self.dialect.select(sqlite, postgres))
    }

    /// Pushes ` INDEXED BY` and an index on SQLite, whose planner has no statistics
    /// (<https://www.sqlite.org/lang_indexedby.html>).
    pub(crate) fn push_indexed_by(&mut self, index: &str) -> &mut Self {
        if self.dialect == Dialect::Sqlite {
            self.push(" INDEXED BY ").push(index);
        }
        self
    }

    /// Pushes a join that `ON` follows. SQLite reads the tables in their order
    /// (<https://www.sqlite.org/optoverview.html#crossjoin>). PostgreSQL chooses the order.
    pub(crate) fn push_ordered_join(&mut self) -> &mut Self {
        self.push_either(" CROSS JOIN ", " JOIN ")
    }

    /// Pushes a placeholder, and binds a value to it.
    pub(crate) fn push_bind(&mut self, value: impl ToValue) -> &mut Self {
        self.values.push(value.to_value());
        self.push("?")
    }

    /// Pushes ` IN (…)` for a list. Any list has the same text.
    pub(crate) fn push_in_integers(&mut self, values: impl IntoIterator<Item = i64>) -> &mut Self {
        self.push_in("value", Value::Integers(values.into_iter().collect()))
    }

    /// Pushes ` IN (…)` for a list. Any list has the same text.
    pub(crate) fn push_in_texts(&mut self, values: &[String]) -> &mut Self {
        self.push_in("value", Value::Texts(values.to_vec()))
    }

    /// Pushes ` IN (…)` for a list of ids and a column of 16 bytes. Any list has the same text.
    pub(crate) fn push_in_ids(&mut self, values: impl IntoIterator<Item = Uuid>) -> &mut Self {
        self.push_in("unhex(value)", Value::Ids(values.into_iter().collect()))
    }

    /// Pushes a list as a table with this name. Its column `value` contains the texts.
    pub(crate) fn push_texts_as(&mut self, table: &str, values: &[String]) -> &mut Self {
        self.values.push(Value::Texts(values.to_vec()));
        self.push_either("json_each(?) ", "unnest(?) ").push(table).push_either("", " (value)")
    }

    /// SQLite reads a list with [`json_each`](https://www.sqlite.org/json1.html#jeach), and `column` is the value of an
    /// item. PostgreSQL has arrays.
    fn push_in(&mut self, column: &str, values: Value) -> &mut Self {
        self.values.push(values);
        match self.dialect {
            Dialect::Sqlite => self.push(" IN (SELECT ").push(column).push(" FROM json_each(?))"),
            Dialect::Postgres => self.push(" = ANY(?)"),
        }
    }

    /// Pushes pieces with a separator between them.
    pub(crate) fn separated(&mut self, separator: &'static str) -> Separated<'_> {
        Separated { builder: self, separator, is_first: true }
    }

    /// Pushes `VALUES` with a row for each item.
    pub(crate) fn push_values<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut push_row: impl FnMut(&mut Separated<'_>, T),
    ) -> &mut Self {
        self.push("VALUES ");
        for (position, item) in items.into_iter().enumerate() {
            self.push(if position == 0 { "(" } else { ", (" });
            push_row(&mut self.separated(", "), item);
            self.push(")");
        }
        self
    }

    /// Returns the statement. The builder is empty afterwards.
    pub(crate) fn build(&mut self) -> Query {
        Query::built(mem::take(&mut self.text), mem::take(&mut self.values))
    }

    /// Returns the statement, whose rows are read as tuples.
    pub(crate) fn build_query_as<T: FromRow>(&mut self) -> TypedQuery<T> {
        self.build().typed()
    }

    /// Returns the statement, whose rows have one column.
    pub(crate) fn build_query_scalar<T: for<'r> Column<'r>>(&mut self) -> TypedQuery<T> {
        self.build().scalar()
    }
}

impl Separated<'_> {
    /// Pushes a piece of text.
    pub(crate) fn push(&mut self, text: impl Display) -> &mut Self {
        self.separate();
        self.builder.push(text);
        self
    }

    /// Pushes a placeholder, and binds a value to it.
    pub(crate) fn push_bind(&mut self, value: impl ToValue) -> &mut Self {
        self.separate();
        self.builder.push_bind(value);
        self
    }

    /// Pushes a piece of text without a separator.
    pub(crate) fn push_unseparated(&mut self, text: impl Display) -> &mut Self {
        self.builder.push(text);
        self
    }

    fn separate(&mut self) {
        if !mem::replace(&mut self.is_first, false) {
            self.builder.push(self.separator);
        }
    }
}
