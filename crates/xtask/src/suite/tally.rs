use std::iter::Sum;
use std::ops::Add;

/// The number of passed and failed tests.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u32,
    pub(super) failed: u32,
}

impl Tally {
    /// Parses the summary lines of `cargo test`, nextest and Playwright.
    pub(super) fn read(output: &str) -> Self {
        output.lines().map(|line| Self::read_line(&strip_colours(line))).sum()
    }

    /// Returns the tally of a step. Counts a check without tests as one passed test, and a failed step
    /// without failed tests as one failed test.
    pub(super) fn of_step(self, succeeded: bool) -> Self {
        match (succeeded, self) {
            (true, Self { passed: 0, failed: 0 }) => Self { passed: 1, failed: 0 },
            (false, Self { passed, failed: 0 }) => Self { passed, failed: 1 },
            _ => self,
        }
    }

    fn read_line(line: &str) -> Self {
        // Nextest indents the output of failed tests, which can include a summary line of cargo.
        let is_cargo = line.starts_with("test result:");
        let line = line.trim();
        let words: Vec<_> = line.split([' ', ',', ';', '.', '(']).filter(|word| !word.is_empty()).collect();
        // Playwright prints one line per outcome, such as `1 failed`.
        let is_playwright = matches!(words.get(..2), Some([n, _]) if n.parse::<u32>().is_ok());
        if !(is_cargo || line.starts_with("Summary [") || is_playwright) {
            return Self::default();
        }
        let count = |labels: &[&str]| {
            let pairs = words.windows(2).filter(|pair| labels.contains(&pair[1]));
            pairs.filter_map(|pair| pair[0].parse::<u32>().ok()).sum()
        };
        Self { passed: count(&["passed"]), failed: count(&["failed", "flaky", "interrupted"]) }
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), Add::add)
    }
}

/// Removes the ANSI colour sequences from a line.
fn strip_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u32, failed: u32) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn parses_the_summary_of_each_test_runner() {
        let cargo = "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(Tally::read(cargo), tally(3, 2));
        let nextest = "     Summary [   0.005s] 12 tests run: 11 passed (1 slow), 1 failed, 0 skipped";
        assert_eq!(Tally::read(nextest), tally(11, 1));
        let quoted = "    test result: FAILED. 0 passed; 1 failed; 0 ignored\n     Summary [   0.2s] 1 test run: 0 passed, 1 failed";
        assert_eq!(Tally::read(quoted), tally(0, 1));
        let playwright = "  1 failed\n    sign-in.spec.ts:3:1 › signs in ────\n  12 passed (30.1s)";
        assert_eq!(Tally::read(playwright), tally(12, 1));
    }

    #[test]
    fn ignores_colours_and_other_lines() {
        let nextest = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.005s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m";
        assert_eq!(Tally::read(nextest), tally(2, 0));
        assert_eq!(Tally::read("says that 3 failed\nthe 4 passed"), tally(0, 0));
    }

    #[test]
    fn counts_a_check_without_tests_as_one() {
        assert_eq!(tally(0, 0).of_step(true), tally(1, 0));
        assert_eq!(tally(0, 0).of_step(false), tally(0, 1));
        assert_eq!(tally(5, 0).of_step(false), tally(5, 1));
        assert_eq!(tally(5, 2).of_step(false), tally(5, 2));
    }
}
