//! Folds the names and addresses of all users again, after another version of the program has folded them differently.
//!
//! SQL cannot fold, so this is no migration of the schema. [`text::folding_version`] is stored in the database.

use super::search_index::reindex_all_texts;
use super::{Error, MetaKey, SchemaState, Store, Tx, derived_version, directory, meta, set_meta};
use crate::sql;
use crate::text;

/// The number of users that are read at once.
const CHUNK: i64 = if cfg!(test) { 2 } else { 10_000 };

/// The folded texts of a user. The search texts are missing if the account was erased.
#[derive(PartialEq, Eq)]
struct FoldedTexts {
    name_key: Option<String>,
    search: Option<(String, String)>,
}

impl Store {
    /// Updates the folded texts, unless they have the current version. The directory is then built again.
    pub(super) async fn ensure_folded_texts(&self) -> Result<(), Error> {
        if meta(&mut self.read_pool.begin_read().await?, MetaKey::Folding).await?
            == Some(text::folding_version())
        {
            return Ok(());
        }
        let mut tx = self.write().await?;
        // Another server may have done it meanwhile.
        if meta(&mut tx, MetaKey::Folding).await? == Some(text::folding_version()) {
            return Ok(());
        }
        if update_texts(&mut tx).await? {
            tracing::info!("the folding has changed: building the search index and the lists again");
            reindex_all_texts(&mut tx).await?;
            directory::discard(&mut tx).await?;
        }
        mark_current(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Compares the version of the texts with that of this program.
pub(super) async fn state(tx: &mut Tx) -> Result<SchemaState, Error> {
    Ok(SchemaState::of_derived(derived_version(tx, MetaKey::Folding).await?, text::folding_version()))
}

/// Stores that the texts have the version of this program.
pub(super) async fn mark_current(tx: &mut Tx) -> Result<(), Error> {
    set_meta(tx, MetaKey::Folding, Some(text::folding_version())).await
}

/// Returns whether a text has changed.
async fn update_texts(tx: &mut Tx) -> Result<bool, Error> {
    let mut is_changed = false;
    let mut last = i64::MIN;
    loop {
        let rows = sql::query(
            "SELECT u.pk, u.name, u.email, u.name_key, t.name, t.email FROM users u \
             LEFT JOIN search_texts t ON t.user_pk = u.pk WHERE u.pk > ? ORDER BY u.pk LIMIT ?",
        )
        .bind(last)
        .bind(CHUNK)
        .fetch_all(tx)
        .await?;
        for row in &rows {
            last = row.try_get(0)?;
            let (name, email): (Option<&str>, &str) = (row.try_get(1)?, row.try_get(2)?);
            let search: (Option<String>, Option<String>) = (row.try_get(4)?, row.try_get(5)?);
            let before = FoldedTexts { name_key: row.try_get(3)?, search: search.0.zip(search.1) };
            let folded = (name.map(text::fold).unwrap_or_default(), text::fold(email));
            let after = FoldedTexts {
                name_key: name.map(text::sort_key),
                search: before.search.is_some().then_some(folded),
            };
            if before != after {
                update(tx, last, &after).await?;
                is_changed = true;
            }
        }
        if rows.is_empty() {
            return Ok(is_changed);
        }
    }
}

async fn update(tx: &mut Tx, user: i64, texts: &FoldedTexts) -> Result<(), Error> {
    sql::query("UPDATE users SET name_key = ? WHERE pk = ?")
        .bind(texts.name_key.as_deref())
        .bind(user)
        .execute(tx)
        .await?;
    if let Some((name, email)) = &texts.search {
        sql::query("UPDATE search_texts SET name = ?, email = ? WHERE user_pk = ?")
            .bind(name)
            .bind(email)
            .bind(user)
            .execute(tx)
            .await?;
    }
    Ok(())
}
