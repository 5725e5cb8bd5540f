//! The backend: built by cargo, started with demo data.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus};

use anyhow::{Context, Result, bail};

use crate::{page, process, workspace};

const PACKAGE: &str = "studio-users-server";

/// Builds the backend; the optimised one holds the page that was built before.
pub(crate) fn build_command(release: bool) -> Command {
    let mut cargo = process::cargo(["build", "--package", PACKAGE]);
    if release {
        cargo.args(["--release", "--features", "embed-page"]);
    }
    cargo
}

/// Builds the optimised backend that serves a folder of pages.
pub(crate) fn build_release_command() -> Command {
    process::cargo(["build", "--package", PACKAGE, "--release"])
}

/// The backend's program.
pub(crate) fn program(release: bool) -> Result<PathBuf> {
    let folder = workspace::target_dir()?.join(if release { "release" } else { "debug" });
    Ok(folder.join(format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX)))
}

/// The address, or where that is taken another port of the same interface.
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
    by_hand: String,
}

impl Server {
    /// Starts the backend with demo data.
    pub(crate) fn start(release: bool, demo: u32, listen: SocketAddr) -> Result<Self> {
        // Data of its own for each size, as a size is made once.
        let data = workspace::target_dir()?.join(format!("demo-data-{demo}"));
        let mut command = process::command(program(release)?);
        command.arg("serve").args(["--demo", &demo.to_string(), "--listen", &listen.to_string()]);
        command.arg("--data").arg(data);
        if !release {
            command.arg("--page").arg(page::dist());
        }
        // Out of the terminal's group: Ctrl-C reaches this program, which stops the backend once.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);

        let mut child = process::start(&mut command)?;
        let output = BufReader::new(child.stdout.take().context("the backend has no output")?);
        Ok(Self { child, output, by_hand: process::by_hand(&command) })
    }

    /// Waits until the backend listens, passes on what it prints, and returns the address to go to.
    pub(crate) fn wait_until_listening(&mut self) -> Result<String> {
        let mut line = String::new();
        while self.output.read_line(&mut line)? > 0 {
            print!("{line}");
            if let Some(url) = url_in(&line) {
                return Ok(url.to_owned());
            }
            line.clear();
        }
        bail!("the backend stopped ({}), by hand: {}", self.child.wait()?, self.by_hand)
    }

    /// Waits until the backend has stopped, and passes on what it prints.
    pub(crate) fn wait(mut self) -> Result<ExitStatus> {
        self.output.lines().map_while(Result::ok).for_each(|line| println!("{line}"));
        self.child.wait().context("waiting for the backend failed")
    }

    /// What stops the backend from another thread.
    pub(crate) fn stopper(&self) -> Stopper {
        Stopper { id: self.child.id() }
    }
}

/// Stops a backend.
pub(crate) struct Stopper {
    id: u32,
}

impl Stopper {
    /// Asks it to end what it is doing and to stop.
    #[cfg(unix)]
    pub(crate) fn stop(&self) {
        use nix::sys::signal::{Signal, kill};
        if let Ok(id) = i32::try_from(self.id) {
            let _ = kill(nix::unistd::Pid::from_raw(id), Signal::SIGINT);
        }
    }

    /// Ctrl-C reaches every program of a Windows console, so it has been asked already.
    #[cfg(not(unix))]
    pub(crate) fn stop(&self) {
        let _ = self.id;
    }
}

/// The address in a line such as `Listening on http://127.0.0.1:8080`.
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
