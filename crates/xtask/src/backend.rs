//! Builds the backend and starts it with demo data.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::console::Task;
use crate::page::{self, Flavour};
use crate::{process, workspace};

const PACKAGE: &str = "studio-users-server";
/// The packages with native tests.
pub(crate) const TESTED_PACKAGES: [&str; 3] = ["--workspace", "--exclude", "studio-users"];
/// The features that the native tests use.
pub(crate) const TESTED_FEATURES: [&str; 2] = ["--features", "studio-users-server/prerender"];

/// A way to build the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// Quick to compile. It serves a folder of the page, and does not prerender.
    Quick,
    /// Like `Quick`, with the prerendered page: what the tests use.
    Tested,
    /// Optimised. It serves a folder of the page, and prerenders.
    Optimised,
    /// Optimised, with the small page inside.
    Complete,
}

impl Build {
    /// The command that compiles the backend.
    pub(crate) fn command(self) -> Command {
        let mut cargo = process::cargo(["build", "--package", PACKAGE]);
        match self {
            Self::Quick => {}
            // Cargo unifies the features of the packages that are selected. So this selects those of the native tests, which
            // build the program too: https://doc.rust-lang.org/cargo/reference/resolver.html#features
            Self::Tested => {
                cargo = process::cargo(["test", "--no-run", "--test", "http"]);
                cargo.args(TESTED_PACKAGES).args(TESTED_FEATURES);
            }
            Self::Optimised => {
                cargo.args(["--release", "--features", "prerender"]);
            }
            Self::Complete => {
                cargo.args(["--release", "--features", "embed-page,prerender"]);
            }
        }
        cargo
    }

    /// The compiled program.
    pub(crate) fn program(self) -> Result<PathBuf> {
        let profile = match self {
            Self::Quick | Self::Tested => "debug",
            Self::Optimised | Self::Complete => "release",
        };
        let name = format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX);
        Ok(workspace::target_dir()?.join(profile).join(name))
    }

    /// The usual time of a build on two cores, unless it was built before.
    pub(crate) fn estimate(self) -> Option<Duration> {
        let estimate = match self {
            Self::Quick => Duration::from_secs(90),
            Self::Tested => Duration::from_mins(2),
            Self::Optimised | Self::Complete => Duration::from_mins(4),
        };
        self.program().is_ok_and(|program| !program.exists()).then_some(estimate)
    }
}

/// Returns the address, or a free port of the same interface if the port is taken.
pub(crate) fn free_address(wanted: SocketAddr) -> Result<SocketAddr> {
    if TcpListener::bind(wanted).is_ok() {
        return Ok(wanted);
    }
    let any_port = SocketAddr::new(wanted.ip(), 0);
    let listener =
        TcpListener::bind(any_port).with_context(|| format!("cannot listen at {}", wanted.ip()))?;
    Ok(listener.local_addr()?)
}

/// A running backend.
pub(crate) struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    command_line: String,
}

impl Server {
    /// Starts the backend with demo data.
    pub(crate) fn start(build: Build, demo: u32, listen: SocketAddr) -> Result<Self> {
        // A folder for each size, because the demo data are created once.
        let data = workspace::target_dir()?.join(format!("demo-data-{demo}"));
        let mut command = process::command(build.program()?);
        command.arg("serve").args(["--demo", &demo.to_string(), "--listen", &listen.to_string()]);
        command.arg("--data").arg(data);
        if build != Build::Complete {
            command.arg("--page").arg(page::folder(Flavour::Quick));
        }
        // In a process group of its own, so that Ctrl-C reaches only this program, which stops the backend once.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);

        let mut child = process::start(&mut command)?;
        let output = BufReader::new(child.stdout.take().context("the backend has no output")?);
        Ok(Self { child, output, command_line: process::by_hand(&command) })
    }

    /// Waits until the backend listens, prints its output, and returns its URL.
    pub(crate) fn wait_until_listening(&mut self, task: &Task) -> Result<String> {
        let mut line = String::new();
        while self.output.read_line(&mut line)? > 0 {
            task.note(line.trim_end());
            if let Some(url) = url_in(&line) {
                return Ok(url.to_owned());
            }
            line.clear();
        }
        bail!("the backend stopped ({}): {}", self.child.wait()?, self.command_line)
    }

    /// Waits until the backend stops, and prints its output.
    pub(crate) fn wait(mut self) -> Result<ExitStatus> {
        self.output.lines().map_while(Result::ok).for_each(|line| println!("{line}"));
        self.child.wait().context("waiting for the backend failed")
    }

    /// Returns a handle that stops the backend from another thread.
    pub(crate) fn stopper(&self) -> Stopper {
        Stopper { id: self.child.id() }
    }
}

/// Stops a backend.
pub(crate) struct Stopper {
    id: u32,
}

impl Stopper {
    /// Asks the backend to complete its requests and stop.
    #[cfg(unix)]
    pub(crate) fn stop(&self) {
        use nix::sys::signal::{Signal, kill};
        if let Ok(id) = i32::try_from(self.id) {
            let _ = kill(nix::unistd::Pid::from_raw(id), Signal::SIGINT);
        }
    }

    /// Does nothing: Ctrl-C reaches every program of a Windows console.
    #[cfg(not(unix))]
    pub(crate) fn stop(&self) {
        let _ = self.id;
    }
}

/// The URL in a line such as `Listening on http://127.0.0.1:8080`.
fn url_in(line: &str) -> Option<&str> {
    let (_, after) = line.split_once("Listening on ")?;
    after.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_replaced_by_a_free_one() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let wanted = taken.local_addr().unwrap();
        let found = free_address(wanted).unwrap();
        assert_eq!(found.ip(), wanted.ip());
        assert_ne!(found.port(), wanted.port());
    }

    #[test]
    fn the_address_is_read_from_what_the_backend_prints() {
        assert_eq!(url_in("Listening on http://127.0.0.1:8080\n"), Some("http://127.0.0.1:8080"));
        assert_eq!(url_in("Sign in: http://127.0.0.1:8080/sign-in#x"), None);
    }
}
