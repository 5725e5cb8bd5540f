//! Reads the rows of a table in pages, in the order of the primary key.

use std::fmt::Write;

use super::Error;
use super::tables::{Kind, OWN_META_KEYS, Table};
use crate::sql::{Cell, Dialect, QueryBuilder, Row, Tx};

/// The number of rows that are in memory at a time.
const PAGE_SIZE: i64 = 2_000;

/// A row: the value of each column of the table.
pub(super) type Cells = Vec<Cell>;

/// The rows of a table, from the first to the last.
pub(super) struct Rows<'a> {
    table: &'a Table,
    last: Option<Cells>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(table: &'a Table) -> Self {
        Self { table, last: None }
    }

    /// Returns the next page. It is empty at the end.
    pub(super) async fn next(&mut self, tx: &mut Tx) -> Result<Vec<Cells>, Error> {
        let key = self.table.key_names();
        let mut sql = QueryBuilder::new(tx.dialect(), "SELECT ");
        sql.push(self.table.names().join(", ")).push(" FROM ").push(self.table.name).push(" WHERE ");
        push_filter(&mut sql, self.table);
        if let Some(last) = &self.last {
            sql.push(" AND (").push(key.join(", ")).push(") > (");
            let mut values = sql.separated(", ");
            for cell in &last[..key.len()] {
                push_cell(&mut values, cell);
            }
            sql.push(")");
        }
        sql.push(" ORDER BY ").push(key.join(", ")).push(" LIMIT ").push_bind(PAGE_SIZE);
        let rows = sql.build().fetch_all(tx).await?;
        let rows: Vec<Cells> =
            rows.iter().map(|row| read(self.table, tx.dialect(), row)).collect::<Result<_, _>>()?;
        if let Some(last) = rows.last() {
            self.last = Some(last.clone());
        }
        Ok(rows)
    }
}

/// Returns the number of rows of a table that are copied.
pub(super) async fn count(tx: &mut Tx, table: &Table) -> Result<i64, Error> {
    let mut sql = QueryBuilder::new(tx.dialect(), "SELECT count(*) FROM ");
    sql.push(table.name).push(" WHERE ");
    push_filter(&mut sql, table);
    Ok(sql.build_query_scalar().fetch_one(tx).await?)
}

/// Pushes the condition for the rows that are copied.
fn push_filter(sql: &mut QueryBuilder, table: &Table) {
    if table.name == super::tables::META.name {
        sql.push("key NOT IN (").push(quoted(&OWN_META_KEYS)).push(")");
    } else {
        sql.push_either("1 = 1", "TRUE");
    }
}

fn quoted(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("'{text}'")).collect::<Vec<_>>().join(", ")
}

/// Binds a value.
pub(super) fn push_cell(row: &mut crate::sql::Separated<'_>, cell: &Cell) {
    match cell {
        Cell::Null => row.push("NULL"),
        Cell::Bool(value) => row.push_bind(*value),
        Cell::Integer(value) => row.push_bind(*value),
        Cell::Text(value) => row.push_bind(value),
        Cell::Bytes(value) => row.push_bind(value),
    };
}

/// Describes a row by its primary key.
pub(super) fn describe(table: &Table, cells: &Cells) -> String {
    let mut text = format!("the row of `{}` with ", table.name);
    for (position, (name, cell)) in table.key_names().into_iter().zip(cells).enumerate() {
        let separator = if position == 0 { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{separator}{name} = ");
        let _ = match cell {
            Cell::Null => write!(text, "NULL"),
            Cell::Bool(value) => write!(text, "{value}"),
            Cell::Integer(value) => write!(text, "{value}"),
            Cell::Text(value) => write!(text, "{value:?}"),
            Cell::Bytes(value) => value.iter().try_for_each(|byte| write!(text, "{byte:02x}")),
        };
    }
    text
}

/// Reads a row. SQLite accepts any value in any column, so the types are checked.
fn read(table: &Table, dialect: Dialect, row: &Row) -> Result<Cells, Error> {
    let mut cells = Vec::with_capacity(table.columns.len());
    for (index, &(name, kind)) in table.columns.iter().enumerate() {
        let invalid = |problem: &str, cells: &Cells| {
            Error::InvalidData(format!("{} has {problem} in the column `{name}`", describe(table, cells)))
        };
        let cell = row.cell(index).map_err(|_| invalid("an invalid text", &cells))?;
        let cell = match (kind, cell) {
            (Kind::Flag, Cell::Integer(number @ (0 | 1))) if dialect == Dialect::Sqlite => {
                Cell::Bool(number == 1)
            }
            (_, cell) => cell,
        };
        let is_valid = match kind {
            _ if cell == Cell::Null => true,
            Kind::Integer => matches!(cell, Cell::Integer(_)),
            Kind::Text => matches!(cell, Cell::Text(_)),
            Kind::Bytes => matches!(cell, Cell::Bytes(_)),
            Kind::Flag => matches!(cell, Cell::Bool(_)),
        };
        if !is_valid {
            return Err(invalid("a value of another type", &cells));
        }
        cells.push(cell);
    }
    Ok(cells)
}
