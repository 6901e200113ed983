//! Between lanes and metrics: the decorator that times a log, and the observer that counts what is committed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hashbrown::HashMap;

use super::metrics::Metrics;
use crate::config::Config;
use crate::decision::Bands;
use crate::lane::Observer;
use crate::lane::tally::Tally;
use crate::log::{Batch, Bounds, Change, Input, Log, LogError, Output, Position, Source, Stream};
use crate::registry::{self, Standing};
use crate::wire::change::Cause;
use crate::wire::event::EventType;

/// A log whose calls are timed.
pub struct Timed<L> {
    log: L,
    metrics: Arc<Metrics>,
    /// Time spent inside the log so far: a lane's turn less this is its own work.
    pub inside: Duration,
}

impl<L: Log> Timed<L> {
    pub fn new(log: L, metrics: Arc<Metrics>) -> Self {
        Self { log, metrics, inside: Duration::ZERO }
    }

    fn time<T>(&mut self, call: impl FnOnce(&mut L) -> T) -> T {
        let began = Instant::now();
        let result = call(&mut self.log);
        self.inside += began.elapsed();
        result
    }
}

impl<L: Log> Source for Timed<L> {
    type Reader = L::Reader;

    fn committed(&mut self, inputs: &[Input], wait: Duration) -> Result<Vec<Option<Position>>, LogError> {
        self.time(|log| log.committed(inputs, wait))
    }
    fn bounds(&mut self, stream: Stream, partition: i32) -> Result<Bounds, LogError> {
        self.time(|log| log.bounds(stream, partition))
    }
    fn topic_id(&mut self, stream: Stream) -> Result<String, LogError> {
        self.time(|log| log.topic_id(stream))
    }
    fn reader(&mut self, stream: Stream, partition: i32, from: i64, to: i64) -> Result<L::Reader, LogError> {
        self.time(|log| log.reader(stream, partition, from, to))
    }
}

impl<L: Log> Log for Timed<L> {
    fn poll(&mut self, batch: &mut Batch, max: usize, wait: Duration) -> Result<Option<Change>, LogError> {
        self.time(|log| log.poll(batch, max, wait))
    }
    fn own(&mut self, starts: &[(Input, i64)]) -> Result<(), LogError> {
        self.log.own(starts)
    }
    fn resume(&mut self, input: Input) -> Result<(), LogError> {
        self.log.resume(input)
    }
    fn pause(&mut self, input: Input) -> Result<(), LogError> {
        self.log.pause(input)
    }
    fn release(&mut self, inputs: &[Input]) -> Result<(), LogError> {
        self.log.release(inputs)
    }
    fn seek(&mut self, input: Input, offset: i64) -> Result<(), LogError> {
        self.log.seek(input, offset)
    }
    fn end(&self, input: Input) -> Option<i64> {
        self.log.end(input)
    }
    fn begin(&mut self) -> Result<(), LogError> {
        self.log.begin()
    }
    // One call to a record: a clock here would cost more than it tells.
    fn produce(&mut self, output: Output<'_>) -> Result<(), LogError> {
        self.log.produce(output)
    }
    fn commit(&mut self, positions: &[(Input, Position)]) -> Result<(), LogError> {
        let began = self.inside;
        let result = self.time(|log| log.commit(positions));
        if result.is_ok() {
            self.metrics.commit_duration.observe((self.inside - began).as_secs_f64());
        }
        result
    }
    fn abort(&mut self) -> Result<(), LogError> {
        self.time(|log| log.abort())
    }
    fn leave(&mut self) -> Result<(), LogError> {
        self.time(|log| log.leave())
    }
}

/// Counts what a lane commits.
pub struct Counting {
    metrics: Arc<Metrics>,
    config: Arc<Config>,
    bands: Bands,
    /// When each restore that is under way began.
    restoring: BTreeMap<i32, Instant>,
}

impl Counting {
    pub fn new(metrics: &Arc<Metrics>, config: &Arc<Config>) -> Self {
        let bands = Bands::new(&config.scoring.bands);
        Self { metrics: metrics.clone(), config: config.clone(), bands, restoring: BTreeMap::new() }
    }
}

impl Observer for Counting {
    fn committed(&mut self, tally: &Tally) {
        let m = &self.metrics;
        for (topic, counts) in self.config.topics.events.iter().zip(&tally.events) {
            for (kind, count) in EventType::ALL.iter().zip(counts).filter(|(_, count)| **count > 0) {
                m.events.with_label_values(&[topic.as_str(), kind.name()]).inc_by(*count);
            }
        }
        m.duplicates.inc_by(tally.duplicates);
        for (reason, count) in &tally.dead_letters {
            m.dead_letters.with_label_values(&[reason.name()]).inc_by(*count);
        }
        for (cause, count) in Cause::ALL.iter().zip(tally.score_changes) {
            if count > 0 {
                m.score_changes.with_label_values(&[cause.name()]).inc_by(count);
            }
        }
        for (rule, count) in self.config.jumps.iter().zip(&tally.score_jumps).filter(|(_, count)| **count > 0) {
            m.score_jumps.with_label_values(&[&rule.name]).inc_by(*count);
        }
        self.by_tenant(tally);
        let (scores, ages) = (m.score.local(), m.event_age.local());
        tally.scores.iter().for_each(|score| scores.observe(f64::from(*score)));
        let now_ms = wall_ms();
        tally.record_times_ms.iter().for_each(|at_ms| ages.observe((now_ms - at_ms).max(0) as f64 / 1000.0));
        scores.flush();
        ages.flush();
        m.transactions.with_label_values(&["committed"]).inc();
    }

    fn aborted(&mut self) {
        self.metrics.transactions.with_label_values(&["aborted"]).inc();
    }

    fn restoring(&mut self, partition: i32) {
        self.restoring.insert(partition, Instant::now());
    }

    fn restored(&mut self, partition: i32, records: u64) {
        let took = self.restoring.remove(&partition).map_or(Duration::ZERO, |began| began.elapsed());
        self.metrics.restore_duration.observe(took.as_secs_f64());
        self.metrics.restore_left.with_label_values(&[&partition.to_string()]).set(0);
        tracing::info!(partition, records, seconds = took.as_secs_f64(), "partition restored");
    }

    fn stopped(&mut self, partition: i32, _reason: &str) {
        self.metrics.partition_stopped.with_label_values(&[&partition.to_string()]).set(1);
    }

    fn snapshot_saved(&mut self, _: i32, _: u64) {
        self.metrics.snapshots.with_label_values(&["saved"]).inc();
    }

    fn snapshot_delayed(&mut self, _: i32) {
        self.metrics.snapshots.with_label_values(&["delayed"]).inc();
    }
}

impl Counting {
    /// Counted up first: a metric's own look-up for each score would cost more than saying it.
    fn by_tenant(&self, tally: &Tally) {
        let m = &self.metrics;
        let (mut scores, mut jumps) = (HashMap::<_, u64>::new(), HashMap::<_, u64>::new());
        for (tenant, score) in tally.by_tenant.scores() {
            *scores.entry((tenant, self.bands.name(score))).or_default() += 1;
        }
        for (tenant, rule) in tally.by_tenant.jumps() {
            let Some(rule) = self.config.jumps.get(rule) else { continue };
            *jumps.entry((tenant, rule.name.as_str())).or_default() += 1;
        }
        for ((tenant, band), count) in scores {
            m.tenant_scores.with_label_values(&[m.tenant(tenant), band]).inc_by(count);
        }
        for ((tenant, rule), count) in jumps {
            m.tenant_jumps.with_label_values(&[m.tenant(tenant), rule]).inc_by(count);
        }
    }
}

/// Tells what the registry finds.
pub struct Looking(pub Arc<Metrics>);

impl registry::Observer for Looking {
    fn looked(&mut self, standing: &[Standing], complete: bool) {
        let result = if complete { "read" } else { "unreadable" };
        self.0.model_looks.with_label_values(&[result]).inc();
        self.0.serve(standing);
    }

    fn refused(&mut self, tenant: &str, class: &'static str) {
        self.0.models_refused.with_label_values(&[tenant, class]).inc();
    }
}

/// Milliseconds since 1970 by the wall's clock; metrics only.
pub fn wall_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
