//! Starts commands, and describes the ones that are missing or fail.

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, anyhow, bail};

use crate::workspace;

/// Creates a command that runs in the root of the checkout, with the environment of the user's shell.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    // `cargo run` sets these variables for xtask. Some build scripts track them and would rerun:
    // https://doc.rust-lang.org/cargo/reference/environment-variables.html
    for (name, _) in env::vars_os() {
        let is_set_by_cargo = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"]
                .iter()
                .any(|p| name.starts_with(p))
        });
        if is_set_by_cargo {
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
pub(crate) fn prepend_to_path(command: &mut Command, folder: PathBuf) -> Result<()> {
    let path = env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(folder).chain(env::split_paths(&path));
    command.env("PATH", env::join_paths(all).context("a folder name in PATH contains a path separator")?);
    Ok(())
}

/// Runs a command and returns its standard output. Prints the output only if the command fails.
pub(crate) fn read_stdout(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| spawn_error(command, &error))?;
    if !output.status.success() {
        eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    check_status(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Starts a command with piped standard output, which the caller reads.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|error| spawn_error(command, &error))
}

/// Returns the first folder in `PATH` that contains a program.
pub(crate) fn folder_on_path(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).find(|folder| folder.join(&name).is_file())
}

/// Returns whether this process runs as root.
pub(crate) fn is_root() -> bool {
    user_id(None).is_some_and(|id| id == "0")
}

/// Returns the numeric id of a user, or of the user of this process. Returns `None` if there is no such user.
pub(crate) fn user_id(name: Option<&str>) -> Option<String> {
    let output = command("id").arg("-u").args(name).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Returns the shell command line that runs the same command.
pub(crate) fn shell_line(command: &Command) -> String {
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
            let value = if name == "PATH" { short_path(value) } else { value.to_string_lossy().into_owned() };
            let _ = write!(line, "{}={} ", name.display(), quote(&value));
        }
    }
    line.push_str(&command.get_program().to_string_lossy());
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&quote(&arg.to_string_lossy()));
    }
    line
}

/// Shortens a `PATH` to the prepended folders and `$PATH`.
fn short_path(value: &OsStr) -> String {
    let (value, inherited) = (value.to_string_lossy(), env::var("PATH").unwrap_or_default());
    value.strip_suffix(&*inherited).map_or_else(|| value.to_string(), |added| format!("{added}$PATH"))
}

fn quote(text: &str) -> String {
    if text.contains([' ', '\'', '*', '(', '&']) { format!("\"{text}\"") } else { text.to_owned() }
}

/// Returns an error with the command line if the command failed.
pub(crate) fn check_status(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("command failed ({status}). To run it yourself: {}", shell_line(command));
    }
    Ok(())
}

/// Describes why a program could not be started, and how to install it if it is missing.
pub(crate) fn spawn_error(command: &Command, error: &io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy();
    if error.kind() == io::ErrorKind::NotFound {
        anyhow!("`{program}` is not installed. {}", install_hint(&program))
    } else {
        anyhow!("cannot start `{program}`: {error}")
    }
}

fn install_hint(program: &str) -> &'static str {
    match program {
        "cargo" | "rustc" | "rustup" => "Install Rust with rustup: https://rustup.rs.",
        "node" | "npm" | "npx" => {
            "Install Node.js 20 or later with npm: https://nodejs.org, `brew install node` or \
             `apt-get install nodejs npm`."
        }
        "apt-get" | "sudo" => "It is available on Debian and Ubuntu only.",
        _ => "Install it and make sure it is on PATH.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_a_command_as_a_shell_line() {
        let mut command = command("npx");
        command.current_dir(workspace::root().join("end2end")).env("CHROMIUM", "/usr/bin/chromium");
        command.env_remove("PATH").args(["playwright", "test", "--grep", "sign in"]);
        let line = r#"cd end2end && CHROMIUM=/usr/bin/chromium npx playwright test --grep "sign in""#;
        assert_eq!(shell_line(&command), line);
    }

    #[test]
    fn names_the_installation_of_a_missing_program() {
        let error = spawn_error(&command("npm"), &io::ErrorKind::NotFound.into()).to_string();
        assert!(error.contains("nodejs.org"), "{error}");
    }
}
