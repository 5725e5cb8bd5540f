//! The head of the log in a database that several servers share.
//!
//! Each change writes it in its own transaction, so it is always that of the last entry. It is sealed with the key, so an
//! editor of the database cannot write another one. They can put an earlier one back, together with the end of the log;
//! each server notices that by the copy of the head in its folder. `docs/audit.md` lists what each of them detects.

use super::chain::{Appended, Head};
use super::files::StoredHead;
use super::hash::{Hash, Key};
use crate::sql::{self, Dialect, Tx};

/// Reads the head. It is missing in a database of one server.
pub(super) async fn read_shared_head(tx: &mut Tx, key: &Key) -> Result<StoredHead, sqlx::Error> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(StoredHead::Missing);
    }
    let stored =
        sql::query("SELECT entries, hash, seal FROM audit_head WHERE id = 1").fetch_optional(tx).await?;
    let Some(row) = stored else { return Ok(StoredHead::Missing) };
    let hash = |column| Ok::<_, sqlx::Error>(Hash::from_bytes(row.try_get(column)?));
    let (Some(hash), Some(seal)) = (hash("hash")?, hash("seal")?) else { return Ok(StoredHead::Invalid) };
    let head = Head { entries: row.try_get("entries")?, hash };
    Ok(if head.has_valid_seal(key, &seal) { StoredHead::Valid(head) } else { StoredHead::Invalid })
}

/// Whether another server has written a head, with any key.
pub(super) async fn has_shared_head(tx: &mut Tx) -> Result<bool, sqlx::Error> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(false);
    }
    sql::query_scalar("SELECT EXISTS (SELECT 1 FROM audit_head)").fetch_one(tx).await
}

/// Moves the head past entries, if several servers share the database. Call this in the transaction that appends them.
///
/// A head that is missing or does not match the log before the entries stays as it is: otherwise they would hide the
/// manipulation.
pub(crate) async fn advance_shared_head(
    tx: &mut Tx,
    key: &Key,
    appended: Appended,
) -> Result<(), sqlx::Error> {
    if tx.dialect() == Dialect::Postgres {
        let Appended { before, after } = appended;
        sql::query(
            "UPDATE audit_head SET entries = ?, hash = ?, seal = ? WHERE id = 1 AND entries = ? AND hash = ?",
        )
        .bind(after.entries)
        .bind(after.hash.as_bytes())
        .bind(after.seal(key).as_bytes())
        .bind(before.entries)
        .bind(before.hash.as_bytes())
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// Writes the head of a new or verified log, if several servers share the database.
pub(crate) async fn write_shared_head(tx: &mut Tx, key: &Key, head: Head) -> Result<(), sqlx::Error> {
    if tx.dialect() == Dialect::Postgres {
        sql::query(
            "INSERT INTO audit_head (id, entries, hash, seal) VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE \
             SET entries = excluded.entries, hash = excluded.hash, seal = excluded.seal",
        )
        .bind(head.entries)
        .bind(head.hash.as_bytes())
        .bind(head.seal(key).as_bytes())
        .execute(tx)
        .await?;
    }
    Ok(())
}
