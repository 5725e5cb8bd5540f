//! Limits on what one client may do in a while.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::problem::Refusal;

/// How many clients are remembered.
const MOST_CLIENTS: usize = 10_000;

/// A bucket of so many tokens for each client, which fills again within a minute.
///
/// Of each bucket only the time is kept at which it is full again. Where there would be too many, all are
/// forgotten: who has that many addresses is not stopped by a limit for each, and nobody else is to suffer.
#[derive(Debug)]
pub(crate) struct Limit {
    refill: TimeDelta,
    full_at: Mutex<HashMap<IpAddr, DateTime<Utc>>>,
}

const MINUTE: TimeDelta = TimeDelta::minutes(1);

impl Limit {
    /// So many a minute.
    pub(crate) fn a_minute(most: i32) -> Self {
        Self { refill: MINUTE / most, full_at: Mutex::default() }
    }

    /// Takes a token, or refuses until there is one.
    pub(crate) fn take(&self, client: IpAddr, now: DateTime<Utc>) -> Result<(), Refusal> {
        let mut clients = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= MOST_CLIENTS {
            clients.retain(|_, full_at| *full_at > now);
            if clients.len() >= MOST_CLIENTS {
                clients.clear();
            }
        }
        let full_at = clients.entry(network(client)).or_insert(now);
        let next = (*full_at).max(now) + self.refill;
        let wait = next - now - MINUTE;
        if wait > TimeDelta::zero() {
            return Err(Refusal::RateLimited(wait));
        }
        *full_at = next;
        Ok(())
    }

    /// Gives a token back that was taken for something that is not counted.
    pub(crate) fn give_back(&self, client: IpAddr) {
        let mut clients = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(full_at) = clients.get_mut(&network(client)) {
            *full_at -= self.refill;
        }
    }
}

/// What one client has for itself: an address, or of IPv6 the network of one subscriber.
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

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

    fn client(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_bucket_empties_fills_again_and_is_each_clients_own() {
        let limit = Limit::a_minute(30);
        let one = client("192.0.2.1");
        for _ in 0..30 {
            limit.take(one, NOW).unwrap();
        }
        assert!(
            matches!(limit.take(one, NOW), Err(Refusal::RateLimited(wait)) if wait == TimeDelta::seconds(2))
        );
        limit.take(client("192.0.2.2"), NOW).unwrap();
        assert!(limit.take(client("::ffff:192.0.2.1"), NOW).is_err());
        limit.take(one, NOW + TimeDelta::seconds(2)).unwrap();
        assert!(limit.take(one, NOW + TimeDelta::seconds(3)).is_err());
        limit.give_back(one);
        limit.take(one, NOW + TimeDelta::seconds(3)).unwrap();
    }

    #[test]
    fn a_subscriber_has_one_bucket_however_many_addresses() {
        let limit = Limit::a_minute(1);
        limit.take(client("2001:db8::1"), NOW).unwrap();
        assert!(limit.take(client("2001:db8::2"), NOW).is_err());
        limit.take(client("2001:db8:0:1::1"), NOW).unwrap();
    }

    #[test]
    fn no_number_of_clients_takes_more_memory() {
        let limit = Limit::a_minute(1);
        for number in 0..25_000 {
            limit.take(IpAddr::V4(number.into()), NOW).unwrap();
        }
        assert!(limit.full_at.lock().unwrap().len() <= MOST_CLIENTS);
    }
}
