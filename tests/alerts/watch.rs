//! A real Prometheus with the rules of `k8s`, in a hurry; and events that keep it supplied.

use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::ops_support::promql::{HURRY, hurried, hurried_query};
use crate::ops_support::{rules, tool, write};
use crate::support::needle::free_address;
use crate::support::{Broker, Draft, Leash, Settings, eventually, http};

/// How long an alert may take. The slowest one needs 33 s by its own windows.
const PATIENCE: Duration = Duration::from_secs(150);
/// What a ServiceMonitor says, in a hurry.
const INTERVAL_MS: u64 = 15_000 / HURRY;

/// Killed on drop, and when the test process ends in any other way.
pub struct Prometheus {
    child: Child,
    leash: Leash,
    address: String,
    _directory: tempfile::TempDir,
}

impl Prometheus {
    /// Scrapes this address as the job `needle`; returns when the first scrape has succeeded.
    pub fn watching(needle: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let interval = format!("{INTERVAL_MS}ms");
        let configuration = json!({
            "global": { "scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval },
            "rule_files": ["rules.json"],
            "scrape_configs": [{ "job_name": "needle", "static_configs": [{ "targets": [needle] }] }],
        });
        write(directory.path(), "rules.json", in_a_hurry().to_string());
        // JSON is YAML.
        write(directory.path(), "prometheus.yml", configuration.to_string());
        let address = free_address();
        let mut command =
            tool(&["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--log.level=warn"]);
        command.arg(format!("--web.listen-address={address}")).current_dir(directory.path());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("Prometheus starts");
        let leash = Leash::on(child.id());
        let prometheus = Self { child, leash, address, _directory: directory };
        // Prometheus takes seconds until it looks for anybody, and that is minutes here: needle is rightly missed until then.
        let seen =
            || (prometheus.try_ask("up == 1")?.len() == 1 && prometheus.alerts("NeedleDown").is_empty()).then_some(());
        eventually("the first scrape", PATIENCE, seen);
        prometheus
    }

    /// The series that a query has now.
    pub fn ask(&self, query: &str) -> Vec<Value> {
        self.try_ask(query).unwrap_or_else(|| panic!("no answer to {query}"))
    }

    fn try_ask(&self, query: &str) -> Option<Vec<Value>> {
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let (_, body) = http::get(&self.address, &format!("/api/v1/query?query={encoded}")).ok()?;
        let answer: Value = serde_json::from_str(&body).ok()?;
        assert_eq!(answer["status"], "success", "{query}: {body}");
        answer["data"]["result"].as_array().cloned()
    }

    /// Alerts of this name that are pending or firing.
    pub fn alerts(&self, name: &str) -> Vec<Value> {
        let (_, body) = http::get(&self.address, "/api/v1/alerts").expect("Prometheus answers");
        let answer: Value = serde_json::from_str(&body).expect("JSON");
        let all = answer["data"]["alerts"].as_array().expect("alerts");
        all.iter().filter(|alert| alert["labels"]["alertname"] == name).cloned().collect()
    }

    /// Goes on with `meanwhile` until the alert fires, and returns it.
    pub fn await_firing(&self, name: &str, mut meanwhile: impl FnMut()) -> Value {
        eventually(&format!("{name} fires"), PATIENCE, || {
            meanwhile();
            self.alerts(name).into_iter().find(|alert| alert["state"] == "firing")
        })
    }

    /// Goes on with `meanwhile` until Prometheus has seen this, with the alert silent at every look.
    pub fn silent_until(&self, name: &str, query: &str, mut meanwhile: impl FnMut()) {
        eventually(query, PATIENCE, || {
            meanwhile();
            assert_eq!(self.alerts(name), Vec::<Value>::new());
            (!self.ask(query).is_empty()).then_some(())
        })
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        self.leash.release();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The rules of `k8s`, with every duration as many times shorter.
fn in_a_hurry() -> Value {
    let mut groups = rules();
    for group in groups["groups"].as_array_mut().expect("groups") {
        for rule in group["rules"].as_array_mut().expect("rules") {
            rule["expr"] = hurried_query(rule["expr"].as_str().expect("a query")).into();
            if let Some(wait) = rule.get("for").and_then(Value::as_str) {
                rule["for"] = hurried(wait).into();
            }
        }
    }
    groups
}

/// Milliseconds since 1970, now.
fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
    since.as_millis() as i64
}

/// Writes a page view of a new lead to each partition.
pub fn page_views(broker: &Broker, settings: &Settings, partitions: i32) {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    for partition in 0..partitions {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let event = json!({ "type": "page", "userId": format!("u-{number}"), "messageId": format!("m-{number}"),
            "properties": { "path": "/pricing" } });
        broker.produce(&settings.events, partition, &[Draft::new(now_ms(), &format!("u-{number}"), event.to_string())]);
    }
}

/// Writes a record that nobody can read.
pub fn poison(broker: &Broker, settings: &Settings) {
    broker.produce(&settings.events, 0, &[Draft::new(now_ms(), "u-0", "{\"type\":")]);
}
