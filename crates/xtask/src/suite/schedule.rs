//! Runs steps, two at a time: much of a build keeps only one core busy.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::anyhow;

use super::Row;
use super::steps::{Lane, Outcome, Step};
use super::tally::Tally;
use crate::console::Console;

/// How many steps run at once.
const WORKERS: usize = 2;

struct Schedule<'a> {
    pending: Vec<&'a Step>,
    running: Vec<&'a Step>,
    rows: Vec<Row>,
}

/// Runs steps in their order, as far as their needs and lanes allow.
pub(super) fn run(steps: &[&Step], console: &Console) -> Vec<Row> {
    let schedule = Schedule { pending: steps.to_vec(), running: Vec::new(), rows: Vec::new() };
    let (schedule, changed) = (Mutex::new(schedule), Condvar::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| work(&schedule, &changed, console));
        }
    });
    let mut rows = schedule.into_inner().unwrap_or_else(PoisonError::into_inner).rows;
    rows.sort_by_key(|row| steps.iter().position(|step| step.name == row.name));
    rows
}

/// Runs one step after the other until none is left.
fn work(schedule: &Mutex<Schedule<'_>>, changed: &Condvar, console: &Console) {
    let mut guard = schedule.lock().unwrap_or_else(PoisonError::into_inner);
    while !guard.pending.is_empty() {
        let Some(index) = guard.next() else {
            guard = changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let step = guard.pending.remove(index);
        let failed = guard.rows.iter().find(|row| row.problem.is_some() && step.needs.contains(&row.name));
        let failed = failed.map(|row| row.name);
        guard.running.push(step);
        drop(guard);
        let row = run_step(step, failed, console);
        guard = schedule.lock().unwrap_or_else(PoisonError::into_inner);
        guard.running.retain(|other| other.name != step.name);
        guard.rows.push(row);
        changed.notify_all();
    }
}

impl Schedule<'_> {
    /// The first pending step that can start now.
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

fn run_step(step: &Step, failed_need: Option<&str>, console: &Console) -> Row {
    let started = Instant::now();
    let mut tally = Tally::default();
    let result = if let Some(need) = failed_need {
        Err(anyhow!("not run, because `{need}` failed"))
    } else {
        let title = format!("{}: {}", step.name, step.what);
        console.step(&title, None, |task| (step.run)(task, &mut tally))
    };
    let (skipped, problem) = match result {
        Ok(Outcome::Done) => (None, None),
        Ok(Outcome::Skipped(reason)) => (Some(reason), None),
        Err(error) => (None, Some(format!("{error:#}"))),
    };
    let tally = if skipped.is_some() { tally } else { tally.of_step(problem.is_none()) };
    let took = if failed_need.is_some() { Duration::ZERO } else { started.elapsed() };
    Row { name: step.name, tally, took, problem, skipped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Output;

    fn step(name: &'static str, needs: &'static [&'static str], lane: Lane) -> Step {
        Step { name, what: "a test of the schedule", needs, lane, run: |_, _| Ok(Outcome::Done) }
    }

    fn failing(name: &'static str) -> Step {
        Step { run: |_, _| Err(anyhow!("no")), ..step(name, &[], Lane::Other) }
    }

    #[test]
    fn a_step_whose_need_failed_is_not_run_and_counts_as_failed() {
        let (page, tests) = (failing("page"), step("tests", &["page"], Lane::Alone));
        let rows = run(&[&page, &tests], &Console::new(2, Output::Short));
        assert_eq!(rows[1].tally, Tally { passed: 0, failed: 1 });
        assert_eq!(rows[1].problem.as_deref(), Some("not run, because `page` failed"));
    }

    #[test]
    fn lanes_and_needs_hold_a_step_back() {
        let (running, same, other) =
            (step("a", &[], Lane::Native), step("b", &[], Lane::Native), step("c", &["a"], Lane::Wasm));
        let (free, alone) = (step("d", &[], Lane::Wasm), step("e", &[], Lane::Alone));
        let next = |pending: &[&Step], running: &[&Step]| {
            let schedule =
                Schedule { pending: pending.to_vec(), running: running.to_vec(), rows: Vec::new() };
            schedule.next().map(|index| pending[index].name)
        };
        assert_eq!(next(&[&same, &other, &alone, &free], &[&running]), Some("d"));
        assert_eq!(next(&[&same, &other, &alone], &[&running]), None);
        assert_eq!(next(&[&alone], &[]), Some("e"));
        assert_eq!(next(&[&free], &[&alone]), None);
    }
}
