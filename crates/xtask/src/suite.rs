//! `cargo xtask test`: every check and test, from a fresh clone.

mod steps;
mod tally;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::cli::TestOptions;
use crate::progress::spell;
use crate::{tool, wasm_target};
use steps::{STEPS, Step};
use tally::Tally;

/// What became of a step.
struct Row {
    name: &'static str,
    tally: Tally,
    took: Duration,
    problem: Option<String>,
}

/// Runs the steps and tells what passed.
pub(crate) fn run(options: &TestOptions) -> Result<ExitCode> {
    if options.list {
        for step in &STEPS {
            println!("{:<14} {}", step.name, step.what);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let steps = chosen(options.only.as_deref())?;
    let started = Instant::now();

    wasm_target::ensure()?;
    if options.only.is_none() {
        // The first steps need none of these.
        tool::install_meanwhile(vec![tool::wasm_bindgen()?, tool::trunk(), tool::cargo_deny()]);
    }
    let mut rows = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        println!("\n[{}/{}] {}: {}", index + 1, steps.len(), step.name, step.what);
        rows.push(outcome(step, &rows));
    }
    Ok(close(&rows, started.elapsed()))
}

/// All steps, or one with those that it needs.
fn chosen(only: Option<&str>) -> Result<Vec<&'static Step>> {
    let Some(name) = only else { return Ok(STEPS.iter().collect()) };
    let Some(step) = STEPS.iter().find(|step| step.name == name) else {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{name}`; there are {}", names.join(", "));
    };
    Ok(STEPS.iter().filter(|other| other.name == name || step.needs.contains(&other.name)).collect())
}

fn outcome(step: &Step, before: &[Row]) -> Row {
    let started = Instant::now();
    let failed = before.iter().find(|row| row.problem.is_some() && step.needs.contains(&row.name));
    let mut tally = Tally::default();
    let problem = match failed {
        Some(row) => Some(format!("not run, as `{}` failed", row.name)),
        None => (step.run)(&mut tally).err().map(|error| format!("{error:#}")),
    };
    if let Some(problem) = &problem {
        println!("      {}: {problem}", step.name);
    }
    Row { name: step.name, tally: tally.of_step(problem.is_none()), took: started.elapsed(), problem }
}

/// Prints a table, and the numbers alone on the last line.
fn close(rows: &[Row], took: Duration) -> ExitCode {
    println!("\n{:<14} {:>7} {:>7} {:>13}", "step", "passed", "failed", "time");
    for row in rows {
        println!("{:<14} {:>7} {:>7} {:>13}", row.name, row.tally.passed, row.tally.failed, spell(row.took));
    }
    println!("{:<14} {:>29}", "in all", spell(took));
    for row in rows {
        if let Some(problem) = &row.problem {
            println!("\n{}: {problem}", row.name);
        }
    }
    let all: Tally = rows.iter().map(|row| row.tally).sum();
    println!("\n{} passed, {} failed", all.passed, all.failed);
    if all.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: Option<&str>) -> Vec<&'static str> {
        chosen(only).unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn one_step_brings_those_that_it_needs() {
        assert_eq!(names(Some("format")), ["format"]);
        assert_eq!(names(Some("end2end")), ["page", "pseudo", "backend", "hosts", "end2end"]);
        assert_eq!(names(None).len(), STEPS.len());
    }

    #[test]
    fn an_unknown_step_is_told_what_there_is() {
        let error = chosen(Some("everything")).err().unwrap().to_string();
        assert!(error.contains("end2end"), "{error}");
    }

    #[test]
    fn a_step_whose_need_failed_is_not_run_and_counts_as_failed() {
        let page = Row {
            name: "page",
            tally: Tally { passed: 0, failed: 1 },
            took: Duration::ZERO,
            problem: Some("no".into()),
        };
        let end2end = STEPS.iter().find(|step| step.name == "end2end").unwrap();
        let row = outcome(end2end, &[page]);
        assert_eq!(row.tally, Tally { passed: 0, failed: 1 });
        assert_eq!(row.problem.as_deref(), Some("not run, as `page` failed"));
    }
}
