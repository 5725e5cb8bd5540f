//! Runs two steps in parallel, because much of a build uses only one core.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::anyhow;

use super::StepResult;
use super::outcome::Outcome;
use super::steps::{Lane, Step};
use super::tally::Tally;
use crate::console::Console;

/// The number of parallel steps.
const WORKERS: usize = 2;

struct Schedule<'a> {
    pending: Vec<&'a Step>,
    running: Vec<&'a Step>,
    results: Vec<StepResult>,
}

/// Runs the steps in order, as far as their dependencies and lanes allow. Returns the results in that order.
pub(super) fn run(steps: &[&Step], console: &Console) -> Vec<StepResult> {
    let schedule = Schedule { pending: steps.to_vec(), running: Vec::new(), results: Vec::new() };
    let (schedule, changed) = (Mutex::new(schedule), Condvar::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| work(&schedule, &changed, console));
        }
    });
    let mut results = schedule.into_inner().unwrap_or_else(PoisonError::into_inner).results;
    results.sort_by_key(|result| steps.iter().position(|step| step.name == result.name));
    results
}

/// Runs pending steps one at a time until none is left.
fn work(schedule: &Mutex<Schedule<'_>>, changed: &Condvar, console: &Console) {
    let mut guard = schedule.lock().unwrap_or_else(PoisonError::into_inner);
    while !guard.pending.is_empty() {
        let Some(index) = guard.next() else {
            guard = changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let step = guard.pending.remove(index);
        let is_failed_need =
            |result: &&StepResult| result.problem.is_some() && step.needs.contains(&result.name);
        let failed_need = guard.results.iter().find(is_failed_need).map(|result| result.name);
        guard.running.push(step);
        drop(guard);
        let result = run_step(step, failed_need, console);
        guard = schedule.lock().unwrap_or_else(PoisonError::into_inner);
        guard.running.retain(|other| other.name != step.name);
        guard.results.push(result);
        changed.notify_all();
    }
}

impl Schedule<'_> {
    /// Returns the index of the first pending step that can start now.
    fn next(&self) -> Option<usize> {
        let is_unfinished =
            |need: &&str| self.pending.iter().chain(&self.running).any(|step| step.name == *need);
        let has_room = |step: &Step| match step.lane {
            Lane::Alone => self.running.is_empty(),
            lane => self
                .running
                .iter()
                .all(|other| other.lane != Lane::Alone && (lane == Lane::Other || other.lane != lane)),
        };
        self.pending.iter().position(|step| has_room(step) && !step.needs.iter().any(is_unfinished))
    }
}

fn run_step(step: &Step, failed_need: Option<&str>, console: &Console) -> StepResult {
    let started = Instant::now();
    let mut tally = Tally::default();
    let outcome = if let Some(need) = failed_need {
        Err(anyhow!("skipped because `{need}` failed"))
    } else {
        let title = format!("{}: {}", step.name, step.description);
        console.step(&title, None, |task| (step.run)(task, &mut tally))
    };
    let (skipped, problem) = match outcome {
        Ok(Outcome::Done) => (None, None),
        Ok(Outcome::Skipped(reason)) => (Some(reason), None),
        Err(error) => (None, Some(format!("{error:#}"))),
    };
    let tally = if skipped.is_some() { tally } else { tally.of_step(problem.is_none()) };
    let duration = if failed_need.is_some() { Duration::ZERO } else { started.elapsed() };
    StepResult { name: step.name, tally, duration, problem, skipped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Output;

    fn step(name: &'static str, needs: &'static [&'static str], lane: Lane) -> Step {
        Step { name, description: "test step", needs, lane, run: |_, _| Ok(Outcome::Done) }
    }

    fn failing(name: &'static str) -> Step {
        Step { run: |_, _| Err(anyhow!("no")), ..step(name, &[], Lane::Other) }
    }

    #[test]
    fn counts_a_step_as_failed_if_its_dependency_failed() {
        let (page, tests) = (failing("page"), step("tests", &["page"], Lane::Alone));
        let results = run(&[&page, &tests], &Console::new(2, Output::Short));
        assert_eq!(results[1].tally, Tally { passed: 0, failed: 1 });
        assert_eq!(results[1].problem.as_deref(), Some("skipped because `page` failed"));
    }

    #[test]
    fn waits_for_the_lane_and_the_dependencies_of_a_step() {
        let (running, same, other) =
            (step("a", &[], Lane::Native), step("b", &[], Lane::Native), step("c", &["a"], Lane::Wasm));
        let (free, alone) = (step("d", &[], Lane::Wasm), step("e", &[], Lane::Alone));
        let next = |pending: &[&Step], running: &[&Step]| {
            let schedule =
                Schedule { pending: pending.to_vec(), running: running.to_vec(), results: Vec::new() };
            schedule.next().map(|index| pending[index].name)
        };
        assert_eq!(next(&[&same, &other, &alone, &free], &[&running]), Some("d"));
        assert_eq!(next(&[&same, &other, &alone], &[&running]), None);
        assert_eq!(next(&[&alone], &[]), Some("e"));
        assert_eq!(next(&[&free], &[&alone]), None);
    }
}
