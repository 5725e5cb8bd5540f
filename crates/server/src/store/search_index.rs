//! The trigram index of names and email addresses (<https://www.sqlite.org/fts5.html#the_trigram_tokenizer>).

use super::{Error, Tx, UserKey};
use crate::sql::{self, QueryBuilder};

const INSERT: &str =
    "INSERT INTO search_trigrams (rowid, text) SELECT user_pk, name || char(10) || email FROM search_texts";

/// Fills the empty index from the `search_texts` table.
pub(super) async fn index_all_texts(tx: &mut Tx) -> Result<(), Error> {
    sql::query(INSERT).execute(tx).await?;
    Ok(())
}

/// Deletes the index of all users and fills it again.
pub(super) async fn reindex_all_texts(tx: &mut Tx) -> Result<(), Error> {
    sql::query("INSERT INTO search_trigrams (search_trigrams) VALUES ('delete-all')").execute(tx).await?;
    index_all_texts(tx).await
}

/// Updates the index of one user from the `search_texts` table.
pub(super) async fn index_texts(tx: &mut Tx, user: UserKey) -> Result<(), Error> {
    sql::query("DELETE FROM search_trigrams WHERE rowid = ?").bind(user.0).execute(tx).await?;
    let mut insert = QueryBuilder::new(tx.dialect(), INSERT);
    insert.push(" WHERE user_pk = ").push_bind(user.0);
    insert.build().execute(tx).await?;
    Ok(())
}
