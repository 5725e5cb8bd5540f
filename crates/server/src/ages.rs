//! Measures ages with the monotonic clock, so that setting the wall clock back extends nothing.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;

/// The maximum number of ages in memory.
const MAX_AGES: usize = 10_000;

/// The ages of things that this process has seen. Bounded: the oldest are forgotten first.
#[derive(Debug)]
pub(crate) struct Ages<K>(Mutex<HashMap<K, TimeDelta>>);

impl<K> Default for Ages<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Copy> Ages<K> {
    /// Returns the age of a thing.
    ///
    /// At first sight, it is `wall_age`, the age by the wall clock. A negative one counts as zero: the wall clock was set
    /// back. From then on `elapsed`, the monotonic time of [`Clock`](crate::clock::Clock), counts.
    pub(crate) fn of(&self, key: K, wall_age: TimeDelta, elapsed: Duration) -> TimeDelta {
        let elapsed = TimeDelta::from_std(elapsed).unwrap_or(TimeDelta::MAX);
        let mut births = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if births.len() >= MAX_AGES && !births.contains_key(&key) {
            let mut ordered: Vec<TimeDelta> = births.values().copied().collect();
            ordered.sort_unstable();
            let middle = ordered[ordered.len() / 2];
            births.retain(|_, birth| *birth > middle);
        }
        elapsed - *births.entry(key).or_insert(elapsed - wall_age.max(TimeDelta::zero()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_monotonic_time_since_the_first_sight() {
        let ages = Ages::default();
        let age = |key, wall: i64, elapsed| {
            ages.of(key, TimeDelta::minutes(wall), Duration::from_mins(elapsed)).num_minutes()
        };
        assert_eq!(age(1, 5, 100), 5);
        assert_eq!(age(1, -2_000, 110), 15);
        assert_eq!(age(2, -2_000, 110), 0);
        for key in 10..20_000 {
            age(key, 0, 111);
        }
        assert!(ages.0.lock().unwrap().len() <= MAX_AGES);
    }
}
