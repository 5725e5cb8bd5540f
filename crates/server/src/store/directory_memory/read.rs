//! Reads the users of the directory from the database.

use std::collections::BTreeMap;

use studio_users_domain::Status;

use crate::directory_index::{IndexRow, UserEntry};
use crate::sql::{QueryBuilder, Row};
use crate::store::value::{roles_from_bits, status_code};
use crate::store::{Error, Tx};

const USERS: &str = "SELECT u.pk, t.email, u.email_norm, t.name, u.name_key, u.last_active_at \
     FROM users u JOIN search_texts t ON t.user_pk = u.pk WHERE u.removed_at IS NULL AND u.pk";
const ROWS: &str = "SELECT d.user_pk, d.part, d.status, d.roles, d.is_assigned, d.is_undelivered, d.created_at \
     FROM directory d WHERE d.user_pk";
/// The number of changed users that are read at once.
const CHUNK: usize = if cfg!(test) { 3 } else { 500 };
/// The number of users that a load reads at once.
const PAGE: i64 = if cfg!(test) { 50 } else { 10_000 };

/// Reads these users. A user who is in no list has no entry.
pub(super) async fn read_users(
    tx: &mut Tx,
    users: impl IntoIterator<Item = i64>,
) -> Result<Vec<(i64, Option<UserEntry>)>, Error> {
    let users: Vec<i64> = users.into_iter().collect();
    let mut changes = Vec::with_capacity(users.len());
    for chunk in users.chunks(CHUNK) {
        let mut texts = QueryBuilder::new(tx.dialect(), USERS);
        texts.push_in_integers(chunk.iter().copied()).push(" ORDER BY u.pk");
        let texts = texts.build().fetch_all(tx).await?;
        let mut rows = QueryBuilder::new(tx.dialect(), ROWS);
        rows.push_in_integers(chunk.iter().copied()).push(" ORDER BY d.user_pk");
        let rows = rows.build().fetch_all(tx).await?;
        let mut entries: BTreeMap<i64, UserEntry> = entries(&texts, &rows)?.into_iter().collect();
        changes.extend(chunk.iter().map(|&user| (user, entries.remove(&user))));
    }
    Ok(changes)
}

/// Reads the next users after a row id, in the order of the row ids. Empty after the last user.
pub(super) async fn read_page(tx: &mut Tx, after: i64) -> Result<Vec<(i64, UserEntry)>, Error> {
    let mut texts = QueryBuilder::new(tx.dialect(), USERS);
    texts.push(" > ").push_bind(after).push(" ORDER BY u.pk LIMIT ").push_bind(PAGE);
    let texts = texts.build().fetch_all(tx).await?;
    let Some(last) = texts.last() else { return Ok(Vec::new()) };
    let mut rows = QueryBuilder::new(tx.dialect(), ROWS);
    rows.push(" > ").push_bind(after).push(" AND d.user_pk <= ").push_bind(last.try_get::<i64, _>(0)?);
    let rows = rows.push(" ORDER BY d.user_pk").build().fetch_all(tx).await?;
    entries(&texts, &rows)
}

/// Combines the texts of users with their rows. Both are in the order of the row ids of the users.
fn entries(texts: &[Row], rows: &[Row]) -> Result<Vec<(i64, UserEntry)>, Error> {
    let mut entries = Vec::with_capacity(texts.len());
    let mut rest = rows;
    for text in texts {
        let user: i64 = text.try_get(0)?;
        let (email, email_norm): (&str, &str) = (text.try_get(1)?, text.try_get(2)?);
        let (name, name_key): (&str, Option<&str>) = (text.try_get(3)?, text.try_get(4)?);
        // `text::email_sort_key`.
        let email_key =
            if email == email_norm { email.to_owned() } else { format!("{email}\u{1}{email_norm}") };
        let mut own = Vec::new();
        while let Some((row, others)) = rest.split_first() {
            let owner: i64 = row.try_get(0)?;
            if owner > user {
                break;
            }
            // A removed user has no texts, and no rows either.
            if owner == user {
                own.push(index_row(row)?);
            }
            rest = others;
        }
        let entry = UserEntry {
            email: (email.to_owned(), email_key),
            name: name_key.map(|key| (name.to_owned(), key.to_owned())),
            last_active_at: text.try_get(5)?,
            rows: own,
        };
        entries.push((user, entry));
    }
    Ok(entries)
}

fn index_row(row: &Row) -> Result<IndexRow, Error> {
    let status: i64 = row.try_get(2)?;
    let known = Status::ALL.into_iter().find(|&known| status_code(known) == status);
    Ok(IndexRow {
        part: row.try_get(1)?,
        status: known.ok_or_else(|| Error::InvalidData(format!("the status {status}")))?,
        roles: roles_from_bits(row.try_get(3)?)?,
        is_assigned: row.try_get(4)?,
        is_undelivered: row.try_get(5)?,
        created_at: row.try_get(6)?,
    })
}
