//! The result of a step.

use std::process::Command;

use anyhow::{Result, ensure};

use super::tally::Tally;
use crate::console::Task;

/// The result of a step that did not fail.
pub(super) enum Outcome {
    Done,
    /// Skipped, or one part of it, with the reason.
    Skipped(&'static str),
}

/// Runs all commands, even if one fails, and counts their tests.
pub(super) fn count<const N: usize>(
    task: &Task,
    tally: &mut Tally,
    commands: [&mut Command; N],
) -> Result<Outcome> {
    let mut problems = Vec::new();
    for command in commands {
        let (outcome, output) = task.run_and_read(command)?;
        *tally = *tally + Tally::read(&output);
        problems.extend(outcome.err().map(|problem| problem.to_string()));
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(Outcome::Done)
}
