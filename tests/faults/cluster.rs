//! A broker of a run's own, processes on it, and events that flow.

use super::clock::Clock;
use super::feed::Feed;
use super::plan::{PARTITIONS, PROCESSES, Plan, TIMEOUT_MS};
use super::store::Store;
use crate::support::{Broker, Needle, OwnBroker, PATIENCE, Settings, eventually};

/// Larger records are dead letters.
pub const RECORD_BYTES: usize = 50_000;

/// What is said by a process that starts where its snapshots' folder is gone.
const NO_FOLDER: &str = "cannot be used";

pub struct Cluster {
    pub broker: OwnBroker,
    pub settings: Settings,
    pub seats: Vec<Seat>,
    pub feed: Option<Feed>,
    pub store: Store,
    pub clock: Option<Clock>,
    /// How many faults it takes until store and clock are as they should be again; 0: they are.
    pub troubled: usize,
    pub partitions: i32,
    /// Logs of processes that have ended, with who they were.
    pub ended: Vec<(String, String)>,
    /// Who has ended without being asked to, and its last words.
    pub gave_up: Vec<String>,
}

/// A place for a process under one instance's name. The last one is that of whoever joins and leaves.
pub struct Seat {
    pub instance: u32,
    pub needle: Option<Needle>,
    lives: u32,
}

impl Cluster {
    pub fn start(seed: u64, plan: &Plan) -> Self {
        let broker = Broker::own();
        let timeout_ms = TIMEOUT_MS as i64;
        let settings = Settings::new(&broker, "faults", PARTITIONS)
            .set("snapshots", "interval_seconds", 1)
            .set("kafka.consumer", "session.timeout.ms", timeout_ms)
            .set("kafka.consumer", "heartbeat.interval.ms", 300)
            .set("kafka.producer", "transaction.timeout.ms", timeout_ms)
            .set("kafka", "reconnect.backoff.max.ms", 300)
            .set("kafka", "topic.metadata.refresh.interval.ms", 1000)
            .set("limits", "record_bytes", RECORD_BYTES as i64);
        let store = Store::open(plan.bucket, settings.snapshots.path());
        let settings = settings.set("snapshots", "url", store.url.clone());
        let clock = Clock::make(settings.snapshots.path());
        let feed = Feed::start(broker.clone(), &settings, PARTITIONS, seed);
        let seat = |instance| Seat { instance, needle: None, lives: 0 };
        let seats = (0..=PROCESSES as u32).map(seat).collect();
        let mut cluster = Self {
            broker,
            settings,
            seats,
            feed: Some(feed),
            store,
            clock,
            troubled: 0,
            partitions: PARTITIONS,
            ended: Vec::new(),
            gave_up: Vec::new(),
        };
        (0..PROCESSES).for_each(|who| cluster.spawn(who));
        (0..PROCESSES).for_each(|who| cluster.needle(who).await_ready());
        cluster
    }

    /// A process takes its seat, if nobody sits there.
    pub fn spawn(&mut self, who: usize) {
        let seat = &mut self.seats[who];
        if seat.needle.is_none() {
            let clock = self.clock.iter().flat_map(Clock::environment);
            let environment: Vec<_> = self.store.environment().into_iter().chain(clock).collect();
            let settings = self.settings.clone().instance(seat.instance);
            seat.needle = Some(Needle::spawn_with(&environment, &settings, &["run"]));
            seat.lives += 1;
        }
    }

    pub fn needle(&mut self, who: usize) -> &mut Needle {
        self.seats[who].needle.as_mut().expect("somebody sits there")
    }

    /// SIGKILL.
    pub fn kill(&mut self, who: usize) {
        if let Some(needle) = &mut self.seats[who].needle {
            needle.kill9();
            self.bury(who);
        }
    }

    /// SIGTERM, after which it has to end in good order; or it has come to its end before, for want of its snapshots' folder.
    pub fn terminate(&mut self, who: usize) {
        if let Some(needle) = &mut self.seats[who].needle {
            // Before that a signal does what it does to any program.
            needle.await_log(0, "needle starts");
            let exit = needle.terminate();
            let homeless = self.troubled > 0 && needle.log().contains(NO_FOLDER);
            let name = self.bury(who);
            match exit {
                Some(0) => {}
                Some(1) if homeless => self.gave_up.push(format!("{name} was told to end, and had no folder")),
                _ => panic!("{name} was told to end and ended with {exit:?}"),
            }
        }
    }

    /// Those that have ended by themselves come back, as whoever supervises them would see to.
    pub fn tend(&mut self) {
        for who in 0..self.seats.len() {
            let Some(needle) = &mut self.seats[who].needle else { continue };
            if let Some(exit) = needle.ended() {
                let log = needle.log();
                let last = log.lines().last().unwrap_or_default().to_owned();
                let name = self.bury(who);
                assert!(!log.contains("panicked at"), "{name} has panicked: {last}");
                self.gave_up.push(format!("{name} ended by itself ({exit:?}): {last}"));
                self.spawn(who);
            }
        }
    }

    /// Keeps the log of whoever has ended, and says who it was.
    fn bury(&mut self, who: usize) -> String {
        let seat = &mut self.seats[who];
        let name = format!("instance-{}-life-{}", seat.instance, seat.lives);
        if let Some(needle) = seat.needle.take() {
            self.ended.push((name.clone(), needle.log()));
        }
        name
    }

    /// All logs: of those that have ended, of those that live, of the broker.
    pub fn logs(&self) -> Vec<(String, String)> {
        let living = |seat: &Seat| {
            let name = format!("instance-{}-life-{}", seat.instance, seat.lives);
            seat.needle.as_ref().map(|needle| (name, needle.log()))
        };
        let living: Vec<_> = self.seats.iter().filter_map(living).collect();
        let broker = ("broker".to_owned(), self.broker.log());
        self.ended.iter().cloned().chain(living).chain([broker]).collect()
    }

    /// Store and clock are as they should be.
    pub fn heal(&mut self) {
        self.troubled = 0;
        eventually("a store that is as it should be", PATIENCE, || self.store.heal().ok());
        self.clock.iter().for_each(|clock| clock.step(0).expect("a file of ours"));
    }

    /// Waits until everything that has come in is committed.
    pub fn await_consumed(&mut self) {
        self.tend();
        self.broker.await_consumed(&self.settings.application, &self.settings.events, PATIENCE);
    }
}
