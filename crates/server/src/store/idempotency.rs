//! Idempotency keys: a retried request gets the stored response of the first one
//! (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>).

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use super::{Error, Store, UserKey, Write, millis};
use crate::sql;

/// The time for which a response is stored.
const RETENTION: TimeDelta = TimeDelta::hours(24);

/// The maximum number of keys of a user. One more deletes the oldest.
const MAX_KEYS: i64 = 1_000;

/// The state of an idempotency key.
pub(crate) enum IdempotencyStatus {
    /// The key is new.
    New,
    /// The same request was processed, with this response.
    Completed(String),
    /// The key was used for a different request.
    Mismatch,
}

impl Store {
    /// Looks up the key of a user and compares the request with the stored one.
    pub(crate) async fn check_idempotency_key(
        &self,
        write: &mut Write,
        user: UserKey,
        key: &str,
        request: &[u8],
    ) -> Result<IdempotencyStatus, Error> {
        let now = write.now();
        let row = sql::query(
            "SELECT request_hash, answer FROM idempotency_keys WHERE user_pk = ? AND key = ? AND created_at > ?",
        )
        .bind(user.0)
        .bind(key)
        .bind(millis(now - RETENTION))
        .fetch_optional(write)
        .await?;
        let Some(row) = row else { return Ok(IdempotencyStatus::New) };
        let is_same = row.try_get::<&[u8], _>(0)? == Sha256::digest(request).as_slice();
        Ok(if is_same { IdempotencyStatus::Completed(row.try_get(1)?) } else { IdempotencyStatus::Mismatch })
    }

    /// Stores the response to a request, and deletes expired keys.
    pub(crate) async fn save_response(
        &self,
        write: &mut Write,
        user: UserKey,
        (key, request): (&str, &[u8]),
        response: &str,
    ) -> Result<(), Error> {
        let now = write.now();
        self.delete_old_responses(write).await?;
        sql::query(
            "DELETE FROM idempotency_keys WHERE user_pk = ?1 AND key IN \
             (SELECT key FROM idempotency_keys WHERE user_pk = ?1 ORDER BY created_at DESC, key LIMIT 9223372036854775807 OFFSET ?2)",
        )
        .bind(user.0)
        .bind(MAX_KEYS - 1)
        .execute(write)
        .await?;
        sql::query(
            "INSERT INTO idempotency_keys (user_pk, key, request_hash, answer, created_at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(user.0)
        .bind(key)
        .bind(Sha256::digest(request).to_vec())
        .bind(response)
        .bind(millis(now))
        .execute(write)
        .await?;
        Ok(())
    }

    /// Deletes responses that are no longer repeated.
    pub(super) async fn delete_old_responses(&self, write: &mut Write) -> Result<(), Error> {
        let now = write.now();
        sql::query("DELETE FROM idempotency_keys WHERE created_at <= ?")
            .bind(millis(now - RETENTION))
            .execute(write)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use studio_users_domain::Role;

    use super::*;
    use crate::testing::{PROVIDER, TestApp, key_of};

    #[tokio::test]
    async fn frees_a_key_after_24_hours() {
        let app = TestApp::new().await;
        let ada = app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
        let (user, one, other): (UserKey, &[u8], &[u8]) = (key_of(ada), b"one", b"other");
        let store = &app.state.store;
        let mut write = store.write().await.unwrap();
        store.save_response(&mut write, user, ("key", one), "done").await.unwrap();
        write.commit().await.unwrap();
        let moment = TimeDelta::milliseconds(1);
        for (passed, is_stored) in [(RETENTION - moment, true), (moment, false)] {
            app.advance_clock(passed);
            let mut write = store.write().await.unwrap();
            let status = store.check_idempotency_key(&mut write, user, "key", other).await.unwrap();
            assert_eq!(matches!(status, IdempotencyStatus::Mismatch), is_stored);
            assert_eq!(matches!(status, IdempotencyStatus::New), !is_stored);
        }
        let mut write = store.write().await.unwrap();
        store.save_response(&mut write, user, ("key", other), "done").await.unwrap();
    }

    #[tokio::test]
    async fn keeps_a_limited_number_of_keys_of_each_user() {
        let app = TestApp::new().await;
        let ada = app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
        let bob = app.person("bob", &[(PROVIDER, Role::Administrator)]).await;
        let store = &app.state.store;
        let mut write = store.write().await.unwrap();
        store.save_response(&mut write, key_of(bob), ("key", b"one"), "done").await.unwrap();
        for number in 0..MAX_KEYS + 5 {
            let key = format!("key{number}");
            store.save_response(&mut write, key_of(ada), (&key, b"one"), "done").await.unwrap();
        }
        let counts: Vec<i64> =
            sql::query_scalar("SELECT count(*) FROM idempotency_keys GROUP BY user_pk ORDER BY count(*)")
                .fetch_all(&mut write)
                .await
                .unwrap();
        assert_eq!(counts, [1, MAX_KEYS]);
    }
}
