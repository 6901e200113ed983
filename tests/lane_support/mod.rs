//! The whole service in memory: a broker, lanes and a clock, all in one thread, so that a run is a function of its seed.
// Every test binary compiles all of this and uses its share.
#![allow(dead_code, unused_imports)]

pub mod dice;
#[path = "../support/events.rs"]
pub mod events;
pub mod logs;
#[path = "../support/record.rs"]
pub mod record;
pub mod said;
pub mod worker;
pub mod world;

use std::sync::{Arc, LazyLock};

use needle::commands::assembly::Assembly;
use needle::config::Config;
use needle::model::bundle::Columns;
use needle::model::day_zero::{self, Subjects};
use needle::model::{LinearModel, Model};

pub use dice::Dice;
pub use logs::{Bend, TestLog};
pub use record::Draft;
pub use said::{Line, Said};
pub use worker::Worker;
pub use world::{GROUP, World};

/// What a record of the dead-letter topic may have in these tests.
pub const DEAD_LETTER_BYTES: usize = 1 << 20;

const RULES: &str = r#"
[service]
application = "needle"
[[themes]]
name = "pricing"
url = ["^/pricing"]
high_intent = true
[[themes]]
name = "docs"
url = ["^/docs"]
[[themes]]
name = "security"
url = ["/security"]
title = ["(?i)security"]
[[traits]]
name = "employees"
path = ["/company/employee_count", "/employees"]
kind = "number"
[[traits]]
name = "title"
path = ["/title"]
kind = "title"
[[jumps]]
name = "hot"
above = 60
rearm = 55
[[jumps]]
name = "surge"
rise = 10
within_hours = 24
cooldown_hours = 24
"#;

/// Rules that fit what `events` generates, with changes to them as TOML tables.
pub fn assembly(changes: &str) -> Arc<Assembly> {
    let config = Config::from_toml(&format!("{changes}\n{RULES}")).expect("a configuration");
    Arc::new(Assembly::new(config).expect("an assembly"))
}

/// One input topic.
pub fn usual() -> Arc<Assembly> {
    static USUAL: LazyLock<Arc<Assembly>> = LazyLock::new(|| assembly(""));
    USUAL.clone()
}

/// Two input topics, and every event says something.
pub fn talkative() -> Arc<Assembly> {
    static TALKATIVE: LazyLock<Arc<Assembly>> =
        LazyLock::new(|| assembly("[scoring]\nchange_threshold = 0\n[topics]\nevents = [\"web\", \"app\"]"));
    TALKATIVE.clone()
}

/// The shipped model under another name, whose scores are `more` points of log-odds higher.
pub fn another_model(assembly: &Assembly, version: &str, more: f64) -> Arc<Model> {
    let features: Vec<_> = assembly.schema.features().iter().map(|f| (f.name.as_str(), f.version)).collect();
    let subjects = Subjects { high_intent_themes: &["pricing"], titles: &["title"] };
    let (mut manifest, mut weights) = day_zero::bundle(&features, subjects, 0.01);
    manifest.version = version.to_owned();
    weights.bias += more;
    Arc::new(Model::Linear(LinearModel::bind(&manifest, &weights, Columns::of(&features), None).expect("a model")))
}

/// `records` records of few leads over `partitions` partitions.
pub fn generate(seed: u64, partitions: i32, records: usize) -> Vec<Vec<Draft>> {
    let plan = events::Plan {
        seed,
        partitions: partitions as usize,
        leads: 5 * partitions as usize,
        records,
        ..Default::default()
    };
    events::generate(&plan)
}
