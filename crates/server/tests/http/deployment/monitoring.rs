//! The alerts and the dashboard, with the metrics of the real server.

use std::collections::BTreeSet;

use serde_json::Value;

use super::programs::{deploy, read_deploy, system};
use super::prometheus::Prometheus;
use crate::mail::eventually;
use crate::metrics::{LISTEN, metrics_url, scrape};
use crate::world::{A1, World};

/// The beginnings of the names of this program's metrics.
const PREFIXES: [&str; 2] = ["studio_users_", "process_"];

/// Returns the expressions of the dashboard.
fn dashboard_queries() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&read_deploy("grafana/studio-users.json")).unwrap();
    let targets =
        dashboard["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect()
}

/// Returns the expressions of the alerts.
fn alert_queries() -> Vec<String> {
    let rules = read_deploy("prometheus/alerts.yaml");
    rules.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned).collect()
}

/// Returns the names of this program's metrics in a query.
fn names(query: &str) -> Vec<&str> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    query
        .split(|letter| !is_name(letter))
        .filter(|word| PREFIXES.iter().any(|prefix| word.starts_with(prefix)))
        .collect()
}

/// A server in which every metric has a value.
fn world() -> World {
    let world = World::with(&[&LISTEN[..], &["--audit-export", "syslog:/no-such-socket"]].concat());
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
#[ignore = "needs Prometheus: see `deployment`"]
fn prometheus_scrapes_the_server_and_accepts_every_query() {
    for arguments in [
        ["check", "config", "prometheus.yaml"],
        ["check", "rules", "alerts.yaml"],
        ["test", "rules", "alerts_test.yaml"],
    ] {
        let output = system("promtool").args(arguments).current_dir(deploy("prometheus")).output().unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}");
    }

    let world = world();
    let prometheus = Prometheus::start(&metrics_url(&world.server), &read_deploy("prometheus/alerts.yaml"));
    let query = |expression: &str| prometheus.query(expression);
    for expression in ["up{job=\"studio-users\"}", "studio_users_mails_total{result=\"sent\"}"] {
        eventually(|| (query(expression)["data"]["result"][0]["value"][1] == "1").then_some(()));
    }
    for expression in dashboard_queries() {
        let answer = query(&expression.replace("$__rate_interval", "1m").replace("$instance", ".*"));
        assert_eq!(answer["status"], "success", "{expression}: {answer}");
    }
    assert_eq!(prometheus.rules().len(), alert_queries().len());
}
