//! Rate limits per client.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The maximum number of clients in memory.
const MAX_CLIENTS: usize = 10_000;

/// A [token bucket](https://en.wikipedia.org/wiki/Token_bucket) per client. An empty bucket is full again
/// after a minute.
///
/// Each bucket is stored as the monotonic time at which it is full again, so that setting the wall clock back blocks no
/// client. Above [`MAX_CLIENTS`], all buckets are dropped: a limit per address does not stop a client with that many
/// addresses, and other clients must not be blocked instead.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    refill: Duration,
    full_at: Mutex<HashMap<IpAddr, Duration>>,
}

const MINUTE: Duration = Duration::from_mins(1);

impl RateLimiter {
    /// Returns a limit of `limit` requests per minute and client.
    pub(crate) fn per_minute(limit: u32) -> Self {
        Self { refill: MINUTE / limit, full_at: Mutex::default() }
    }

    /// Takes a token from the client's bucket. `now` is [`Clock::elapsed`](crate::clock::Clock::elapsed).
    ///
    /// # Errors
    /// Returns the time until the next token if the bucket is empty.
    pub(crate) fn take(&self, client: IpAddr, now: Duration) -> Result<(), Duration> {
        let mut clients = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= MAX_CLIENTS {
            clients.retain(|_, full_at| *full_at > now);
            if clients.len() >= MAX_CLIENTS {
                clients.clear();
            }
        }
        let full_at = clients.entry(network(client)).or_insert(now);
        let next = (*full_at).max(now) + self.refill;
        let wait = next.saturating_sub(now + MINUTE);
        if !wait.is_zero() {
            return Err(wait);
        }
        *full_at = next;
        Ok(())
    }

    /// Returns a token that was taken for a request that does not count.
    pub(crate) fn refund(&self, client: IpAddr) {
        let mut clients = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(full_at) = clients.get_mut(&network(client)) {
            *full_at = full_at.saturating_sub(self.refill);
        }
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

    const NOW: Duration = Duration::from_hours(1);

    fn client(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn limits_each_client_and_refills() {
        let limit = RateLimiter::per_minute(30);
        let one = client("192.0.2.1");
        for _ in 0..30 {
            limit.take(one, NOW).unwrap();
        }
        assert!(matches!(limit.take(one, NOW), Err(wait) if wait == Duration::from_secs(2)));
        limit.take(client("192.0.2.2"), NOW).unwrap();
        assert!(limit.take(client("::ffff:192.0.2.1"), NOW).is_err());
        limit.take(one, NOW + Duration::from_secs(2)).unwrap();
        assert!(limit.take(one, NOW + Duration::from_secs(3)).is_err());
        limit.refund(one);
        limit.take(one, NOW + Duration::from_secs(3)).unwrap();
    }

    #[test]
    fn counts_the_addresses_of_an_ipv6_subscriber_together() {
        let limit = RateLimiter::per_minute(1);
        limit.take(client("2001:db8::1"), NOW).unwrap();
        assert!(limit.take(client("2001:db8::2"), NOW).is_err());
        limit.take(client("2001:db8:0:1::1"), NOW).unwrap();
    }

    #[test]
    fn bounds_the_number_of_clients_in_memory() {
        let limit = RateLimiter::per_minute(1);
        for number in 0..25_000 {
            limit.take(IpAddr::V4(number.into()), NOW).unwrap();
        }
        assert!(limit.full_at.lock().unwrap().len() <= MAX_CLIENTS);
    }
}
