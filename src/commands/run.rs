//! `needle run`: the service. Lanes on their own threads, a watchdog, probes; ends by a signal or by the first lane that cannot go on.

use std::ffi::OsString;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};

use super::assembly::Assembly;
use super::pause::pause;
use super::serving::Models;
use crate::config::Config;
use crate::lane::Snapshots;
use crate::lane::snapshots::Clock;
use crate::log::Remedy;
use crate::log::kafka::topics::{Prepared, TopicKeeper};
use crate::telemetry::health::{HOPELESS_AFTER, Health};
use crate::telemetry::http;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::observe::Looking;
use crate::wire::tenant::DEFAULT_TENANT;
use lane_thread::lane_thread;
use post::Post;
use window::Inside;

mod lane_thread;
mod learning;
mod post;
mod telling;
mod window;

/// `arguments` say where the configuration is, for the child that trains.
///
/// Runs until a signal comes (then `Ok`) or a lane cannot go on. A second signal ends the process at once.
pub fn run(config: Config, arguments: Vec<OsString>) -> anyhow::Result<()> {
    let stop = signals()?;
    let assembly = Arc::new(Assembly::new(config)?);
    let config = assembly.config.clone();
    let metrics = Arc::new(Metrics::new()?);
    let health = Arc::new(Health::new(config.service.lanes));
    let listener = TcpListener::bind(&config.service.listen)
        .map_err(|error| anyhow::anyhow!("service.listen: {} cannot be listened on: {error}", config.service.listen))?;
    let (inside, mut questions) = Inside::new(assembly.clone(), health.clone());
    let inside = Arc::new(inside);
    http::serve(listener, metrics.clone(), health.clone(), inside.clone())?;
    tracing::info!(listen = config.service.listen, lanes = config.service.lanes, "needle starts");
    let mut models = Models::open(&assembly)?;
    if !models.wait(&stop, &mut Looking(metrics.clone())) {
        return Ok(());
    }
    let poll = Duration::from_secs(config.models.poll_seconds);
    let (_looking, models) = models.follow(poll, Box::new(Looking(metrics.clone())));
    inside.follow(models.clone());
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
    learning::start(config.clone(), arguments, stop.clone())?;
    let post = |lane, questions| Post {
        lane,
        dead_letter_bytes: topics.dead_letter_bytes,
        assembly: assembly.clone(),
        metrics: metrics.clone(),
        health: health.clone(),
        stop: stop.clone(),
        snapshots: snapshots.clone(),
        models: models.clone(),
        questions,
    };
    let ended: Vec<anyhow::Result<()>> = std::thread::scope(|scope| {
        let start = |(lane, questions)| {
            let post = post(lane, questions);
            let name = format!("lane-{lane}");
            let spawned = std::thread::Builder::new().name(name).spawn_scoped(scope, move || {
                let _ends_all = EndsAll(&post.stop);
                lane_thread(&post)
            });
            spawned.inspect_err(|_| stop.store(true, Ordering::Relaxed))
        };
        let lanes: Vec<_> = questions.drain(..).enumerate().map(start).collect();
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
