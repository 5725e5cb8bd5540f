//! The trigram index of names and email addresses in SQLite (<https://www.sqlite.org/fts5.html#the_trigram_tokenizer>).
//! PostgreSQL keeps its index up to date by itself.

use super::{Error, Tx, UserKey};
use crate::sql::{self, Dialect};

/// Drops the index of PostgreSQL before a bulk load, which would update it for each user. The directory creates it again.
pub(super) async fn drop_index(tx: &mut Tx) -> Result<(), Error> {
    if tx.dialect() == Dialect::Postgres {
        sql::query("DROP INDEX IF EXISTS search_texts_trigrams").execute(tx).await?;
    }
    Ok(())
}

/// Fills the empty index from the `search_texts` table.
pub(super) async fn index_all_texts(tx: &mut Tx) -> Result<(), Error> {
    if tx.dialect() == Dialect::Sqlite {
        sql::query(
            "INSERT INTO search_trigrams (rowid, text) SELECT user_pk, name || char(10) || email FROM search_texts",
        )
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// Deletes the index of all users and fills it again.
pub(super) async fn reindex_all_texts(tx: &mut Tx) -> Result<(), Error> {
    if tx.dialect() == Dialect::Sqlite {
        sql::query("INSERT INTO search_trigrams (search_trigrams) VALUES ('delete-all')").execute(tx).await?;
    }
    index_all_texts(tx).await
}

/// Updates the index of one user from the `search_texts` table, or deletes it if the user has no texts.
pub(super) async fn index_texts(tx: &mut Tx, user: UserKey) -> Result<(), Error> {
    if tx.dialect() == Dialect::Sqlite {
        sql::query("DELETE FROM search_trigrams WHERE rowid = ?").bind(user.0).execute(tx).await?;
        sql::query(
            "INSERT INTO search_trigrams (rowid, text) \
             SELECT user_pk, name || char(10) || email FROM search_texts WHERE user_pk = ?",
        )
        .bind(user.0)
        .execute(tx)
        .await?;
    }
    Ok(())
}
