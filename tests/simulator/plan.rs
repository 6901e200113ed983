//! What the world of a run is like, drawn from its seed.

use std::sync::Arc;

use needle::commands::assembly::Assembly;
use needle::log::memory::Settings;

use super::decisions::{Decisions, What};
use super::lane_support::events::{self, Random};
use super::lane_support::{Draft, GROUP, talkative, usual};

pub struct Plan {
    pub assembly: Arc<Assembly>,
    pub partitions: i32,
    /// `records[topic][partition]`.
    pub records: Vec<Vec<Vec<Draft>>>,
    pub members: Vec<Member>,
    /// Turns in which faults strike.
    pub storm: usize,
    /// How far the clock goes in a turn, at most.
    pub tick_ms: usize,
    /// How often a snapshot of each partition is due; `None`: none is kept.
    pub snapshots_ms: Option<i64>,
    pub retention: Retention,
    /// Snapshots may be lost.
    pub disasters: bool,
    /// Faults come this many times as often, in hundredths.
    pub roughness: usize,
}

/// What becomes of input that is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    None,
    /// What the newest snapshot holds may go.
    Safe,
    /// What is committed may go, whether or not a restore needs it.
    Unsafe,
}

pub struct Member {
    pub settings: Settings,
    pub interval_ms: i64,
    /// At most so many records of a partition come at once.
    pub most: usize,
    /// It comes so long after the beginning.
    pub from_ms: i64,
}

impl Plan {
    pub fn draw(seed: u64, decisions: &mut Decisions) -> Self {
        let random = &mut decisions.next(0, What::World);
        let mixed = random.below(5) == 0;
        let assembly = if mixed { talkative() } else { usual() };
        let topics = assembly.config.topics.events.len();
        let partitions = 1 + random.below(4) as i32;
        let each = [8, 20, 50][random.below(3)];
        let records = (0..topics).map(|topic| {
            let records = generate(seed.wrapping_add(topic as u64), partitions, each, random);
            if mixed { telling(records) } else { records }
        });
        let records = records.collect();
        let storm = 20 + each * 2 + random.below(40);
        let tick_ms = [10, 60, 300][random.below(3)];
        let snapshots_ms = (random.below(5) > 0).then_some(tick_ms as i64 * [2, 8, 30][random.below(3)]);
        let retention = match random.below(16) {
            0 => Retention::Unsafe,
            1..6 if snapshots_ms.is_some() => Retention::Safe,
            _ => Retention::None,
        };
        let members = members(&assembly, (storm, tick_ms), random);
        Self {
            assembly,
            partitions,
            records,
            members,
            storm,
            tick_ms,
            snapshots_ms,
            retention,
            disasters: retention != Retention::Safe && random.below(3) == 0,
            roughness: [30, 100, 250][random.below(3)],
        }
    }
}

fn members(assembly: &Assembly, (storm, tick_ms): (usize, usize), random: &mut Random) -> Vec<Member> {
    let count = 1 + random.below(4);
    let (quick, of_one_style) = (random.below(2) == 0, random.below(10) > 0);
    let (all_static, all_cooperative) = (random.below(2) == 0, random.below(2) == 0);
    let interval_ms = [0, 20, 150, 1_500][random.below(4)];
    let member = |index: usize| {
        let id = format!("m{index}");
        let mut settings = Settings::new(GROUP, &id, assembly.config.topics.clone());
        let is_static = if of_one_style { all_static } else { random.below(2) == 0 };
        settings.static_id = is_static.then_some(id);
        settings.cooperative = if of_one_style { all_cooperative } else { random.below(2) == 0 };
        if quick {
            settings.session_timeout_ms = 1_500;
            settings.rebalance_timeout_ms = 3_000;
            settings.transaction_timeout_ms = 4_000;
        }
        let from_ms = if index == 0 { 0 } else { random.below(storm * tick_ms / 2 + 1) as i64 };
        Member { settings, interval_ms, most: 1 + random.below(10), from_ms }
    };
    (0..count).map(member).collect()
}

/// Records of few leads; the clocks that stamp them step back at times.
fn generate(seed: u64, partitions: i32, each: usize, random: &mut Random) -> Vec<Vec<Draft>> {
    let plan = events::Plan {
        seed,
        partitions: partitions as usize,
        leads: (1 + random.below(5)) * partitions as usize,
        records: each * partitions as usize,
        ..Default::default()
    };
    let mut records = events::generate(&plan);
    for draft in records.iter_mut().flatten() {
        if random.below(20) == 0 {
            draft.at_ms -= random.below(3_600_000) as i64;
        }
    }
    records
}

/// Those that say something whatever came before them: whole, and new. Of several topics, only what is said tells in which order they met.
fn telling(records: Vec<Vec<Draft>>) -> Vec<Vec<Draft>> {
    let mut seen = std::collections::BTreeSet::new();
    let mut tells = |draft: &Draft| {
        let Some(value) = &draft.value else { return false };
        let json = serde_json::from_slice::<serde_json::Value>(value);
        json.is_ok_and(|json| json["messageId"].is_string()) && draft.headers.is_empty() && seen.insert(value.clone())
    };
    records.into_iter().map(|drafts| drafts.into_iter().filter(&mut tells).collect()).collect()
}
