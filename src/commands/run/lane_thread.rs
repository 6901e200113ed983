//! One lane's thread: turns its lane, joins anew where that is asked for, and tells how it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::post::{Clock, Post};
use super::telling::tell;
use crate::commands::pause::pause;
use crate::lane::{Lane, LaneError, State, Sweeping};
use crate::log::Remedy;
use crate::log::kafka::topics::TopicKeeper;
use crate::log::kafka::{KafkaLog, Weather};
use crate::model::Served;
use crate::telemetry::observe::{Counting, Timed};

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

/// One lane, joined anew as often as it takes.
pub fn lane_thread(post: &Post) -> anyhow::Result<()> {
    let clock = Clock::start();
    let every = post.assembly.config.scoring.sweep_seconds;
    let sweeping = Sweeping { every_ms: (every > 0).then_some(1000 * every as i64) };
    let mut aside = BTreeMap::new();
    let mut pauses = Pauses::default();
    let mut displaced = None;
    let weather = Weather::default();
    let mut topics = None;
    while let Some(log) = connect(post, &weather, topics.as_ref())? {
        let log = Timed::new(log, post.metrics.clone());
        let interval_ms = post.assembly.config.service.commit_interval_ms as i64;
        let mut models = post.models.clone();
        let step = post.assembly.step_by(&models.borrow_and_update(), post.dead_letter_bytes);
        let lane = Lane::new(log, step, interval_ms, std::mem::take(&mut aside));
        let mut lane = lane.keeping(Some(post.snapshots.clone())).sweeping(Some(sweeping));
        match turns(post, &mut lane, &mut models, clock) {
            Ok(mut observer) => {
                let saved = save_all(post, &mut lane, clock, &mut observer);
                return match saved.and_then(|()| lane.finish(clock.now_ms(), &mut observer)) {
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
                topics = Some(TopicKeeper::new(&post.assembly.config)?);
                post.health.tell(post.lane, State::Joining, &BTreeMap::new());
                pause(pauses.next(), &post.stop);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Connects, however long the brokers are away. `None`: a signal came first.
///
/// `topics`: looks after the topics of whoever joins anew: the input may have got more partitions in the meantime.
fn connect(post: &Post, weather: &Weather, topics: Option<&TopicKeeper>) -> anyhow::Result<Option<KafkaLog>> {
    let config = &post.assembly.config;
    let join = || {
        topics.map(|keeper| keeper.prepare(config)).transpose()?;
        KafkaLog::connect(config.clone(), post.lane, weather)
    };
    let mut told = false;
    while !post.stop.load(Ordering::Relaxed) {
        post.health.turned(post.lane);
        match join() {
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
    clock: Clock,
) -> Result<Counting, LaneError> {
    let mut observer = Counting::new(&post.metrics, &post.assembly.config);
    let mut tell_at = Instant::now();
    let (mut told, mut told_state) = (BTreeSet::new(), lane.state());
    while !post.stop.load(Ordering::Relaxed) {
        // Whoever looks for models may have ended: what is served is served on.
        if models.has_changed().unwrap_or(false) {
            lane.serve(models.borrow_and_update().clone());
        }
        post.questions.try_iter().for_each(|question| lane.look_up(question));
        let turn = Instant::now();
        let copying = lane.keep(clock.now_ms(), &mut observer)?;
        if copying {
            post.metrics.snapshot_pause.observe(turn.elapsed().as_secs_f64());
        }
        let (turn, inside) = (Instant::now(), lane.log().inside);
        let wait = if copying { COPYING_WAIT } else { IDLE_WAIT };
        let records = lane.turn(clock.now_ms(), wait, &mut observer)?;
        if records > 0 {
            let own = turn.elapsed().saturating_sub(lane.log().inside - inside);
            post.metrics.step_duration.observe(own.as_secs_f64());
        }
        post.health.turned(post.lane);
        // Whoever waits until it is ready does not wait for the second to be over.
        if tell_at <= Instant::now() || told_state != lane.state() {
            tell_at = Instant::now() + TELL_EVERY;
            told_state = lane.state();
            tell(post, lane, clock, &mut told);
        }
    }
    Ok(observer)
}

/// Keeps what is committed, as far as that goes quickly.
fn save_all(
    post: &Post,
    lane: &mut Lane<Timed<KafkaLog>>,
    clock: Clock,
    observer: &mut Counting,
) -> Result<(), LaneError> {
    let until = Instant::now() + LAST_SNAPSHOTS;
    while !lane.save_all(clock.now_ms(), observer)? {
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

/// Longer and longer, up to five seconds.
#[derive(Default)]
struct Pauses(u32);

impl Pauses {
    fn next(&mut self) -> Duration {
        self.0 = (self.0 + 1).min(6);
        Duration::from_millis(100 << (self.0 - 1)).min(Duration::from_secs(5))
    }
}
