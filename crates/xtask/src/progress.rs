use std::io::{self, Write};
use std::time::{Duration, Instant};

use anyhow::Result;

/// Announces steps, and tells how long each took.
pub(crate) struct Progress {
    total: usize,
    started: Instant,
    done: Vec<(String, Duration)>,
}

impl Progress {
    /// Of so many steps.
    pub(crate) fn new(total: usize) -> Self {
        Self { total, started: Instant::now(), done: Vec::new() }
    }

    /// Announces a step, does it, and says how long it took.
    pub(crate) fn step<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let (number, started) = (self.done.len() + 1, Instant::now());
        println!("[{number}/{}] {title}", self.total);
        let _ = io::stdout().flush();
        let outcome = work();
        let took = started.elapsed();
        match &outcome {
            Ok(_) => println!("      done in {}", spell(took)),
            Err(_) => println!("      failed after {}", spell(took)),
        }
        self.done.push((title.to_owned(), took));
        outcome
    }

    /// Tells again what was done and how long it took.
    pub(crate) fn summary(&self) {
        println!();
        for (title, took) in &self.done {
            println!("  {:>9}  {title}", spell(*took));
        }
        println!("  {:>9}  in all", spell(self.started.elapsed()));
    }
}

/// A duration as people say it.
pub(crate) fn spell(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{:.1} s", duration.as_secs_f32())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spelt_in_seconds_then_minutes() {
        assert_eq!(spell(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(spell(Duration::from_secs(125)), "2 min 5 s");
    }
}
