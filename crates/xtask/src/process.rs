//! Commands: how they are started, and the messages for those that are missing or fail.

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, anyhow, bail};

use crate::workspace;

/// Creates a command that runs at the root of the checkout, in the environment of the user's shell.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    // `cargo run` sets these variables for xtask. Some build scripts would run again because of them.
    for (name, _) in env::vars_os() {
        let is_of_xtask = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"]
                .iter()
                .any(|p| name.starts_with(p))
        });
        if is_of_xtask {
            command.env_remove(name);
        }
    }
    command
}

/// Creates a cargo command.
pub(crate) fn cargo<I: AsRef<OsStr>>(args: impl IntoIterator<Item = I>) -> Command {
    let mut command = command("cargo");
    command.args(args);
    if io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
}

/// Prepends a folder to the `PATH` of a command.
pub(crate) fn put_on_path(command: &mut Command, folder: PathBuf) -> Result<()> {
    let path = env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(folder).chain(env::split_paths(&path));
    command.env("PATH", env::join_paths(all).context("a folder of PATH has a separator in its name")?);
    Ok(())
}

/// Runs a command to the end and returns its standard output. The output is printed only if the command fails.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))?;
    if !output.status.success() {
        eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    succeeded(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Starts a command whose standard output the caller reads.
pub(crate) fn start(command: &mut Command) -> Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|error| not_started(command, &error))
}

/// The first folder of `PATH` that holds a program.
pub(crate) fn folder_on_path(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).find(|folder| folder.join(&name).is_file())
}

/// The line to type into a shell to run the same command.
pub(crate) fn by_hand(command: &Command) -> String {
    let mut line = String::new();
    if let Some(dir) = command.get_current_dir()
        && let Ok(dir) = dir.strip_prefix(workspace::root())
        && dir != Path::new("")
    {
        let _ = write!(line, "cd {} && ", dir.display());
    }
    for (name, value) in command.get_envs() {
        let is_about_output = name.to_str().is_some_and(|name| name.starts_with("CARGO_TERM_"));
        if let Some(value) = value.filter(|_| !is_about_output) {
            let value = if name == "PATH" { added_path(value) } else { value.to_string_lossy().into_owned() };
            let _ = write!(line, "{}={} ", name.display(), quoted(&value));
        }
    }
    line.push_str(&command.get_program().to_string_lossy());
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&quoted(&arg.to_string_lossy()));
    }
    line
}

/// A `PATH` as the folders that were prepended, and `$PATH`.
fn added_path(value: &OsStr) -> String {
    let (value, present) = (value.to_string_lossy(), env::var("PATH").unwrap_or_default());
    value.strip_suffix(&*present).map_or_else(|| value.to_string(), |added| format!("{added}$PATH"))
}

fn quoted(text: &str) -> String {
    if text.contains([' ', '\'', '*', '(', '&']) { format!("\"{text}\"") } else { text.to_owned() }
}

/// Returns an error that names the command, unless it succeeded.
pub(crate) fn succeeded(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("this command failed ({status}): {}", by_hand(command));
    }
    Ok(())
}

/// Says why a program could not be started, and how to get one that is missing.
pub(crate) fn not_started(command: &Command, error: &io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy();
    if error.kind() == io::ErrorKind::NotFound {
        anyhow!("`{program}` is not installed. {}", how_to_get(&program))
    } else {
        anyhow!("cannot start `{program}`: {error}")
    }
}

fn how_to_get(program: &str) -> &'static str {
    match program {
        "cargo" | "rustc" | "rustup" => "Install Rust with rustup: https://rustup.rs.",
        "node" | "npm" | "npx" => {
            "Install Node.js 20 or later with npm: https://nodejs.org, `brew install node` or \
             `apt-get install nodejs npm`."
        }
        "apt-get" | "sudo" => "It is part of Debian and Ubuntu.",
        _ => "Install it, and check that its folder is in PATH.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = command("npx");
        command.current_dir(workspace::root().join("end2end")).env("CHROMIUM", "/usr/bin/chromium");
        command.env_remove("PATH").args(["playwright", "test", "--grep", "sign in"]);
        let line = r#"cd end2end && CHROMIUM=/usr/bin/chromium npx playwright test --grep "sign in""#;
        assert_eq!(by_hand(&command), line);
    }

    #[test]
    fn a_missing_program_says_how_to_get_it() {
        let error = not_started(&command("npm"), &io::ErrorKind::NotFound.into()).to_string();
        assert!(error.contains("nodejs.org"), "{error}");
    }
}
