//! Requests that may come again: the answer is kept with what it did, and answered again.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use sqlx::Row;

use super::{Error, Store, UserKey, Write, millis};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// What is known of a request.
pub(crate) enum Known {
    /// It is new.
    New,
    /// It came before, and was answered so.
    Answered(String),
    /// Its key came before, with another request.
    Differs,
}

impl Store {
    /// What is known of a request of this user with this key.
    pub(crate) async fn known_request(
        &self,
        write: &mut Write,
        user: UserKey,
        key: &str,
        request: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Known, Error> {
        let row = sqlx::query(
            "SELECT request_hash, answer FROM idempotency_keys WHERE user = ? AND key = ? AND created_at > ?",
        )
        .bind(user.0)
        .bind(key)
        .bind(millis(now - KEPT))
        .fetch_optional(&mut ***write)
        .await?;
        let Some(row) = row else { return Ok(Known::New) };
        let is_same = row.try_get::<&[u8], _>(0)? == Sha256::digest(request).as_slice();
        Ok(if is_same { Known::Answered(row.try_get(1)?) } else { Known::Differs })
    }

    /// Keeps the answer to a request.
    pub(crate) async fn keep_answer(
        &self,
        write: &mut Write,
        user: UserKey,
        (key, request): (&str, &[u8]),
        answer: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        sqlx::query("DELETE FROM idempotency_keys WHERE created_at <= ?")
            .bind(millis(now - KEPT))
            .execute(&mut ***write)
            .await?;
        sqlx::query(
            "INSERT INTO idempotency_keys (user, key, request_hash, answer, created_at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(user.0)
        .bind(key)
        .bind(Sha256::digest(request).to_vec())
        .bind(answer)
        .bind(millis(now))
        .execute(&mut ***write)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use studio_users_domain::Role;

    use super::*;
    use crate::testing::{PROVIDER, World};

    #[tokio::test]
    async fn a_key_is_free_again_after_a_day() {
        let world = World::new().await;
        let ada = world.person("ada", &[(PROVIDER, Role::Administrator)]).await;
        let mut write = world.app.store.write().await.unwrap();
        let now = world.app.clock.now();
        let (user, one, other): (UserKey, &[u8], &[u8]) = (ada.into(), b"one", b"other");
        world.app.store.keep_answer(&mut write, user, ("key", one), "done", now).await.unwrap();
        for (passed, is_kept) in [(KEPT - TimeDelta::milliseconds(1), true), (KEPT, false)] {
            let then = now + passed;
            let known = world.app.store.known_request(&mut write, user, "key", other, then).await.unwrap();
            assert_eq!(matches!(known, Known::Differs), is_kept);
            assert_eq!(matches!(known, Known::New), !is_kept);
        }
        let later = now + KEPT;
        world.app.store.keep_answer(&mut write, user, ("key", other), "done", later).await.unwrap();
    }
}
