//! `cargo xtask test`: every check and test, from a fresh clone.

mod schedule;
mod steps;
mod tally;
mod wasm_tests;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::cli::TestOptions;
use crate::console::{Console, spell};
use crate::wasm_target;
use steps::{QUICK, STEPS, Step};
use tally::Tally;

/// The result of a step.
struct Row {
    name: &'static str,
    tally: Tally,
    took: Duration,
    /// Why it failed.
    problem: Option<String>,
    /// Why it did nothing.
    skipped: Option<&'static str>,
}

/// Runs the selected steps and prints their results.
pub(crate) fn run(options: &TestOptions) -> Result<ExitCode> {
    if options.list {
        for step in &STEPS {
            println!("{:<14} {}", step.name, step.what);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let steps = if options.quick { QUICK.iter().collect() } else { chosen(&options.only)? };
    let console = Console::new(steps.len() + 1, options.output());
    console.step("Checking that Rust can compile for the browser", None, wasm_target::ensure)?;
    let rows = schedule::run(&steps, &console);
    Ok(print_results(&rows, console.elapsed()))
}

/// Returns all steps, or some with the steps that they need.
fn chosen(only: &[String]) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = only.iter().find(|name| !STEPS.iter().any(|step| step.name == name.as_str())) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`. The steps are {}", names.join(", "));
    }
    let is_chosen = |step: &&Step| {
        only.is_empty()
            || only.iter().any(|name| {
                let chosen = STEPS.iter().find(|other| other.name == name.as_str());
                chosen.is_some_and(|chosen| chosen.name == step.name || chosen.needs.contains(&step.name))
            })
    };
    Ok(STEPS.iter().filter(is_chosen).collect())
}

/// Prints a table of the steps, and the total alone on the last line.
fn print_results(rows: &[Row], took: Duration) -> ExitCode {
    println!("\n{:<14} {:>7} {:>7} {:>13}", "step", "passed", "failed", "time");
    for row in rows {
        let Tally { passed, failed } = row.tally;
        let note = row.skipped.map(|reason| format!("  skipped: {reason}")).unwrap_or_default();
        println!("{:<14} {passed:>7} {failed:>7} {:>13}{note}", row.name, spell(row.took));
    }
    println!("{:<14} {:>29}", "total", spell(took));
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

    fn names(only: &[&str]) -> Vec<&'static str> {
        let only: Vec<_> = only.iter().map(|name| (*name).to_owned()).collect();
        chosen(&only).unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn a_step_brings_the_steps_that_it_needs() {
        assert_eq!(names(&["format"]), ["format"]);
        assert_eq!(names(&["end2end", "format"]), ["format", "page", "hosts", "backend", "end2end"]);
        assert_eq!(names(&[]).len(), STEPS.len());
    }

    #[test]
    fn an_unknown_step_is_an_error_that_lists_the_steps() {
        let error = chosen(&["everything".to_owned()]).err().unwrap().to_string();
        assert!(error.contains("`everything`") && error.contains("end2end"), "{error}");
    }

    #[test]
    fn needs_are_complete_and_come_earlier() {
        for (index, step) in STEPS.iter().enumerate() {
            for need in step.needs {
                let at = STEPS.iter().position(|other| other.name == *need).unwrap();
                assert!(at < index, "{} needs {need}", step.name);
                let all = STEPS[at].needs.iter().all(|further| step.needs.contains(further));
                assert!(all, "{} lacks what {need} needs", step.name);
            }
        }
    }
}
