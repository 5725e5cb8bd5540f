//! Other programs: how they are started, and what is said when they are missing or fail.

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

use crate::workspace;

/// A program to run at the root of the checkout, in the environment that it would have by hand.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    // `cargo run` describes this crate in these; some build scripts would run anew because of them.
    for (name, _) in env::vars_os() {
        let is_ours = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"]
                .iter()
                .any(|p| name.starts_with(p))
        });
        if is_ours {
            command.env_remove(name);
        }
    }
    command
}

/// `cargo` with arguments.
pub(crate) fn cargo<I: AsRef<OsStr>>(args: impl IntoIterator<Item = I>) -> Command {
    let mut command = command("cargo");
    command.args(args);
    if io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
}

/// Puts a folder in front of the `PATH` that a program will see.
pub(crate) fn put_on_path(command: &mut Command, folder: PathBuf) -> Result<()> {
    let path = env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(folder).chain(env::split_paths(&path));
    command.env("PATH", env::join_paths(all).context("a folder of PATH has a separator in its name")?);
    Ok(())
}

/// Runs to the end, with the output on the terminal.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().map_err(|error| not_started(command, &error))?;
    succeeded(command, status)
}

/// Runs to the end and returns the output, which is shown only if the program fails.
pub(crate) fn run_quietly(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))?;
    if !output.status.success() {
        eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    succeeded(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end with the output on the terminal, and returns how it ended together with that output.
pub(crate) fn run_and_read(command: &mut Command) -> Result<(Result<()>, String)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(command, &error))?;
    let errors = child.stderr.take().map(|pipe| thread::spawn(move || pass_on(pipe, &mut io::stderr())));
    let mut text = child.stdout.take().map_or_else(String::new, |pipe| pass_on(pipe, &mut io::stdout()));
    if let Some(errors) = errors {
        text.push('\n');
        text.push_str(&errors.join().map_err(|_| anyhow!("reading the output failed"))?);
    }
    let status = child.wait().context("waiting failed")?;
    Ok((succeeded(command, status), text))
}

/// Starts a program whose output is read by the caller.
pub(crate) fn start(command: &mut Command) -> Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|error| not_started(command, &error))
}

/// The folder of `PATH` that holds a program.
pub(crate) fn folder_on_path(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).find(|folder| folder.join(&name).is_file())
}

/// What to type to run the same by hand.
pub(crate) fn by_hand(command: &Command) -> String {
    let mut line = String::new();
    if let Some(dir) = command.get_current_dir()
        && let Ok(dir) = dir.strip_prefix(workspace::root())
        && dir != Path::new("")
    {
        let _ = write!(line, "cd {} && ", dir.display());
    }
    for (name, value) in command.get_envs() {
        if let Some(value) = value.filter(|_| name != "CARGO_TERM_COLOR" && name != "FORCE_COLOR") {
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

/// A `PATH` as what was put in front of the present one.
fn added_path(value: &OsStr) -> String {
    let (value, present) = (value.to_string_lossy(), env::var("PATH").unwrap_or_default());
    value.strip_suffix(&*present).map_or_else(|| value.to_string(), |added| format!("{added}$PATH"))
}

fn quoted(text: &str) -> String {
    if text.contains([' ', '\'', '*', '(', '&']) { format!("\"{text}\"") } else { text.to_owned() }
}

fn pass_on(pipe: impl Read, to: &mut impl Write) -> String {
    let mut text = String::new();
    for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        let _ = writeln!(to, "{line}");
        text.push_str(&line);
        text.push('\n');
    }
    text
}

fn succeeded(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("this failed ({status}), by hand: {}", by_hand(command));
    }
    Ok(())
}

fn not_started(command: &Command, error: &io::Error) -> anyhow::Error {
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
        "apt-get" | "sudo" => "It comes with Debian and Ubuntu.",
        _ => "Install it and see that it is on PATH.",
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
