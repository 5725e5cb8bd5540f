//! Probes and metrics.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::mail::eventually;
use crate::server::{ALIVE, READY, Response, Server, binary, error_of, request, wait_until};
use crate::smtp::{MailServer, Stage};
use crate::world::{A1, World, with_id};

pub(crate) const LISTEN: [&str; 2] = ["--metrics-listen", "127.0.0.1:0"];

/// Returns the URL of the metrics, from the log.
pub(crate) fn metrics_url(server: &Server) -> String {
    server.wait_for_log("metrics are served");
    let log = server.log();
    let line = log.lines().find(|line| line.contains("metrics are served")).unwrap();
    format!("http://{}", line.split_once("address=").unwrap().1.trim())
}

pub(crate) fn scrape(server: &Server) -> String {
    let response = request(&metrics_url(server), "GET", "/metrics", &[], b"");
    assert_eq!(response.status, 200);
    assert!(response.header("content-type").starts_with("application/openmetrics-text"));
    response.text()
}

/// Returns the value of a series.
fn value(metrics: &str, series: &str) -> Option<f64> {
    let line = metrics.lines().find_map(|line| line.strip_prefix(&format!("{series} ")))?;
    line.parse().ok()
}

fn check(report: &Response, name: &str) -> Value {
    let report: Value = report.json();
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{name}: {report}")).clone()
}

#[test]
fn counts_what_happens() {
    let world = World::with(&LISTEN);
    let admin = &world.administrator;
    assert_eq!(admin.invite(&["ann@x.example", "bob@x.example"], &[(A1, &["agent"])]).status, 200);
    let (ann, bob) = (admin.id_of("ann@x.example"), admin.id_of("bob@x.example"));
    for user in [&ann, &bob] {
        assert_eq!(admin.get(&with_id(path::USER, user)).status, 200);
    }
    assert_eq!(request(&world.server.url, "GET", path::NODES, &[], b"").status, 401);
    world.wait_for_mails("bob@x.example", "/join#", 1);
    let metrics = scrape(&world.server);
    let requests = |method: &str, route: &str, status: u16| {
        let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
        value(&metrics, &format!("studio_users_http_requests_total{{{labels}}}"))
    };
    assert_eq!(requests("GET", path::USER, 200), Some(2.0), "{metrics}");
    assert_eq!(requests("GET", path::NODES, 401), Some(1.0), "{metrics}");
    assert!(value(&metrics, "studio_users_write_wait_seconds_count").unwrap() > 0.0);
    assert!(value(&metrics, "studio_users_mails_total{result=\"sent\"}").unwrap() >= 2.0);
    assert!(value(&metrics, "studio_users_sessions").unwrap() >= 1.0);
    assert_eq!(value(&metrics, "studio_users_event_streams"), Some(0.0));
    for series in [
        "studio_users_database_size_bytes",
        "studio_users_disk_free_bytes",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_max_fds",
    ] {
        assert!(value(&metrics, series).unwrap() > 0.0, "{series}: {metrics}");
    }
    for kind in ["bulk", "invitations", "mail", "retention"] {
        for state in ["waiting", "running", "retrying"] {
            assert!(
                value(&metrics, &format!("studio_users_jobs{{kind=\"{kind}\",state=\"{state}\"}}")).is_some(),
                "{metrics}"
            );
        }
    }
    assert_eq!(value(&metrics, "studio_users_database_read"), Some(1.0));
    eventually(|| {
        (value(&scrape(&world.server), "studio_users_directory_in_memory") == Some(1.0)).then_some(())
    });
    for secret in [&ann, &bob, "x.example"] {
        assert!(!metrics.contains(secret), "{secret}");
    }
}

#[test]
fn metrics_and_probes_respond_while_the_database_fails() {
    let world = World::with(&LISTEN);
    assert_eq!(check(&world.server.request("GET", READY, &[], b""), "database")["status"], "ok");
    world.server.execute("ALTER TABLE jobs RENAME TO lost_jobs");
    wait_until("the server is not ready", || world.server.request("GET", READY, &[], b"").status == 503);
    let report = world.server.request("GET", READY, &[], b"");
    assert_eq!(check(&report, "database")["status"], "failed");
    let url = metrics_url(&world.server);
    assert_eq!(request(&url, "GET", READY, &[], b"").status, 503);
    assert_eq!(request(&url, "GET", ALIVE, &[], b"").text(), "ok\n");
    let metrics = scrape(&world.server);
    assert_eq!(value(&metrics, "studio_users_database_read"), Some(0.0));
    assert_eq!(value(&metrics, "studio_users_sessions"), None, "no value is outdated");
    assert_eq!(value(&metrics, "studio_users_event_streams"), Some(0.0));
}

#[test]
fn mail_that_does_not_leave_is_a_warning() {
    let mails = MailServer::start();
    mails.answer("full@x.example", Stage::Recipient, "452 4.2.2 mailbox full");
    let world = World::with(&["--smtp", &mails.url(), LISTEN[0], LISTEN[1]]);
    assert_eq!(world.administrator.invite(&["full@x.example"], &[(A1, &["agent"])]).status, 200);
    let is_warning = || check(&world.server.request("GET", READY, &[], b""), "mail")["status"] == "warning";
    wait_until("the check of the mail warns", is_warning);
    let report = world.server.request("GET", READY, &[], b"");
    assert_eq!((report.status, report.json::<Value>()["status"].clone()), (200, json!("warning")));
    assert!(!report.text().contains("x.example"));
    let metrics = scrape(&world.server);
    assert_eq!(
        value(&metrics, "studio_users_jobs{kind=\"mail\",state=\"retrying\"}"),
        Some(1.0),
        "{metrics}"
    );
    assert_eq!(value(&metrics, "studio_users_mails_total{result=\"retried\"}"), Some(1.0), "{metrics}");
}

#[test]
fn the_api_serves_no_metrics() {
    let server = Server::start(&["--demo", "40", LISTEN[0], LISTEN[1]]);
    assert!(!request(&server.url, "GET", "/metrics", &[], b"").text().contains("studio_users_"));
}

#[test]
fn silent_connections_to_the_metrics_are_limited() {
    let server = Server::start(&["--demo", "40", LISTEN[0], LISTEN[1]]);
    let url = metrics_url(&server);
    let open_files = |metrics: &str| value(metrics, "process_open_fds").unwrap();
    let before = open_files(&scrape(&server));
    let connect = || TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let silent: Vec<_> = (0..64).map(|_| connect()).collect();
    let after = open_files(&scrape(&server));
    assert!(after < before + 32.0, "{before} file descriptors, then {after}");
    server.wait_for_log("all connections of the metrics are in use");
    for mut stream in silent {
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        assert_eq!(stream.read(&mut [0]).expect("the server closes the connection"), 0);
    }
}

/// The connections of the metrics have file descriptors of their own.
#[test]
#[cfg(target_os = "linux")]
fn the_connections_of_the_metrics_are_part_of_the_descriptor_limit() {
    let limited = |arguments: &[&str]| {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n 400; exec \"$@\"", "sh"]).arg(binary().get_program());
        let server = Server::start_with(command, tempfile::TempDir::new().unwrap(), arguments);
        server.wait_for_log("too few open files");
        let log = server.log();
        let line = log.lines().find(|line| line.contains("too few open files")).unwrap();
        line.split_once("connections=").unwrap().1.split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(limited(&["--demo", "40"]), "272");
    assert_eq!(limited(&["--demo", "40", LISTEN[0], LISTEN[1]]), "256");
}

#[test]
fn a_taken_port_is_an_error_at_the_start() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::TempDir::new().unwrap();
    let error = error_of(data.path(), &["serve", "--listen", "127.0.0.1:0", "--metrics-listen", &address]);
    assert!(error.contains(&format!("cannot listen on {address} for the metrics")), "{error}");
}
