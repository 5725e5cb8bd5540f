//! The trigram index of names and email addresses (<https://www.sqlite.org/fts5.html#the_trigram_tokenizer>).

use super::{Error, Tx, UserKey};

/// Updates the index of one user from the `search_texts` table.
pub(super) async fn index_texts(tx: &mut Tx, user: UserKey) -> Result<(), Error> {
    sqlx::query("DELETE FROM search_trigrams WHERE rowid = ?").bind(user.0).execute(&mut **tx).await?;
    sqlx::query(
        "INSERT INTO search_trigrams (rowid, text) SELECT user, name || char(10) || email FROM search_texts WHERE user = ?",
    )
    .bind(user.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
