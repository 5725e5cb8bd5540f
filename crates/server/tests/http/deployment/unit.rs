//! The systemd unit.

use std::process::{Command, Output};

use tempfile::TempDir;

use super::programs::{read_deploy, replace};

/// The greatest accepted exposure, in tenths: `systemd-analyze security` rates an unprotected service with 96.
const MAX_EXPOSURE: &str = "20";

/// Copies the unit and its drop-in to a folder like /etc/systemd/system, with a program that exists.
fn install() -> TempDir {
    let folder = TempDir::new().unwrap();
    let unit = replace(
        &read_deploy("systemd/studio-users.service"),
        "/usr/local/bin/studio-users-server",
        env!("CARGO_BIN_EXE_studio-users-server"),
    );
    std::fs::write(folder.path().join("studio-users.service"), unit).unwrap();
    let drop_ins = folder.path().join("studio-users.service.d");
    std::fs::create_dir(&drop_ins).unwrap();
    std::fs::write(drop_ins.join("postgresql.conf"), read_deploy("systemd/postgresql.conf")).unwrap();
    folder
}

fn analyze(folder: &TempDir, arguments: &[&str]) -> Output {
    let unit = folder.path().join("studio-users.service");
    Command::new("systemd-analyze").args(arguments).arg(unit).output().unwrap()
}

#[test]
#[ignore = "needs systemd: see `deployment`"]
fn systemd_accepts_the_unit() {
    let output = analyze(&install(), &["verify", "--man=no"]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !message.contains("studio-users"), "{message}");
}

#[test]
#[ignore = "needs systemd: see `deployment`"]
fn the_unit_restricts_the_service() {
    let threshold = format!("--threshold={MAX_EXPOSURE}");
    let output = analyze(&install(), &["security", "--offline=true", &threshold]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("Overall exposure level"), "{text}");
}
