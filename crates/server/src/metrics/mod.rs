//! The metrics of the process, in the format of [OpenMetrics](https://prometheus.io/docs/specs/om/open_metrics_spec/).
//!
//! Counters and histograms are updated where something happens. Gauges are set before each scrape (`gauges.rs`). No label
//! has a value from a request, so the number of series is limited.

mod gauges;
mod process;

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use gauges::Gauges;
pub(crate) use gauges::{DatabaseReadings, DirectoryState, JobCount, JobState, Readings};
use process::Process;

/// The prefix of the names of this product.
const PREFIX: &str = "studio_users";
/// The limits of the buckets of responses, in seconds.
const RESPONSE_SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// The limits of the buckets of the wait for the write lock, in seconds. A change waits at most five.
const WAIT_SECONDS: [f64; 8] = [0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0];

/// The metrics of the process.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    responses: Family<RouteLabels, Histogram>,
    write_waits: Histogram,
    writes_given_up: Counter,
    mails: Family<MailLabels, Counter>,
    gauges: Gauges,
    process: Process,
}

/// The result of an attempt to send a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailResult {
    /// The mail server has taken it.
    Sent,
    /// The mail server has refused it for good.
    Refused,
    /// It will be tried again.
    Retried,
    /// It was tried for a day.
    GivenUp,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    method: &'static str,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MailLabels {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuildLabels {
    version: &'static str,
}

impl MailResult {
    /// All results.
    const ALL: [Self; 4] = [Self::Sent, Self::Refused, Self::Retried, Self::GivenUp];

    const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Retried => "retried",
            Self::GivenUp => "given_up",
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut root = Registry::default();
        let process = Process::register(&mut root);
        let registry = root.sub_registry_with_prefix(PREFIX);
        let requests = Family::default();
        let responses = Family::new_with_constructor(response_histogram as fn() -> Histogram);
        let write_waits = Histogram::new(WAIT_SECONDS);
        let writes_given_up = Counter::default();
        let mails = Family::<MailLabels, Counter>::default();
        registry.register("http_requests", "Requests, by route and status.", requests.clone());
        let help = "Time until the response began, by route.";
        registry.register_with_unit("http_response", help, Unit::Seconds, responses.clone());
        let help = "Time that changes waited for the write lock.";
        registry.register_with_unit("write_wait", help, Unit::Seconds, write_waits.clone());
        registry.register(
            "writes_given_up",
            "Changes that waited too long for the write lock.",
            writes_given_up.clone(),
        );
        registry.register("mails", "Attempts to send e-mails, by result.", mails.clone());
        let build = Family::<BuildLabels, Gauge>::default();
        build.get_or_create(&BuildLabels { version: env!("CARGO_PKG_VERSION") }).set(1);
        registry.register("build_info", "The version of the program.", build);
        // Alerts need the series before the first failure.
        for result in MailResult::ALL {
            mails.get_or_create(&MailLabels { result: result.name() }).inc_by(0);
        }
        let gauges = Gauges::register(registry);
        Self { registry: root, requests, responses, write_waits, writes_given_up, mails, gauges, process }
    }
}

impl Metrics {
    /// Counts a request whose response has begun after this time.
    pub(crate) fn count_request(&self, method: &str, route: &str, status: u16, time: Duration) {
        let (method, route) = (method_label(method), route.to_owned());
        let labels = RequestLabels { method, route: route.clone(), status };
        self.requests.get_or_create(&labels).inc();
        self.responses.get_or_create(&RouteLabels { method, route }).observe(time.as_secs_f64());
    }

    /// Counts a change that waited this long for the write lock.
    pub(crate) fn count_write(&self, wait: Duration) {
        self.write_waits.observe(wait.as_secs_f64());
    }

    /// Counts a change that waited too long for the write lock.
    pub(crate) fn count_write_given_up(&self) {
        self.writes_given_up.inc();
    }

    /// Counts an attempt to send a mail.
    pub(crate) fn count_mail(&self, result: MailResult) {
        self.mails.get_or_create(&MailLabels { result: result.name() }).inc();
    }

    /// Returns all metrics as text.
    pub(crate) fn encode(&self, readings: &Readings) -> Result<String, std::fmt::Error> {
        self.gauges.set(readings);
        self.process.set();
        let mut encoded = String::new();
        text::encode(&mut encoded, &self.registry)?;
        Ok(encoded)
    }
}

fn response_histogram() -> Histogram {
    Histogram::new(RESPONSE_SECONDS)
}

/// Returns the label of a method. A client can send any other word.
fn method_label(method: &str) -> &'static str {
    ["GET", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "PUT"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_what_was_counted() {
        let metrics = Metrics::default();
        metrics.count_request("GET", "/api/v1/users", 200, Duration::from_millis(4));
        metrics.count_request("GET", "/api/v1/users", 503, Duration::from_millis(40));
        metrics.count_request("BREW", "unknown", 404, Duration::ZERO);
        metrics.count_write(Duration::from_millis(3));
        metrics.count_mail(MailResult::GivenUp);
        let readings = |database| Readings {
            database,
            event_streams: 3,
            free_disk_bytes: None,
            directory: DirectoryState::Loading,
        };
        let text = metrics.encode(&readings(None)).unwrap();
        for line in [
            r#"studio_users_http_requests_total{method="GET",route="/api/v1/users",status="200"} 1"#,
            r#"studio_users_http_requests_total{method="other",route="unknown",status="404"} 1"#,
            r#"studio_users_http_response_seconds_bucket{le="0.005",method="GET",route="/api/v1/users"} 1"#,
            r#"studio_users_http_response_seconds_count{method="GET",route="/api/v1/users"} 2"#,
            r#"studio_users_write_wait_seconds_bucket{le="0.005"} 1"#,
            r#"studio_users_mails_total{result="given_up"} 1"#,
            r#"studio_users_mails_total{result="sent"} 0"#,
            "studio_users_database_read 0",
            "studio_users_event_streams 3",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));

        let job = JobCount {
            kind: "mail",
            state: JobState::Retrying,
            count: 2,
            overdue: Some(Duration::from_secs(9)),
        };
        let database = DatabaseReadings {
            jobs: vec![job],
            sessions: 7,
            bytes: 4_096,
            audit_exports: vec![("syslog:/dev/log".into(), 3)],
        };
        let lines = [
            r#"studio_users_jobs{kind="mail",state="retrying"} 2"#,
            r#"studio_users_job_overdue_seconds{kind="mail"} 9"#,
            "studio_users_sessions 7",
            "studio_users_database_size_bytes 4096",
            r#"studio_users_audit_export_waiting{target="syslog:/dev/log"} 3"#,
        ];
        let text = metrics.encode(&readings(Some(database))).unwrap();
        assert!(lines.iter().all(|line| text.lines().any(|found| found == *line)), "{text}");
        // Values that cannot be read disappear.
        let text = metrics.encode(&readings(None)).unwrap();
        assert!(!lines.iter().any(|line| text.contains(line)), "{text}");
        assert!(!text.contains("studio_users_disk_free_bytes "), "{text}");
    }
}
