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
    ) -> Result<Known, Error> {
        let row = sqlx::query("SELECT request_hash, answer FROM idempotency_keys WHERE user = ? AND key = ?")
            .bind(user.0)
            .bind(key)
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
