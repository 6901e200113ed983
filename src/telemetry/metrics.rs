//! What Prometheus sees. Names, labels and units are an interface.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use prometheus::core::Collector;
use prometheus::{Encoder, Histogram, IntCounter, IntCounterVec, IntGaugeVec, Registry, TextEncoder, linear_buckets};

use super::drift::Drift;
use super::families::{Described, Families, counter, counters, gauges, histogram, seconds};
use super::observe::wall_ms;
use crate::registry::Standing;
use crate::wire::change::Cause;
use crate::wire::fault::Reason;

/// Tenants that have series of their own. Their names come from outside, and a series lasts as long as the process.
const TENANTS: usize = 200;
/// Whose leads the others' are counted with.
const OTHER_TENANTS: &str = "other";

/// All metrics of a process. Counters count what is committed, never what is tried.
pub struct Metrics {
    registry: Registry,
    described: Vec<Described>,
    pub events: IntCounterVec,
    pub duplicates: IntCounter,
    pub dead_letters: IntCounterVec,
    pub score_changes: IntCounterVec,
    pub score_jumps: IntCounterVec,
    pub event_age: Histogram,
    pub step_duration: Histogram,
    pub commit_duration: Histogram,
    pub transactions: IntCounterVec,
    pub lag: IntGaugeVec,
    pub leads: IntGaugeVec,
    pub state_bytes: IntGaugeVec,
    pub restore_duration: Histogram,
    pub snapshot_age: IntGaugeVec,
    pub snapshots: IntCounterVec,
    pub snapshot_pause: Histogram,
    pub restore_left: IntGaugeVec,
    pub partition_stopped: IntGaugeVec,
    model_info: IntGaugeVec,
    model_age: IntGaugeVec,
    pub models_refused: IntCounterVec,
    pub model_looks: IntCounterVec,
    pub score: Histogram,
    pub drift: Drift,
    pub lane_state: IntGaugeVec,
    pub tenant_scores: IntCounterVec,
    pub tenant_jumps: IntCounterVec,
    tenants: Mutex<BTreeSet<String>>,
    /// What is told in `model_info`, with the time of its publication.
    models: Mutex<Vec<Standing>>,
}

impl Metrics {
    /// Fails only where a name or label is not Prometheus': a mistake of ours that any test sees.
    pub fn new() -> Result<Self, prometheus::Error> {
        let families = Families::default();
        let r = &families;
        let metrics = Self {
            events: counters(
                r,
                "needle_events_total",
                "Events folded, by input topic and type; duplicates too.",
                &["topic", "type"],
            )?,
            duplicates: counter(
                r,
                "needle_duplicates_total",
                "Events that had been folded before and changed nothing.",
            )?,
            dead_letters: counters(r, "needle_dead_letters_total", "Records set aside, by reason.", &["reason"])?,
            score_changes: counters(r, "needle_score_changes_total", "Score changes said, by cause.", &["cause"])?,
            score_jumps: counters(r, "needle_score_jumps_total", "Score jumps said, by rule.", &["rule"])?,
            event_age: histogram(
                r,
                "needle_event_age_seconds",
                "From a record's own time to its commit.",
                seconds(0.001, 22)?,
            )?,
            step_duration: histogram(
                r,
                "needle_step_duration_seconds",
                "Decoding to encoding of one batch.",
                seconds(0.000_05, 16)?,
            )?,
            commit_duration: histogram(
                r,
                "needle_commit_duration_seconds",
                "One commit, from the call to its answer.",
                seconds(0.000_5, 16)?,
            )?,
            transactions: counters(
                r,
                "needle_transactions_total",
                "Transactions by result: committed, aborted, fenced.",
                &["result"],
            )?,
            lag: gauges(
                r,
                "needle_partition_lag_records",
                "Records of an input partition that are not committed yet.",
                &["topic", "partition"],
            )?,
            leads: gauges(r, "needle_leads", "Leads held in memory.", &["partition"])?,
            state_bytes: gauges(
                r,
                "needle_state_bytes",
                "Bytes that leads take up in memory, index included.",
                &["partition"],
            )?,
            restore_duration: histogram(
                r,
                "needle_restore_duration_seconds",
                "Bringing a partition back.",
                seconds(0.01, 18)?,
            )?,
            snapshot_age: gauges(
                r,
                "needle_snapshot_age_seconds",
                "Since when what a partition holds is in no snapshot; since it came here, before the first.",
                &["partition"],
            )?,
            snapshots: counters(
                r,
                "needle_snapshots_total",
                "Snapshots by result: saved; delayed, each time that the store refused one.",
                &["result"],
            )?,
            snapshot_pause: histogram(
                r,
                "needle_snapshot_pause_seconds",
                "What one turn of a lane spent on copying leads for snapshots.",
                seconds(0.000_01, 16)?,
            )?,
            restore_left: gauges(
                r,
                "needle_restore_left_records",
                "Records still to be read before a partition is back.",
                &["partition"],
            )?,
            partition_stopped: gauges(
                r,
                "needle_partition_stopped",
                "1 for a partition that is stopped; the log says why.",
                &["partition"],
            )?,
            model_info: gauges(
                r,
                "needle_model_info",
                "1 for the model that is served.",
                &["tenant", "version", "kind"],
            )?,
            model_age: gauges(
                r,
                "needle_model_age_seconds",
                "Since the model that serves a tenant was published; the shipped model has no age.",
                &["tenant"],
            )?,
            models_refused: counters(
                r,
                "needle_models_refused_total",
                "Looks at a model that is to be served and is not, by reason; goes on while that lasts.",
                &["tenant", "reason"],
            )?,
            model_looks: counters(
                r,
                "needle_model_looks_total",
                "Looks for new models by result: read; unreadable, where what was served is served on.",
                &["result"],
            )?,
            score: histogram(r, "needle_score", "Scores said, 0 to 100.", linear_buckets(5.0, 5.0, 20)?)?,
            drift: Drift::new(r)?,
            lane_state: gauges(r, "needle_lane_state", "1 for the state that a lane is in.", &["lane", "state"])?,
            tenant_scores: counters(
                r,
                "needle_tenant_scores_total",
                "Scores said, by tenant and band; tenants beyond the first 200 are one, called other.",
                &["tenant", "band"],
            )?,
            tenant_jumps: counters(
                r,
                "needle_tenant_jumps_total",
                "Score jumps said, by tenant and rule; tenants beyond the first 200 are one, called other.",
                &["tenant", "rule"],
            )?,
            tenants: Mutex::default(),
            models: Mutex::default(),
            registry: r.registry.clone(),
            described: families.described.into_inner(),
        };
        metrics.begin_at_zero();
        Ok(metrics)
    }

    /// Everything that can be told, whether it has a value yet or not.
    pub fn described(&self) -> &[Described] {
        &self.described
    }

    /// A counter that appears with its first count hides that one from every rate: those whose labels are known begin at 0.
    fn begin_at_zero(&self) {
        let zero = |counters: &IntCounterVec, label: &str| {
            counters.with_label_values(&[label]);
        };
        ["committed", "aborted", "fenced"].iter().for_each(|result| zero(&self.transactions, result));
        ["saved", "delayed"].iter().for_each(|result| zero(&self.snapshots, result));
        ["read", "unreadable"].iter().for_each(|result| zero(&self.model_looks, result));
        Cause::ALL.iter().for_each(|cause| zero(&self.score_changes, cause.name()));
        Reason::ALL.iter().for_each(|reason| zero(&self.dead_letters, reason.name()));
    }

    /// The tenant's label: its name, or that of all whose first score came too late.
    pub fn tenant<'a>(&self, name: &'a str) -> &'a str {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.contains(name) {
            return name;
        }
        if tenants.len() >= TENANTS {
            return OTHER_TENANTS;
        }
        tenants.insert(name.to_owned());
        name
    }

    /// A partition is somebody else's now: its gauges here would stand still and mislead.
    pub fn forget_partition(&self, partition: i32) {
        let per_partition = [
            &self.lag,
            &self.leads,
            &self.state_bytes,
            &self.snapshot_age,
            &self.restore_left,
            &self.partition_stopped,
        ];
        for gauges in per_partition {
            for family in gauges.collect() {
                let of_partition = |metric: &&prometheus::proto::Metric| {
                    metric.get_label().iter().any(|l| l.name() == "partition" && l.value() == partition.to_string())
                };
                for metric in family.get_metric().iter().filter(of_partition) {
                    let labels: HashMap<&str, &str> =
                        metric.get_label().iter().map(|l| (l.name(), l.value())).collect();
                    if let Err(error) = gauges.remove(&labels) {
                        tracing::debug!(%error, partition, "a gauge stays");
                    }
                }
            }
        }
    }

    /// These models are served now, and no others.
    pub fn serve(&self, standing: &[Standing]) {
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        for Standing { tenant, version, kind, .. } in standing {
            self.model_info.with_label_values(&[tenant.as_str(), version, kind]).set(1);
        }
        for old in models.iter().filter(|old| !standing.contains(old)) {
            let Standing { tenant, version, kind, .. } = old;
            let _ = self.model_info.remove_label_values(&[tenant.as_str(), version, kind]);
            let _ = self.model_age.remove_label_values(&[tenant]);
        }
        *models = standing.to_vec();
    }

    /// Ages grow by themselves.
    fn age_models(&self) {
        let models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        for Standing { tenant, published_ms, .. } in models.iter() {
            if let Some(published_ms) = published_ms {
                self.model_age.with_label_values(&[tenant]).set((wall_ms() - published_ms).max(0) / 1000);
            }
        }
    }

    /// Prometheus' text format.
    pub fn render(&self) -> Result<Vec<u8>, prometheus::Error> {
        self.age_models();
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}
