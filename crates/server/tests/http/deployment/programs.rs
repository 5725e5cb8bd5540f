//! Starts programs of the system, and reads the files of `deploy`.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command};

/// A running program. Dropping it ends the program.
pub(super) struct Running(pub(super) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Fails if the program has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns the path of a file in `deploy`.
pub(super) fn deploy(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(name)
}

/// Returns the text of a file in `deploy`.
pub(super) fn read_deploy(name: &str) -> String {
    std::fs::read_to_string(deploy(name)).unwrap()
}

/// Replaces a text that must be present.
#[track_caller]
pub(super) fn replace(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} is missing in:\n{text}");
    text.replace(from, to)
}

/// Returns a command with the folders of system programs in `PATH`.
pub(super) fn system(program: &str) -> Command {
    let mut command = Command::new(program);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    command
}

/// Returns a port that is free on both loopback addresses.
pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0")).unwrap();
    listener.local_addr().unwrap().port()
}
