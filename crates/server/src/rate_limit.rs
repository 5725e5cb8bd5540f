//! Rate limits per client.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::failure::Failure;

/// The maximum number of clients in memory, for each limit.
const MAX_CLIENTS: usize = 10_000;
const MINUTE: Duration = Duration::from_mins(1);

/// A [token bucket](https://en.wikipedia.org/wiki/Token_bucket) per client. An empty bucket is full again
/// after a minute.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    /// Names the limit in the storage of the buckets. Other versions of the program know it by the same name.
    name: &'static str,
    refill: Duration,
    buckets: Arc<dyn Buckets>,
}

/// Why a client got no token.
#[derive(Debug)]
pub(crate) enum NoToken {
    /// The bucket is empty; with the time until the next token.
    Empty(Duration),
    /// The buckets cannot be read or written.
    Failed(Failure),
}

/// The storage of token buckets. Each bucket is named by its limit and its client, and is full if it is not stored.
///
/// A bucket is stored as the time at which it is full again. Each token that is taken from it moves that time by `refill`, and
/// the bucket is empty if the time would then be more than a minute ahead.
pub(crate) trait Buckets: fmt::Debug + Send + Sync {
    /// Takes a token. The inner error is the time until the next token of an empty bucket.
    fn take(&self, bucket: Bucket) -> Taking<'_, Result<(), Duration>>;

    /// Puts a token back.
    fn refund(&self, bucket: Bucket) -> Taking<'_, ()>;
}

/// The future of a storage.
pub(crate) type Taking<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// The bucket of a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    pub(crate) limiter: &'static str,
    /// The address for IPv4, and the /64 of one subscriber for IPv6.
    pub(crate) client: IpAddr,
    /// The time in which the bucket gets one token.
    pub(crate) refill: Duration,
}

/// Buckets in the memory of this process.
///
/// Their times are monotonic, so that setting the wall clock back blocks no client. Above [`MAX_CLIENTS`], all buckets of a
/// limit are dropped: a limit per address does not stop a client with that many addresses, and other clients must not be
/// blocked instead.
#[derive(Debug)]
pub(crate) struct MemoryBuckets {
    clock: Clock,
    full_at: Mutex<HashMap<&'static str, HashMap<IpAddr, Duration>>>,
}

impl RateLimiter {
    /// Returns a limit of `limit` requests per minute and client.
    pub(crate) fn per_minute(name: &'static str, limit: u32, buckets: Arc<dyn Buckets>) -> Self {
        Self { name, refill: MINUTE / limit, buckets }
    }

    /// Takes a token from the client's bucket.
    pub(crate) async fn take(&self, client: IpAddr) -> Result<(), NoToken> {
        self.buckets.take(self.bucket(client)).await.map_err(NoToken::Failed)?.map_err(NoToken::Empty)
    }

    /// Returns a token that was taken for a request that does not count.
    pub(crate) async fn refund(&self, client: IpAddr) {
        if let Err(error) = self.buckets.refund(self.bucket(client)).await {
            // The client has one token less for a moment, and the request was successful.
            tracing::warn!(%error, limiter = self.name, "a token could not be refunded");
        }
    }

    fn bucket(&self, client: IpAddr) -> Bucket {
        Bucket { limiter: self.name, client: network(client), refill: self.refill }
    }
}

impl MemoryBuckets {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, full_at: Mutex::default() }
    }

    fn take(&self, bucket: Bucket) -> Result<(), Duration> {
        let now = self.clock.elapsed();
        let mut limiters = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let clients = limiters.entry(bucket.limiter).or_default();
        if clients.len() >= MAX_CLIENTS {
            clients.retain(|_, full_at| *full_at > now);
            if clients.len() >= MAX_CLIENTS {
                clients.clear();
            }
        }
        let full_at = clients.entry(bucket.client).or_insert(now);
        let next = (*full_at).max(now) + bucket.refill;
        let wait = next.saturating_sub(now + MINUTE);
        if !wait.is_zero() {
            return Err(wait);
        }
        *full_at = next;
        Ok(())
    }

    fn refund(&self, bucket: Bucket) {
        let mut limiters = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let clients = limiters.get_mut(bucket.limiter);
        if let Some(full_at) = clients.and_then(|clients| clients.get_mut(&bucket.client)) {
            *full_at = full_at.saturating_sub(bucket.refill);
        }
    }
}

impl Buckets for MemoryBuckets {
    fn take(&self, bucket: Bucket) -> Taking<'_, Result<(), Duration>> {
        let taken = self.take(bucket);
        Box::pin(async move { Ok(taken) })
    }

    fn refund(&self, bucket: Bucket) -> Taking<'_, ()> {
        self.refund(bucket);
        Box::pin(async { Ok(()) })
    }
}

/// Returns the network of a client: the address for IPv4, and the /64 of one subscriber for IPv6.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::TestClock;
    use chrono::{TimeDelta, Utc};

    /// Returns limits on the same buckets.
    fn limits<const N: usize>(limits: [(&'static str, u32); N]) -> ([RateLimiter; N], TestClock) {
        let clock = TestClock::new(Utc::now());
        let buckets = Arc::new(MemoryBuckets::new(clock.clock()));
        (limits.map(|(name, limit)| RateLimiter::per_minute(name, limit, buckets.clone())), clock)
    }

    fn client(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn limits_each_client_and_refills() {
        let ([limit], clock) = limits([("test", 30)]);
        let one = client("192.0.2.1");
        for _ in 0..30 {
            limit.take(one).await.unwrap();
        }
        assert!(matches!(limit.take(one).await, Err(NoToken::Empty(wait)) if wait == Duration::from_secs(2)));
        limit.take(client("192.0.2.2")).await.unwrap();
        assert!(limit.take(client("::ffff:192.0.2.1")).await.is_err());
        clock.advance(TimeDelta::seconds(2));
        limit.take(one).await.unwrap();
        clock.advance(TimeDelta::seconds(1));
        assert!(limit.take(one).await.is_err());
        limit.refund(one).await;
        limit.take(one).await.unwrap();
    }

    #[tokio::test]
    async fn counts_each_limit_by_itself() {
        let ([one, other], _) = limits([("one", 1), ("other", 1)]);
        let client = client("192.0.2.1");
        one.take(client).await.unwrap();
        other.take(client).await.unwrap();
        other.refund(client).await;
        assert!(one.take(client).await.is_err());
        other.take(client).await.unwrap();
    }

    #[tokio::test]
    async fn counts_the_addresses_of_an_ipv6_subscriber_together() {
        let ([limit], _) = limits([("test", 1)]);
        limit.take(client("2001:db8::1")).await.unwrap();
        assert!(limit.take(client("2001:db8::2")).await.is_err());
        limit.take(client("2001:db8:0:1::1")).await.unwrap();
    }

    #[tokio::test]
    async fn bounds_the_number_of_clients_in_memory() {
        let buckets = MemoryBuckets::new(TestClock::new(Utc::now()).clock());
        for number in 0..25_000 {
            let client = IpAddr::V4(number.into());
            buckets.take(Bucket { limiter: "test", client, refill: MINUTE }).unwrap();
        }
        assert!(buckets.full_at.lock().unwrap()["test"].len() <= MAX_CLIENTS);
    }
}
