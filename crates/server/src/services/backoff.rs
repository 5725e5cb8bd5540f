//! The pauses of a worker after failures.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(15);

/// The pause after a failure. It doubles with each failure in a row, from a second to 15 seconds or another maximum.
#[derive(Debug)]
pub(crate) struct Backoff {
    failures: u32,
    longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::up_to(LONGEST)
    }
}

impl Backoff {
    /// Returns a backoff with another maximum.
    pub(crate) fn up_to(longest: Duration) -> Self {
        Self { failures: 0, longest }
    }

    /// Returns the pause after another failure.
    pub(crate) fn fail(&mut self) -> Duration {
        let pause = FIRST.saturating_mul(2_u32.saturating_pow(self.failures)).min(self.longest);
        self.failures = self.failures.saturating_add(1);
        pause
    }

    /// Starts again with the shortest pause.
    pub(crate) fn succeed(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_maximum_and_starts_again_after_a_success() {
        let mut backoff = Backoff::default();
        let seconds: Vec<_> = (0..6).map(|_| backoff.fail().as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 15, 15]);
        for _ in 0..100 {
            assert_eq!(backoff.fail(), LONGEST);
        }
        backoff.succeed();
        assert_eq!(backoff.fail(), FIRST);
        let mut longer = Backoff::up_to(Duration::from_mins(1));
        assert_eq!((0..10).map(|_| longer.fail()).max(), Some(Duration::from_mins(1)));
    }
}
