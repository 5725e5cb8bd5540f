//! `cargo xtask test`: runs every check and test from a fresh clone.

mod deployment;
mod outcome;
mod schedule;
mod steps;
mod tally;
mod wasm_tests;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::cli::TestOptions;
use crate::console::{Console, format_duration};
use crate::wasm_target;
use steps::{QUICK, STEPS, Step};
use tally::Tally;

/// The result of a step.
struct StepResult {
    name: &'static str,
    tally: Tally,
    duration: Duration,
    /// The error, if the step failed.
    problem: Option<String>,
    /// The reason, if the step was skipped.
    skipped: Option<&'static str>,
}

/// Runs the selected steps and prints their results.
pub(crate) fn run(options: &TestOptions) -> Result<ExitCode> {
    if options.list {
        for step in &STEPS {
            println!("{:<14} {}", step.name, step.description);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let steps = if options.quick { QUICK.iter().collect() } else { select_steps(&options.only)? };
    let console = Console::new(steps.len() + 1, options.output());
    console.step("Checking the wasm32 target", None, wasm_target::ensure)?;
    let results = schedule::run(&steps, &console);
    Ok(print_results(&results, console.elapsed()))
}

/// Returns all steps, or the given ones and the steps that they depend on.
fn select_steps(only: &[String]) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = only.iter().find(|name| !STEPS.iter().any(|step| step.name == name.as_str())) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("unknown step `{unknown}`; available steps: {}", names.join(", "));
    }
    let is_selected = |step: &&Step| {
        only.is_empty()
            || only.iter().any(|name| {
                let selected = STEPS.iter().find(|other| other.name == name.as_str());
                selected.is_some_and(|other| other.name == step.name || other.needs.contains(&step.name))
            })
    };
    Ok(STEPS.iter().filter(is_selected).collect())
}

/// Prints a table of the steps, and the total on the last line.
fn print_results(results: &[StepResult], total: Duration) -> ExitCode {
    println!("\n{:<14} {:>7} {:>7} {:>13}", "step", "passed", "failed", "time");
    for result in results {
        let Tally { passed, failed } = result.tally;
        let note = result.skipped.map(|reason| format!("  skipped: {reason}")).unwrap_or_default();
        let duration = format_duration(result.duration);
        println!("{:<14} {passed:>7} {failed:>7} {duration:>13}{note}", result.name);
    }
    println!("{:<14} {:>29}", "total", format_duration(total));
    for result in results {
        if let Some(problem) = &result.problem {
            println!("\n{}: {problem}", result.name);
        }
    }
    let all: Tally = results.iter().map(|result| result.tally).sum();
    println!("\n{} passed, {} failed", all.passed, all.failed);
    if all.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{process, workspace};

    fn names(only: &[&str]) -> Vec<&'static str> {
        let only: Vec<_> = only.iter().map(|name| (*name).to_owned()).collect();
        select_steps(&only).unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn selects_a_step_with_its_dependencies() {
        assert_eq!(names(&["format"]), ["format"]);
        assert_eq!(names(&["end2end", "format"]), ["format", "page", "hosts", "backend", "end2end"]);
        assert_eq!(names(&[]).len(), STEPS.len());
    }

    /// Returns the lists of `--only` in a workflow, without its comments.
    fn only_lists(workflow: &str) -> Vec<Vec<&str>> {
        let code = workflow.lines().filter(|line| !line.trim_start().starts_with('#'));
        let lists = code.filter_map(|line| line.split_once("cargo xtask test --only "));
        lists.map(|(_, list)| list.split_whitespace().next().unwrap().split(',').collect()).collect()
    }

    #[test]
    fn runs_each_step_in_ci() {
        let workflow = fs::read_to_string(workspace::root().join(".github/workflows/ci.yml")).unwrap();
        let run: Vec<_> = only_lists(&workflow).iter().flat_map(|list| names(list)).collect();
        let missing: Vec<_> = STEPS.iter().map(|step| step.name).filter(|name| !run.contains(name)).collect();
        assert!(missing.is_empty(), "no job of ci.yml runs {missing:?}");
    }

    /// Runs the search for old names. Returns its exit code and its error message.
    fn check_old_names(files: &[&str], env: &[(&str, &str)]) -> (Option<i32>, String) {
        let mut check = process::command("sh");
        check.arg("scripts/check-old-names.sh").args(files).envs(env.iter().copied());
        let output = check.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    #[test]
    fn finds_no_old_names_in_a_clean_file() {
        assert_eq!(check_old_names(&["LICENSE-MIT"], &[]), (Some(0), String::new()));
    }

    #[test]
    fn rejects_a_search_for_old_names_that_reads_no_file() {
        let (code, error) = check_old_names(&["no-such-file.md"], &[]);
        assert!(code == Some(2) && error.contains("no-such-file.md is not a file"), "{code:?}: {error}");
        let (code, error) = check_old_names(&[], &[("GIT_DIR", "/nonexistent")]);
        assert!(code == Some(2) && error.contains("git cannot list"), "{code:?}: {error}");
    }

    #[test]
    fn rejects_an_unknown_step_and_lists_the_steps() {
        let error = select_steps(&["everything".to_owned()]).err().unwrap().to_string();
        assert!(error.contains("`everything`") && error.contains("end2end"), "{error}");
    }

    #[test]
    fn lists_all_dependencies_of_a_step_before_it() {
        for (index, step) in STEPS.iter().enumerate() {
            for need in step.needs {
                let at = STEPS.iter().position(|other| other.name == *need).unwrap();
                assert!(at < index, "{} needs {need}", step.name);
                let all = STEPS[at].needs.iter().all(|further| step.needs.contains(further));
                assert!(all, "{} does not list the dependencies of {need}", step.name);
            }
        }
    }
}
