//! The buckets of rate limits in a database that several servers share.

use std::sync::Arc;
use std::time::Duration;

use super::{Store, millis};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::rate_limit::{Bucket, Buckets, MemoryBuckets, Taking};
use crate::sql::{Pool, SharedPool};

/// The time in which an empty bucket is full again, in milliseconds.
const FILL_MILLIS: i64 = 60_000;

/// Buckets in the table `rate_limits`.
///
/// Each call is one statement outside of the write lock, so that a limit costs no change its turn.
#[derive(Debug)]
struct PostgresBuckets {
    pool: SharedPool,
    /// Follows the clock of the database.
    clock: Clock,
}

impl Store {
    /// Returns the storage of rate limits: the database, if several servers share it, or else the memory of this one.
    pub(crate) fn rate_limit_buckets(&self) -> Arc<dyn Buckets> {
        match &self.read_pool {
            Pool::Postgres(pool) => {
                Arc::new(PostgresBuckets { pool: pool.clone(), clock: self.clock.clone() })
            }
            Pool::Sqlite(_) => Arc::new(MemoryBuckets::new(self.clock.clone())),
        }
    }

    /// Deletes the buckets that are full again, which count as if they were not stored.
    pub(super) async fn delete_full_buckets(&self) -> Result<(), sqlx::Error> {
        if let Pool::Postgres(pool) = &self.read_pool {
            let delete = sqlx::query("DELETE FROM rate_limits WHERE full_at <= $1");
            let delete = delete.bind(millis(self.clock.now()));
            pool.run(delete.execute(pool.connections())).await?;
        }
        Ok(())
    }
}

impl Buckets for PostgresBuckets {
    fn take(&self, bucket: Bucket) -> Taking<'_, Result<(), Duration>> {
        Box::pin(async move {
            let (now, refill) = (millis(self.clock.now()), refill_millis(bucket));
            // A time farther away than that of an empty bucket was stored before the clock was set back.
            let take = sqlx::query_scalar(
                "INSERT INTO rate_limits AS b (limiter, client, full_at) VALUES ($1, $2, $3 + $4) \
                 ON CONFLICT (limiter, client) DO UPDATE \
                 SET full_at = $4 + CASE WHEN b.full_at BETWEEN $3 AND $3 + $5 THEN b.full_at ELSE $3 END \
                 WHERE b.full_at NOT BETWEEN $3 + $5 - $4 + 1 AND $3 + $5 RETURNING full_at",
            )
            .bind(bucket.limiter)
            .bind(bucket.client.to_string())
            .bind(now)
            .bind(refill)
            .bind(FILL_MILLIS)
            .fetch_optional(self.pool.connections());
            let taken: Option<i64> = self.pool.run(take).await.map_err(Failure::from)?;
            if taken.is_some() {
                return Ok(Ok(()));
            }
            let read =
                sqlx::query_scalar("SELECT full_at FROM rate_limits WHERE limiter = $1 AND client = $2")
                    .bind(bucket.limiter)
                    .bind(bucket.client.to_string())
                    .fetch_optional(self.pool.connections());
            let full_at: Option<i64> = self.pool.run(read).await.map_err(Failure::from)?;
            let wait = full_at.map_or(refill, |full_at| full_at + refill - (now + FILL_MILLIS)).max(1);
            Ok(Err(Duration::from_millis(wait.unsigned_abs())))
        })
    }

    fn refund(&self, bucket: Bucket) -> Taking<'_, ()> {
        Box::pin(async move {
            let refund = sqlx::query(
                "UPDATE rate_limits SET full_at = full_at - $3 WHERE limiter = $1 AND client = $2",
            )
            .bind(bucket.limiter)
            .bind(bucket.client.to_string())
            .bind(refill_millis(bucket))
            .execute(self.pool.connections());
            self.pool.run(refund).await.map_err(Failure::from)?;
            Ok(())
        })
    }
}

fn refill_millis(bucket: Bucket) -> i64 {
    i64::try_from(bucket.refill.as_millis()).unwrap_or(FILL_MILLIS)
}
