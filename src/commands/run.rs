//! `needle run`: the service. Lanes on their own threads, a watchdog, probes; ends by a signal or by the first lane that cannot go on.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use tokio::sync::watch;

use crate::config::Config;
use crate::lane::snapshots::Clock;
use crate::lane::{Lane, LaneError, Snapshots, State};
use crate::log::kafka::topics::{Prepared, TopicKeeper};
use crate::log::kafka::{KafkaLog, Weather};
use crate::log::{Input, Log, Remedy};
use crate::model::Served;
use crate::telemetry::health::{HOPELESS_AFTER, Health};
use crate::telemetry::http;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::observe::{Counting, Looking, Timed};
use crate::wire::tenant::DEFAULT_TENANT;

use super::assembly::Assembly;
use super::serving::Models;

/// The longest wait of an idle lane: how soon it sees a signal.
const IDLE_WAIT: Duration = Duration::from_millis(100);
/// How often gauges are told.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// How long an idle lane waits while it copies leads for a snapshot.
const COPYING_WAIT: Duration = Duration::from_millis(1);
/// How long the last snapshots may take once a signal has come: what is not kept then is read again.
const LAST_SNAPSHOTS: Duration = Duration::from_secs(15);
/// Displaced again within this time, a lane takes it that somebody else runs under its name.
const DISPLACED_AGAIN: Duration = Duration::from_secs(60);

/// What a lane's thread is given.
struct Post {
    lane: usize,
    dead_letter_bytes: usize,
    assembly: Arc<Assembly>,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    stop: Arc<AtomicBool>,
    snapshots: Snapshots,
    /// What is to be served, as it changes.
    models: watch::Receiver<Arc<Served>>,
}

/// Runs until a signal comes (then `Ok`) or a lane cannot go on. A second signal ends the process at once.
pub fn run(config: Config) -> anyhow::Result<()> {
    let stop = signals()?;
    let assembly = Arc::new(Assembly::new(config)?);
    let config = assembly.config.clone();
    let metrics = Arc::new(Metrics::new()?);
    let health = Arc::new(Health::new(config.service.lanes));
    let listener = TcpListener::bind(&config.service.listen)
        .map_err(|error| anyhow::anyhow!("service.listen: {} cannot be listened on: {error}", config.service.listen))?;
    http::serve(listener, metrics.clone(), health.clone())?;
    tracing::info!(listen = config.service.listen, lanes = config.service.lanes, "needle starts");
    let mut models = Models::open(&assembly)?;
    if !models.wait(&stop, &mut Looking(metrics.clone())) {
        return Ok(());
    }
    let poll = Duration::from_secs(config.models.poll_seconds);
    let (_looking, models) = models.follow(poll, Box::new(Looking(metrics.clone())));
    tracing::info!(default = models.borrow().of(DEFAULT_TENANT).version(), "models are there");
    let archive = assembly.archive(&config.topics.events)?;
    archive.probe().map_err(|error| anyhow::anyhow!("snapshots.url: {:?}: {error}", config.snapshots.url))?;
    let snapshots = Snapshots {
        keeper: archive.keeper.clone(),
        interval_ms: 1000 * config.snapshots.interval_seconds as i64,
        clock: Clock::Turns,
        history_days: config.snapshots.history_days,
    };
    let Some(topics) = prepare_topics(&config, &stop)? else { return Ok(()) };
    tracing::info!(partitions = topics.partitions, "topics are there");
    watch(health.clone())?;
    let post = |lane| Post {
        lane,
        dead_letter_bytes: topics.dead_letter_bytes,
        assembly: assembly.clone(),
        metrics: metrics.clone(),
        health: health.clone(),
        stop: stop.clone(),
        snapshots: snapshots.clone(),
        models: models.clone(),
    };
    let ended: Vec<anyhow::Result<()>> = std::thread::scope(|scope| {
        let start = |lane| {
            let post = post(lane);
            let name = format!("lane-{lane}");
            let spawned = std::thread::Builder::new().name(name).spawn_scoped(scope, move || {
                let _ends_all = EndsAll(&post.stop);
                lane_thread(&post)
            });
            spawned.inspect_err(|_| stop.store(true, Ordering::Relaxed))
        };
        let lanes: Vec<_> = (0..config.service.lanes).map(start).collect();
        lanes.into_iter().map(|lane| lane?.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a lane panicked")))).collect()
    });
    ended.into_iter().collect::<anyhow::Result<()>>()?;
    tracing::info!("needle has stopped in good order");
    Ok(())
}

/// Held by each lane: when one ends, by a panic too, all do. Half a service is worse than one that is restarted.
struct EndsAll<'a>(&'a AtomicBool);

impl Drop for EndsAll<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The flag that the first SIGTERM or SIGINT raises; the second one ends the process.
fn signals() -> std::io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, stop.clone())?;
        signal_hook::flag::register(signal, stop.clone())?;
    }
    Ok(stop)
}

/// Waits for brokers and input. `None`: a signal came first.
fn prepare_topics(config: &Config, stop: &AtomicBool) -> anyhow::Result<Option<Prepared>> {
    let keeper = TopicKeeper::new(config)?;
    let mut told = String::new();
    while !stop.load(Ordering::Relaxed) {
        match keeper.prepare(config) {
            Ok(prepared) => return Ok(Some(prepared)),
            Err(error) if error.remedy == Remedy::Retry => {
                if told != error.cause {
                    tracing::warn!(reason = error.cause, "waiting for brokers and topics");
                    told = error.cause;
                }
                pause(Duration::from_secs(1), stop);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// Ends the process when a lane hangs for good: a call into librdkafka may never return, and fencing makes a hard end safe.
fn watch(health: Arc<Health>) -> std::io::Result<()> {
    let check = move || loop {
        std::thread::sleep(Duration::from_secs(1));
        let (lane, missed) = health.check();
        if missed >= HOPELESS_AFTER {
            tracing::error!(lane, seconds = missed, "the lane hangs in a call that does not return; the process ends");
            std::process::exit(1);
        }
    };
    std::thread::Builder::new().name("watchdog".to_owned()).spawn(check).map(drop)
}

/// One lane, joined anew as often as it takes.
fn lane_thread(post: &Post) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut aside = BTreeMap::new();
    let mut pauses = Pauses::default();
    let mut displaced = None;
    let weather = Weather::default();
    while let Some(log) = connect(post, &weather)? {
        let log = Timed::new(log, post.metrics.clone());
        let interval_ms = post.assembly.config.service.commit_interval_ms as i64;
        let mut models = post.models.clone();
        let step = post.assembly.step_by(&models.borrow_and_update(), post.dead_letter_bytes);
        let lane = Lane::new(log, step, interval_ms, std::mem::take(&mut aside));
        let mut lane = lane.keeping(Some(post.snapshots.clone()));
        match turns(post, &mut lane, &mut models, began) {
            Ok(mut observer) => {
                let saved = save_all(post, &mut lane, began, &mut observer);
                return match saved.and_then(|()| lane.finish(began.elapsed().as_millis() as i64, &mut observer)) {
                    // Undone by the brokers, and read again by whoever comes next: that is good order too.
                    Err(LaneError::Rejoin(error)) => {
                        tracing::warn!(lane = post.lane, %error, "the last transaction is left to the brokers");
                        Ok(())
                    }
                    ended => Ok(ended?),
                };
            }
            Err(LaneError::Rejoin(error))
                if error.remedy == Remedy::Displaced
                    && displaced.is_some_and(|at: Instant| at.elapsed() < DISPLACED_AGAIN) =>
            {
                let instance = &post.assembly.config.service.instance;
                return Err(anyhow::Error::from(error).context(format!(
                    "another process runs as instance {instance:?} of this application: give each its own service.instance"
                )));
            }
            Err(LaneError::Rejoin(error)) => {
                displaced = if error.remedy == Remedy::Displaced { Some(Instant::now()) } else { displaced };
                post.metrics.transactions.with_label_values(&["fenced"]).inc();
                tracing::warn!(lane = post.lane, %error, "the lane joins anew");
                aside = lane.into_shards()?;
                post.health.tell(post.lane, State::Joining, &BTreeMap::new());
                pause(pauses.next(), &post.stop);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Connects, however long the brokers are away. `None`: a signal came first.
fn connect(post: &Post, weather: &Weather) -> anyhow::Result<Option<KafkaLog>> {
    let mut told = false;
    while !post.stop.load(Ordering::Relaxed) {
        post.health.turned(post.lane);
        match KafkaLog::connect(post.assembly.config.clone(), post.lane, weather) {
            Ok(log) => return Ok(Some(log)),
            Err(error) if error.remedy == Remedy::Crash => return Err(error.into()),
            Err(error) => {
                if !told {
                    tracing::warn!(lane = post.lane, %error, "not connected yet; trying on");
                    told = true;
                }
                pause(Duration::from_millis(500), &post.stop);
            }
        }
    }
    Ok(None)
}

/// Turns until a signal comes.
fn turns(
    post: &Post,
    lane: &mut Lane<Timed<KafkaLog>>,
    models: &mut watch::Receiver<Arc<Served>>,
    began: Instant,
) -> Result<Counting, LaneError> {
    let mut observer =
        Counting { metrics: post.metrics.clone(), config: post.assembly.config.clone(), restoring: BTreeMap::new() };
    let mut tell_at = Instant::now();
    let mut told = BTreeSet::new();
    while !post.stop.load(Ordering::Relaxed) {
        // Whoever looks for models may have ended: what is served is served on.
        if models.has_changed().unwrap_or(false) {
            lane.serve(models.borrow_and_update().clone());
        }
        let turn = Instant::now();
        let copying = lane.keep(began.elapsed().as_millis() as i64, &mut observer)?;
        if copying {
            post.metrics.snapshot_pause.observe(turn.elapsed().as_secs_f64());
        }
        let (turn, inside) = (Instant::now(), lane.log().inside);
        let wait = if copying { COPYING_WAIT } else { IDLE_WAIT };
        let records = lane.turn(began.elapsed().as_millis() as i64, wait, &mut observer)?;
        if records > 0 {
            let own = turn.elapsed().saturating_sub(lane.log().inside - inside);
            post.metrics.step_duration.observe(own.as_secs_f64());
        }
        post.health.turned(post.lane);
        if tell_at <= Instant::now() {
            tell_at = Instant::now() + TELL_EVERY;
            tell(post, lane, began, &mut told);
        }
    }
    Ok(observer)
}

/// Keeps what is committed, as far as that goes quickly.
fn save_all(
    post: &Post,
    lane: &mut Lane<Timed<KafkaLog>>,
    began: Instant,
    observer: &mut Counting,
) -> Result<(), LaneError> {
    let until = Instant::now() + LAST_SNAPSHOTS;
    while !lane.save_all(began.elapsed().as_millis() as i64, observer)? {
        if Instant::now() >= until {
            tracing::warn!(
                lane = post.lane,
                "the last snapshots are not written in time: the input is read again instead"
            );
            break;
        }
        post.health.turned(post.lane);
        std::thread::sleep(COPYING_WAIT);
    }
    Ok(())
}

/// Gauges and probes. `told` are the partitions that were here the last time.
fn tell(post: &Post, lane: &Lane<Timed<KafkaLog>>, began: Instant, told: &mut BTreeSet<i32>) {
    let m = &post.metrics;
    let now_ms = began.elapsed().as_millis() as i64;
    let restoring = lane.restoring().map(|(partition, ..)| partition);
    let here = lane.shards().map(|shard| shard.partition).chain(lane.stopped().keys().copied()).chain(restoring);
    let here: BTreeSet<i32> = here.collect();
    told.difference(&here).for_each(|partition| m.forget_partition(*partition));
    for partition in &here {
        let stopped = i64::from(lane.stopped().contains_key(partition));
        m.partition_stopped.with_label_values(&[&partition.to_string()]).set(stopped);
    }
    *told = here;
    post.health.tell(post.lane, lane.state(), lane.stopped());
    let number = post.lane.to_string();
    for state in State::ALL {
        m.lane_state.with_label_values(&[&number, state.name()]).set(i64::from(state == lane.state()));
    }
    for shard in lane.shards() {
        let partition = shard.partition.to_string();
        m.leads.with_label_values(&[&partition]).set(shard.leads().len() as i64);
        m.state_bytes.with_label_values(&[&partition]).set(shard.leads().state_bytes() as i64);
        m.snapshot_age.with_label_values(&[&partition]).set(shard.snapshots.age_ms(now_ms) / 1000);
        for input in &shard.inputs {
            if let Some(end) = lane.log().end(Input { topic: input.topic, partition: shard.partition }) {
                let topic = &post.assembly.config.topics.events[input.topic];
                m.lag.with_label_values(&[topic, &partition]).set((end - input.committed).max(0));
            }
        }
    }
    for (partition, _, left) in lane.restoring() {
        m.restore_left.with_label_values(&[&partition.to_string()]).set(left as i64);
    }
}

/// Sleeps, but not through a signal.
pub(super) fn pause(length: Duration, stop: &AtomicBool) {
    let until = Instant::now() + length;
    while Instant::now() < until && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(length.min(Duration::from_millis(50)));
    }
}

/// Longer and longer, up to five seconds.
#[derive(Default)]
struct Pauses(u32);

impl Pauses {
    fn next(&mut self) -> Duration {
        self.0 = (self.0 + 1).min(6);
        Duration::from_millis(100 << (self.0 - 1)).min(Duration::from_secs(5))
    }
}
