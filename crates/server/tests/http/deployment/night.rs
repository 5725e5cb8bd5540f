//! A night of errors: what the log, the probe, the metrics and the alerts show for each. The alerts fire at once here; in
//! `deploy`, most wait for some minutes. `docs/operations.md` has the results as a table.

use std::cell::Cell;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::programs::{Running, free_port, read_deploy};
use super::prometheus::Prometheus;
use crate::database::use_files;
use crate::metrics::{LISTEN, metrics_url, scrape};
use crate::processes::Cluster;
use crate::server::{READY, Server, binary, wait_until};
use crate::world::{A1, World};

/// Starts Prometheus with alerts that do not wait.
fn watch(server: &Server) -> Prometheus {
    let wait = |line: &str| line.trim_start().starts_with("for: ");
    let rules = read_deploy("prometheus/alerts.yaml");
    let alerts: Vec<&str> = rules.lines().filter(|line| !wait(line)).collect();
    Prometheus::start(&metrics_url(server), &alerts.join("\n"))
}

/// Returns the state of a check of the readiness probe, and the status of the response.
fn check(server: &Server, name: &str) -> (u16, String) {
    let response = server.request("GET", READY, &[], b"");
    let report: Value = response.json();
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == name);
    (response.status, check.map(|check| check["status"].as_str().unwrap().to_owned()).unwrap_or_default())
}

#[track_caller]
fn wait_for_check(server: &Server, name: &str, expected: (u16, &str)) {
    wait_until(&format!("{name} is {expected:?}"), || {
        check(server, name) == (expected.0, expected.1.to_owned())
    });
}

/// Returns the command of a server whose data folder is a file system of its own, with little space.
fn on_small_disk(data: &Path) -> Command {
    // The write-ahead log alone takes up to 4 MB.
    let size = 6 << 20;
    let mut command = Command::new("bwrap");
    command
        .args(["--dev-bind", "/", "/", "--die-with-parent", "--size", &size.to_string(), "--tmpfs"])
        .arg(data)
        .arg(env!("CARGO_BIN_EXE_studio-users-server"));
    command
}

#[test]
#[ignore = "needs Prometheus and bubblewrap: see `deployment`"]
fn a_full_disk() {
    use_files();
    let data = TempDir::new().unwrap();
    let command = on_small_disk(data.path());
    let server = Server::start_with(command, data, &LISTEN);
    let mut client = server.client();
    assert_eq!(client.sign_in(&server.token()).status, 201);
    let prometheus = watch(&server);
    // Each change needs space. No response is a success that was not stored.
    let rename = |number: usize| {
        let name = "x".repeat(60) + &number.to_string();
        client.patch(studio_users_contract::path::SESSION, &serde_json::json!({ "name": name })).status
    };
    let full = (0..20_000).find(|&number| rename(number) != 200).expect("the disk is full at some time");
    assert_eq!(rename(full), 503);
    assert!(server.log().contains("full"), "{}", server.log());
    wait_for_check(&server, "writer", (503, "failed"));
    assert_eq!(check(&server, "disk").1, "warning");
    assert_eq!(server.request("GET", crate::server::ALIVE, &[], b"").status, 200);
    assert!(scrape(&server).contains("studio_users_disk_free_bytes"));
    prometheus.wait_for_alert("StudioUsersDiskLow");
    let number = Cell::new(full);
    wait_until("the alert about errors fires", || {
        number.set(number.get() + 1);
        assert_ne!(rename(number.get()), 200);
        prometheus.has_alert("StudioUsersErrors")
    });
}

#[test]
#[ignore = "needs Prometheus and PostgreSQL: see `deployment`"]
fn a_database_that_is_gone() {
    let Some(cluster) = Cluster::start() else { return };
    let mut command = binary();
    command.env("STUDIO_USERS_DATABASE", cluster.url());
    let server = Server::start_with(command, TempDir::new().unwrap(), &LISTEN);
    let prometheus = watch(&server);
    wait_for_check(&server, "database", (200, "ok"));
    cluster.stop();
    wait_for_check(&server, "database", (503, "failed"));
    server.wait_for_log("unreachable");
    prometheus.wait_for_alert("StudioUsersDatabaseUnreadable");
    cluster.start_again();
    wait_for_check(&server, "database", (200, "ok"));
}

/// Invites a user, whose mail cannot leave. Returns the log of the server.
fn mail_that_stays(world: &World) -> String {
    let prometheus = watch(&world.server);
    assert_eq!(world.administrator.invite(&["ann@x.example"], &[(A1, &["agent"])]).status, 200);
    wait_for_check(&world.server, "mail", (200, "warning"));
    prometheus.wait_for_alert("StudioUsersMailWaiting");
    assert!(scrape(&world.server).contains("studio_users_mails_total{result=\"retried\"}"));
    world.server.log()
}

#[test]
#[ignore = "needs Prometheus: see `deployment`"]
fn a_mail_server_that_is_down() {
    let url = format!("smtp://127.0.0.1:{}", free_port());
    let log = mail_that_stays(&World::with(&["--smtp", &url, LISTEN[0], LISTEN[1]]));
    assert!(log.contains("Connection refused"), "{log}");
}

#[test]
#[ignore = "needs Prometheus and OpenSSL: see `deployment`"]
fn a_mail_server_whose_certificate_has_expired() {
    let tls = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls");
    let port = free_port();
    let _mails = Running(
        Command::new("openssl")
            .args(["s_server", "-quiet", "-accept", &port.to_string()])
            .arg("-cert")
            .arg(tls.join("expired.pem"))
            .arg("-key")
            .arg(tls.join("expired.key"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    wait_until("the mail server listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    let mut command = binary();
    command.env("SSL_CERT_FILE", tls.join("ca.pem"));
    let url = format!("smtps://localhost:{port}");
    let world = World::with_command(command, &["--smtp", &url, LISTEN[0], LISTEN[1]]);
    let log = mail_that_stays(&world);
    assert!(log.contains("expired"), "{log}");
}
