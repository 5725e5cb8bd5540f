//! The alerts and the dashboard in `deploy/`, with the metrics of the real server.
//!
//! The last test needs Prometheus. `cargo xtask test` installs it and names its folder in a variable.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::mail::eventually;
use crate::metrics::{LISTEN, metrics_url, scrape};
use crate::server::{agent, percent, request, wait_until};
use crate::world::{A1, World};

/// The variable with the folder of `prometheus` and `promtool`.
const FOLDER: &str = "STUDIO_USERS_TEST_PROMETHEUS";
const PREFIX: &str = "studio_users_";

struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        // Fails if it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn deploy(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(path)
}

/// Returns the expressions of the dashboard.
fn dashboard_queries() -> Vec<String> {
    let dashboard: Value =
        serde_json::from_str(&std::fs::read_to_string(deploy("grafana/studio-users.json")).unwrap()).unwrap();
    let targets =
        dashboard["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect()
}

/// Returns the expressions of the alerts.
fn alert_queries() -> Vec<String> {
    let rules = std::fs::read_to_string(deploy("prometheus/alerts.yaml")).unwrap();
    rules.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned).collect()
}

/// Returns the names of this program's metrics in a query.
fn names(query: &str) -> Vec<&str> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    query.split(|letter| !is_name(letter)).filter(|word| word.starts_with(PREFIX)).collect()
}

/// A server in which every metric has a value.
fn world() -> World {
    let world = World::with(&LISTEN);
    assert_eq!(world.administrator.invite(&["ann@x.example"], &[(A1, &["agent"])]).status, 200);
    world.wait_for_mails("ann@x.example", "/join#", 1);
    world
}

#[test]
fn every_query_names_metrics_that_exist() {
    let metrics = scrape(&world().server);
    let series = metrics.lines().filter(|line| !line.starts_with('#'));
    let existing: BTreeSet<&str> = series.filter_map(|line| line.split(['{', ' ']).next()).collect();
    let queries = [dashboard_queries(), alert_queries()].concat();
    assert!(queries.len() > 25, "{}", queries.len());
    for query in &queries {
        let names = names(query);
        assert!(!names.is_empty() || query.starts_with("up{"), "{query}");
        for name in names {
            assert!(existing.contains(name), "{name} of `{query}` is not in\n{metrics}");
        }
    }
}

#[test]
fn prometheus_scrapes_the_server_and_accepts_every_query() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let promtool = |arguments: &[&str]| {
        let output =
            Command::new(folder.join("promtool")).args(arguments).current_dir(deploy("prometheus")).output();
        let output = output.unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}");
    };
    promtool(&["check", "config", "prometheus.yaml"]);
    promtool(&["check", "rules", "alerts.yaml"]);
    promtool(&["test", "rules", "alerts_test.yaml"]);

    let world = world();
    let target = metrics_url(&world.server);
    let configuration = std::fs::read_to_string(deploy("prometheus/prometheus.yaml")).unwrap();
    let own = configuration
        .replace("15s", "1s")
        .replace(
            "\"10.0.0.11:9464\", \"10.0.0.12:9464\"",
            &format!("\"{}\"", target.trim_start_matches("http://")),
        )
        .replace("alerts.yaml", deploy("prometheus/alerts.yaml").to_str().unwrap());
    assert!(own.contains(target.trim_start_matches("http://")), "{own}");
    let data = TempDir::new().unwrap();
    std::fs::write(data.path().join("prometheus.yaml"), own).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let child = Command::new(folder.join("prometheus"))
        .arg(format!("--config.file={}", data.path().join("prometheus.yaml").display()))
        .arg(format!("--storage.tsdb.path={}", data.path().join("tsdb").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _prometheus = Stopped(child);
    let url = format!("http://127.0.0.1:{port}");
    wait_until("Prometheus is ready", || {
        agent().get(format!("{url}/-/ready")).call().is_ok_and(|ready| ready.status() == 200)
    });
    let query = |expression: &str| -> Value {
        let path = format!("/api/v1/query?query={}", percent(expression));
        request(&url, "GET", &path, &[], b"").json()
    };
    eventually(|| (query("up{job=\"studio-users\"}")["data"]["result"][0]["value"][1] == "1").then_some(()));
    eventually(|| {
        let sent = query("studio_users_mails_total{result=\"sent\"}");
        (sent["data"]["result"][0]["value"][1] == "1").then_some(())
    });
    for expression in dashboard_queries() {
        let expression = expression.replace("$__rate_interval", "1m").replace("$instance", ".*");
        let answer = query(&expression);
        assert_eq!(answer["status"], "success", "{expression}: {answer}");
    }
    let rules: Value = request(&url, "GET", "/api/v1/rules", &[], b"").json();
    let loaded = rules["data"]["groups"][0]["rules"].as_array().unwrap().len();
    assert_eq!(loaded, alert_queries().len());
}
