//! Computes the keys of e-mail addresses again, after another version of the program has defined them differently.
//!
//! SQL cannot compute a key, so this is no migration of the schema. [`VERSION`] is stored in the database.

use std::collections::HashMap;

use super::organisation::load;
use super::value::parse_uuid;
use super::{Error, MetaKey, SchemaState, Store, Tx, derived_version, directory, meta, set_meta};
use crate::sql::{self, either};
use crate::text;

/// The version of [`text::email_norm`]. Increment it with each change of that function.
///
/// 1: the domain is in ASCII, so that `zoe@bücher.example` and `zoe@xn--bcher-kva.example` are one account.
const VERSION: i64 = 1;

/// An account whose address may have another key now.
struct Candidate {
    pk: i64,
    id: uuid::Uuid,
    before: String,
    key: String,
    is_live: bool,
}

impl Store {
    /// Updates the keys of addresses, unless they have the current version.
    pub(super) async fn ensure_email_keys(&self) -> Result<(), Error> {
        if meta(&mut self.read_pool.begin_read().await?, MetaKey::EmailKeys).await? == Some(VERSION) {
            return Ok(());
        }
        let mut tx = self.write().await?;
        // Another server may have done it meanwhile.
        if meta(&mut tx, MetaKey::EmailKeys).await? == Some(VERSION) {
            return Ok(());
        }
        let now = tx.now();
        if update_keys(&mut tx).await?
            && let Some(organisation) = load(&mut tx, 0).await?
        {
            directory::rebuild(&mut tx, &organisation, now).await?;
        }
        mark_current(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Compares the version of the keys with that of this program.
pub(super) async fn state(tx: &mut Tx) -> Result<SchemaState, Error> {
    Ok(SchemaState::of_derived(derived_version(tx, MetaKey::EmailKeys).await?, VERSION))
}

/// Stores that the keys have the version of this program.
pub(super) async fn mark_current(tx: &mut Tx) -> Result<(), Error> {
    set_meta(tx, MetaKey::EmailKeys, Some(VERSION)).await
}

/// Returns whether a key has changed.
///
/// If two live accounts have the same new key, the older one gets it: signing in leads to it. The other one keeps a key
/// that no address has, and a warning names both.
async fn update_keys(tx: &mut Tx) -> Result<bool, Error> {
    // The keys of other addresses are the same in all versions.
    let rows = sql::query(either(
        "SELECT pk, id, email, email_norm, removed_at IS NULL FROM users \
         WHERE email GLOB '*[^ -~]*' OR email LIKE '%xn--%' ORDER BY created_at, pk",
        "SELECT pk, id, email, email_norm, removed_at IS NULL FROM users \
         WHERE email ~ '[^ -~]' OR email ILIKE '%xn--%' ORDER BY created_at, pk",
    ))
    .fetch_all(tx)
    .await?;
    let mut candidates = Vec::with_capacity(rows.len());
    for row in rows {
        candidates.push(Candidate {
            pk: row.try_get(0)?,
            id: parse_uuid(row.try_get(1)?)?,
            key: text::email_norm(row.try_get(2)?),
            before: row.try_get(3)?,
            is_live: row.try_get(4)?,
        });
    }
    let mut owners: HashMap<&str, &Candidate> = HashMap::new();
    let mut changed: Vec<(&Candidate, &str)> = Vec::new();
    for candidate in candidates.iter().filter(|candidate| candidate.is_live) {
        match owners.get(candidate.key.as_str()) {
            None => {
                owners.insert(&candidate.key, candidate);
                changed.push((candidate, &candidate.key));
            }
            Some(older) => {
                tracing::warn!(
                    kept = %older.id, other = %candidate.id,
                    "two accounts have the same e-mail address; signing in with it leads to the older account. \
                     Remove one of them"
                );
                // The old key of the newer account may be the new key of the older one.
                if candidate.before == candidate.key {
                    changed.push((candidate, &older.before));
                }
            }
        }
    }
    let removed = candidates.iter().filter(|candidate| !candidate.is_live);
    changed.extend(removed.map(|candidate| (candidate, candidate.key.as_str())));
    changed.retain(|(candidate, key)| candidate.before != *key);
    // The index of live keys is unique, and accounts may exchange their keys. So all of them give up their keys first.
    for (candidate, _) in &changed {
        set_key(tx, candidate.pk, &format!("\u{1}{}", candidate.pk)).await?;
    }
    for (candidate, key) in &changed {
        set_key(tx, candidate.pk, key).await?;
    }
    Ok(!changed.is_empty())
}

async fn set_key(tx: &mut Tx, user: i64, key: &str) -> Result<(), Error> {
    sql::query("UPDATE users SET email_norm = ? WHERE pk = ?").bind(key).bind(user).execute(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::testing::{connect, open_store};

    /// Opens a database of an earlier version with these accounts: address, old key, time, whether it was removed.
    async fn keys(accounts: &[(&str, &str, i64, bool)]) -> Vec<String> {
        let folder = TempDir::new().unwrap();
        let store = open_store(folder.path()).await;
        let mut tx = store.write().await.unwrap();
        for (number, (email, key, at, is_removed)) in accounts.iter().enumerate() {
            let number = i64::try_from(number).unwrap() + 1;
            sql::query(
                "INSERT INTO users (pk, id, email, email_norm, created_at, removed_at) VALUES (?, ?, ?, ?, ?, ?)",
            )
            .bind(number)
            .bind(uuid::Uuid::from_u128(u128::try_from(number).unwrap()).as_bytes().to_vec())
            .bind(*email)
            .bind(*key)
            .bind(*at)
            .bind(is_removed.then_some(9))
            .execute(&mut tx)
            .await
            .unwrap();
        }
        set_meta(&mut tx, MetaKey::EmailKeys, None).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        let pool = connect(folder.path()).await;
        assert_eq!(SchemaState::of(&mut pool.begin_read().await.unwrap()).await.unwrap(), SchemaState::Older);
        let store = open_store(folder.path()).await;
        assert_eq!(
            SchemaState::of(&mut pool.begin_read().await.unwrap()).await.unwrap(),
            SchemaState::Current
        );
        let mut tx = store.read().await.unwrap();
        sql::query_scalar("SELECT email_norm FROM users ORDER BY pk").fetch_all(&mut tx).await.unwrap()
    }

    #[tokio::test]
    async fn international_domains_get_their_ascii_form() {
        let found = keys(&[
            ("Zoe@BÜCHER.example", "zoe@bÜcher.example", 1, false),
            ("müller@x.example", "müller@x.example", 1, false),
            ("Olga@Studio", "olga@studio", 1, false),
            ("ada@bücher.example", "ada@bücher.example", 1, true),
        ])
        .await;
        assert_eq!(
            found,
            ["zoe@xn--bcher-kva.example", "müller@x.example", "olga@studio", "ada@xn--bcher-kva.example"]
        );
    }

    #[tokio::test]
    async fn the_older_of_two_accounts_with_one_address_gets_the_key() {
        let [unicode, ascii] = ["zoe@bücher.example", "zoe@xn--bcher-kva.example"];
        let upper = ("zoe@BÜCHER.example", "zoe@bÜcher.example", 3, false);
        // The older account has the Unicode form, so both exchange their keys.
        let first = keys(&[(ascii, ascii, 2, false), (unicode, unicode, 1, false), upper]).await;
        assert_eq!(first, [unicode, ascii, "zoe@bÜcher.example"]);
        let second = keys(&[(ascii, ascii, 1, false), (unicode, unicode, 2, false), upper]).await;
        assert_eq!(second, [ascii, unicode, "zoe@bÜcher.example"]);
        // A removed account is no conflict.
        let third = keys(&[(ascii, ascii, 1, true), (unicode, unicode, 2, false)]).await;
        assert_eq!(third, [ascii, ascii]);
    }
}
