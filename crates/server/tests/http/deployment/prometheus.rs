//! A Prometheus with the files of `deploy`.

use std::process::Stdio;

use serde_json::Value;
use tempfile::TempDir;

use super::programs::{Running, free_port, read_deploy, replace, system};
use crate::server::{agent, percent, request, wait_until};

/// A running Prometheus that scrapes one server every second.
pub(super) struct Prometheus {
    url: String,
    _process: Running,
    _data: TempDir,
}

impl Prometheus {
    /// Starts it for the metrics at a URL, with these alerts.
    pub(super) fn start(metrics: &str, alerts: &str) -> Self {
        let data = TempDir::new().unwrap();
        let (file, rules) = (data.path().join("prometheus.yaml"), data.path().join("alerts.yaml"));
        let target = metrics.replace("http://", "");
        let configuration = replace(&read_deploy("prometheus/prometheus.yaml"), "15s", "1s");
        let configuration =
            replace(&configuration, "\"10.0.0.11:9464\", \"10.0.0.12:9464\"", &format!("\"{target}\""));
        std::fs::write(&file, configuration).unwrap();
        std::fs::write(&rules, alerts).unwrap();
        let port = free_port();
        let process = system("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", data.path().join("tsdb").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let prometheus =
            Self { url: format!("http://127.0.0.1:{port}"), _process: Running(process), _data: data };
        wait_until("Prometheus is ready", || {
            agent().get(format!("{}/-/ready", prometheus.url)).call().is_ok_and(|ready| ready.status() == 200)
        });
        prometheus
    }

    /// Returns the answer to a query.
    pub(super) fn query(&self, expression: &str) -> Value {
        self.get(&format!("/api/v1/query?query={}", percent(expression)))
    }

    /// Returns the alerting rules that are loaded.
    pub(super) fn rules(&self) -> Vec<Value> {
        self.get("/api/v1/rules")["data"]["groups"][0]["rules"].as_array().unwrap().clone()
    }

    /// Whether an alert fires.
    pub(super) fn has_alert(&self, name: &str) -> bool {
        let firing = format!("ALERTS{{alertname=\"{name}\",alertstate=\"firing\"}}");
        self.query(&firing)["data"]["result"].as_array().is_some_and(|found| !found.is_empty())
    }

    /// Waits until an alert fires.
    #[track_caller]
    pub(super) fn wait_for_alert(&self, name: &str) {
        wait_until(&format!("the alert {name} fires"), || self.has_alert(name));
    }

    fn get(&self, path: &str) -> Value {
        request(&self.url, "GET", path, &[], b"").json()
    }
}
