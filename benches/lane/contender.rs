//! What a contender has of its own: topics, an address, and what needle wrote to its topics.

use std::net::TcpListener;

use crate::backlog::PARTITIONS;
use crate::child::{self, Runner};
use crate::tests::{Broker, Settings, http};

/// The default rules, on topics of its own but for the events.
pub fn settings(broker: &Broker, events: &str, lanes: i64) -> Settings {
    let own = Settings::on(broker, broker.unique_topic("bench"), events.into(), "").set("service", "lanes", lanes);
    own.outputs().iter().for_each(|topic| broker.create_topic(topic, PARTITIONS as i32, &[]));
    own
}

pub fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

pub const PAUSE: &str = "needle_snapshot_pause_seconds";

/// The first value of a metric; 0 where it is not there.
pub fn metric(metrics: &str, name: &str) -> f64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim().parse::<f64>().ok()).unwrap_or(0.0)
}

/// How many snapshots needle has written, and what their copying has cost its lanes.
pub fn snapshots(address: &str) -> String {
    let (_, metrics) = http::get(address, "/metrics").expect("metrics");
    let of = |name: &str| metric(&metrics, name);
    let pauses = of(&format!("{PAUSE}_count"));
    let buckets = metrics.lines().filter_map(|line| {
        let (le, count) = line.strip_prefix(&format!("{PAUSE}_bucket{{le=\""))?.split_once("\"}")?;
        Some((le.to_owned(), count.trim().parse::<f64>().ok()?))
    });
    let longest = buckets.into_iter().find(|(_, count)| *count >= pauses).map_or_else(String::new, |(le, _)| le);
    format!(
        "{} written, {pauses} slices of {:.0} µs, none longer than {longest} s",
        of("needle_snapshots_total{result=\"saved\"}"),
        1e6 * of(&format!("{PAUSE}_sum")) / pauses.max(1.0),
    )
}

/// What needle wrote for the pass-through to write as well.
pub struct Written {
    pub settings: Settings,
    pub changes_per_event: f64,
    pub jumps_per_event: f64,
}

impl Written {
    /// Asks needle, which has worked on `events`.
    pub fn learn(address: &str, settings: &Settings, events: usize) -> Self {
        let (_, metrics) = http::get(address, "/metrics").expect("metrics");
        let per_event = |name: &str| {
            let lines = metrics.lines().filter(|line| line.starts_with(name));
            let counts = lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
            // Not `sum`: that of nothing is -0, which is no argument.
            counts.fold(0.0, |sum, count| sum + count) / events as f64
        };
        let (changes_per_event, jumps_per_event) =
            (per_event("needle_score_changes_total{"), per_event("needle_score_jumps_total{"));
        assert!(changes_per_event > 0.0, "needle said nothing:\n{metrics}");
        Self { settings: settings.clone(), changes_per_event, jumps_per_event }
    }

    /// The pass-through that writes as much, in transactions of this length.
    pub fn pass_through(&self, settings: &Settings, interval_ms: u64) -> Runner {
        let Self { settings: model, changes_per_event, jumps_per_event } = self;
        let numbers = [interval_ms.to_string(), changes_per_event.to_string(), jumps_per_event.to_string()];
        let [interval_ms, changes, jumps] = numbers.each_ref().map(String::as_str);
        let arguments = [interval_ms, &model.score_changes, &model.score_jumps, changes, jumps];
        Runner::role(child::PASS_THROUGH, settings, &arguments)
    }
}
