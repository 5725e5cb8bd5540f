//! Builds the backend and starts it with demo data.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::console::Task;
use crate::page::{self, PageProfile};
use crate::{musl, process, workspace};

const PACKAGE: &str = "studio-users-server";
/// Cargo options that select the packages with native tests.
pub(crate) const TESTED_PACKAGES: [&str; 3] = ["--workspace", "--exclude", "studio-users"];
/// Cargo options that select the features for the native tests.
pub(crate) const TESTED_FEATURES: [&str; 2] = ["--features", "studio-users-server/prerender"];

/// The build profile of the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BackendProfile {
    /// Compiles fast. Serves the page from a folder, without prerendering.
    Dev,
    /// Like `Dev`, with prerendering. The tests use it.
    Test,
    /// Optimised. Serves the page from a folder, with prerendering.
    Release,
    /// Optimised, with the release page embedded and with prerendering.
    ReleaseWithPage,
    /// Like `ReleaseWithPage`, as a static program: see [`musl`].
    StaticWithPage,
}

impl BackendProfile {
    /// Returns the command that compiles the backend.
    pub(crate) fn command(self) -> Command {
        let mut cargo = process::cargo(["build", "--package", PACKAGE]);
        match self {
            Self::Dev => {}
            // Selects the packages of the native tests, whose build includes the program. Cargo unifies
            // features over the selected packages, so a different selection would compile dependencies again:
            // https://doc.rust-lang.org/cargo/reference/resolver.html#features
            Self::Test => {
                cargo = process::cargo(["test", "--no-run", "--test", "http"]);
                cargo.args(TESTED_PACKAGES).args(TESTED_FEATURES);
            }
            Self::Release => {
                cargo.args(["--release", "--features", "prerender"]);
            }
            Self::ReleaseWithPage | Self::StaticWithPage => {
                cargo.args(["--release", "--features", "embed-page,prerender"]);
            }
        }
        if self == Self::StaticWithPage {
            musl::select(&mut cargo);
        }
        cargo
    }

    /// Returns the path of the compiled program.
    pub(crate) fn program(self) -> Result<PathBuf> {
        let profile = match self {
            Self::Dev | Self::Test => "debug".into(),
            Self::Release | Self::ReleaseWithPage => "release".into(),
            Self::StaticWithPage => format!("{}/release", musl::target()),
        };
        let name = format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX);
        Ok(workspace::target_dir()?.join(profile).join(name))
    }

    /// Returns the usual build time on two cores, or `None` if the program exists.
    pub(crate) fn estimate(self) -> Option<Duration> {
        let estimate = match self {
            Self::Dev => Duration::from_secs(90),
            Self::Test => Duration::from_mins(2),
            Self::Release | Self::ReleaseWithPage | Self::StaticWithPage => Duration::from_mins(4),
        };
        self.program().is_ok_and(|program| !program.exists()).then_some(estimate)
    }
}

/// Returns the requested address, or one with a free port if the port is in use.
pub(crate) fn free_address(requested: SocketAddr) -> Result<SocketAddr> {
    if TcpListener::bind(requested).is_ok() {
        return Ok(requested);
    }
    let any_port = SocketAddr::new(requested.ip(), 0);
    let listener =
        TcpListener::bind(any_port).with_context(|| format!("cannot listen on {}", requested.ip()))?;
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
    pub(crate) fn start(profile: BackendProfile, demo: u32, listen: SocketAddr) -> Result<Self> {
        // Each size has its own folder, because the demo data is created only once.
        let data = workspace::target_dir()?.join(format!("demo-data-{demo}"));
        let mut command = process::command(profile.program()?);
        command.arg("serve").args(["--demo", &demo.to_string(), "--listen", &listen.to_string()]);
        command.arg("--data").arg(data);
        if profile != BackendProfile::ReleaseWithPage {
            command.arg("--page").arg(page::folder(PageProfile::Dev));
        }
        // Runs in its own process group, so that Ctrl-C reaches only xtask, which stops the backend once.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);

        let mut child = process::spawn(&mut command)?;
        let output = BufReader::new(child.stdout.take().context("the backend has no output")?);
        Ok(Self { child, output, command_line: process::shell_line(&command) })
    }

    /// Prints the backend's output until it listens, and returns its URL.
    pub(crate) fn wait_until_listening(&mut self, task: &Task) -> Result<String> {
        let mut line = String::new();
        while self.output.read_line(&mut line)? > 0 {
            task.note(line.trim_end());
            if let Some(url) = url_in(&line) {
                return Ok(url.to_owned());
            }
            line.clear();
        }
        bail!("the backend stopped ({}). To run it yourself: {}", self.child.wait()?, self.command_line)
    }

    /// Prints the backend's output until it exits.
    pub(crate) fn wait(mut self) -> Result<ExitStatus> {
        self.output.lines().map_while(Result::ok).for_each(|line| println!("{line}"));
        self.child.wait().context("cannot wait for the backend")
    }

    /// Returns a handle that stops the backend from another thread.
    pub(crate) fn stop_handle(&self) -> StopHandle {
        StopHandle { id: self.child.id() }
    }
}

/// A handle that stops the backend.
pub(crate) struct StopHandle {
    id: u32,
}

impl StopHandle {
    /// Sends SIGINT: the backend completes its requests and exits.
    #[cfg(unix)]
    pub(crate) fn stop(&self) {
        use nix::sys::signal::{Signal, kill};
        if let Ok(id) = i32::try_from(self.id) {
            let _ = kill(nix::unistd::Pid::from_raw(id), Signal::SIGINT);
        }
    }

    /// Does nothing, because Ctrl-C reaches every program in a Windows console.
    #[cfg(not(unix))]
    pub(crate) fn stop(&self) {
        let _ = self.id;
    }
}

/// Extracts the URL from a line such as `Listening on http://127.0.0.1:8080`.
fn url_in(line: &str) -> Option<&str> {
    let (_, after) = line.split_once("Listening on ")?;
    after.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chooses_a_free_port_if_the_port_is_in_use() {
        let occupied = TcpListener::bind("127.0.0.1:0").unwrap();
        let requested = occupied.local_addr().unwrap();
        let chosen = free_address(requested).unwrap();
        assert_eq!(chosen.ip(), requested.ip());
        assert_ne!(chosen.port(), requested.port());
    }

    #[test]
    fn parses_the_url_in_the_output_of_the_backend() {
        assert_eq!(url_in("Listening on http://127.0.0.1:8080\n"), Some("http://127.0.0.1:8080"));
        assert_eq!(url_in("Sign in: http://127.0.0.1:8080/sign-in#x"), None);
    }
}
