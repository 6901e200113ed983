//! What the operator decided, as plain data. Reading, merging and checking it is `load`'s work; nothing here connects.
//!
//! A value's way: `tree` (what the file says, with line numbers) ← `overlay` (environment, `--set`) → `vocabulary` (is there
//! such a key?) → `sections`, `lists`, `kafka` (what does it mean, is it allowed?) → [`Config`], or a `report` of all mistakes.

use std::collections::BTreeMap;
use std::fmt;

pub use load::{DEFAULT_FILE, Machine, load};
pub use overlay::variables;
pub use report::{ConfigError, Mistake, Origin};

pub mod defaults;
pub mod kafka;
pub mod librdkafka;
mod lists;
mod load;
mod names;
mod overlay;
mod read;
mod report;
mod sections;
mod tree;
pub mod vocabulary;

#[derive(Clone, Debug)]
pub struct Config {
    pub service: Service,
    pub kafka: Kafka,
    pub topics: Topics,
    pub tenancy: Tenancy,
    pub snapshots: Snapshots,
    pub models: Models,
    pub scoring: Scoring,
    pub training: Training,
    pub exploration: Exploration,
    pub limits: Limits,
    pub themes: Vec<Theme>,
    pub outcomes: Outcomes,
    pub traits: Vec<Trait>,
    pub jumps: Vec<JumpRule>,
}

#[derive(Clone, Debug)]
pub struct Service {
    /// `group.id`, and prefix of every `transactional.id`.
    pub application: String,
    /// Stable per pod.
    pub instance: String,
    pub lanes: usize,
    pub commit_interval_ms: u64,
    pub listen: String,
}

/// librdkafka properties by their own names. What each client gets: [`Kafka::for_consumer`], [`Kafka::for_producer`].
#[derive(Clone, Default)]
pub struct Kafka {
    pub common: BTreeMap<String, String>,
    pub consumer: BTreeMap<String, String>,
    pub producer: BTreeMap<String, String>,
}

/// Secrets stay out of whatever prints a configuration.
impl fmt::Debug for Kafka {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |properties: &BTreeMap<String, String>| -> BTreeMap<String, String> {
            let value = |(name, value): (&String, &String)| (name.clone(), kafka::shown(name, value).to_owned());
            properties.iter().map(value).collect()
        };
        f.debug_struct("Kafka")
            .field("common", &shown(&self.common))
            .field("consumer", &shown(&self.consumer))
            .field("producer", &shown(&self.producer))
            .finish()
    }
}

#[derive(Clone, Debug)]
pub struct Topics {
    pub events: Vec<String>,
    pub score_changes: String,
    pub score_jumps: String,
    pub dead_letters: String,
}

#[derive(Clone, Debug)]
pub enum Tenancy {
    /// Everything belongs to `default`.
    None,
    Header(String),
    /// A JSON pointer into the event.
    Json(String),
    /// The first group of the regex (or the whole match) on the topic's name.
    Topic(regex::Regex),
}

#[derive(Clone, Debug)]
pub struct Snapshots {
    pub url: String,
    /// Somebody has said it; it is not the default.
    pub url_is_said: bool,
    pub interval_seconds: u64,
    pub history_days: u32,
}

#[derive(Clone, Debug)]
pub struct Models {
    pub url: String,
    pub poll_seconds: u64,
}

#[derive(Clone, Debug)]
pub struct Scoring {
    pub horizon_days: u32,
    /// Points; 0 says every event.
    pub change_threshold: f64,
    pub reasons: usize,
    /// Highest first: name, lowest score of the band. The last one starts at 0.
    pub bands: Vec<(String, u8)>,
    pub sweep_seconds: u64,
    /// What scores 50; `None`: the tenant's first trained model decides, before that 0.01.
    pub anchor_probability: Option<f64>,
}

#[derive(Clone, Debug)]
pub struct Training {
    pub every_hours: u64,
    pub budget_minutes: u64,
    /// Of LightGBM; 0 is every core that the process may use.
    pub threads: usize,
    pub max_rows: u64,
    pub cost_missed: f64,
    pub cost_wasted: f64,
    pub calls_per_day: Option<f64>,
    pub exclude: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Exploration {
    pub share: f64,
}

#[derive(Clone, Debug)]
pub struct Limits {
    pub record_bytes: usize,
    pub blocked_ids: Vec<String>,
}

/// A bucket of the URL and content taxonomy. Its place in the list is its bit in a touchpoint.
#[derive(Clone, Debug)]
pub struct Theme {
    pub name: String,
    /// Regexes on path and query.
    pub url: Vec<String>,
    pub title: Vec<String>,
    pub event: Vec<String>,
    pub high_intent: bool,
}

/// Names of `track` events.
#[derive(Clone, Debug)]
pub struct Outcomes {
    pub positive: Vec<String>,
    pub negative: Vec<String>,
    pub contact: Vec<String>,
    pub repeat: bool,
}

#[derive(Clone, Debug)]
pub struct Trait {
    pub name: String,
    /// JSON pointers into traits; the first that holds something wins.
    pub path: Vec<String>,
    pub kind: TraitKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraitKind {
    Number,
    Category,
    Flag,
    /// A job title: read as rank and department.
    Title,
}

#[derive(Clone, Debug)]
pub struct JumpRule {
    pub name: String,
    pub when: JumpWhen,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum JumpWhen {
    /// Crossing `above` upwards; armed again below `rearm`.
    Crossing { above: f64, rearm: f64 },
    /// At least `rise` points above the lowest score in force within the window.
    Surge { rise: f64, within_hours: f64, cooldown_hours: f64 },
}
