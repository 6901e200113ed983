//! Calls that fail, by seed or by plan.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use needle::log::memory::{Call, Fault, Faults};
use needle::log::{LogError, Remedy};

use super::events::Random;

/// Decides about the calls of all logs that one worker makes, one after the other.
#[derive(Clone, Default)]
pub struct Dice(Arc<Mutex<Rolls>>);

#[derive(Default)]
struct Rolls {
    plan: Plan,
    /// Calls so far.
    seen: BTreeMap<Call, usize>,
    fell: Vec<Fall>,
}

#[derive(Default)]
enum Plan {
    #[default]
    Never,
    At(Vec<(usize, Fall)>),
    /// Any, so many in a thousand, so many in all.
    Random {
        random: Random,
        per_mille: usize,
        left: usize,
    },
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fall {
    pub call: Call,
    /// It has had its effect.
    pub lost: bool,
    pub remedy: Remedy,
}

impl Dice {
    /// Each of these, at the call of its kind that comes after so many others.
    pub fn at(falls: &[(usize, Fall)]) -> Self {
        Self::plan(Plan::At(falls.to_vec()))
    }

    /// Of a thousand calls so many fail, until so many have.
    pub fn random(seed: u64, per_mille: usize, left: usize) -> Self {
        Self::plan(Plan::Random { random: Random(seed), per_mille, left })
    }

    fn plan(plan: Plan) -> Self {
        Self(Arc::new(Mutex::new(Rolls { plan, ..Default::default() })))
    }

    /// What has failed so far.
    pub fn fell(&self) -> Vec<Fall> {
        self.0.lock().expect("one thread").fell.clone()
    }

    /// Calls of a kind so far.
    pub fn seen(&self, call: Call) -> usize {
        self.0.lock().expect("one thread").seen.get(&call).copied().unwrap_or(0)
    }
}

impl Faults for Dice {
    fn at(&mut self, call: Call) -> Fault {
        self.0.lock().expect("one thread").roll(call)
    }
}

impl Rolls {
    fn roll(&mut self, call: Call) -> Fault {
        let seen = self.seen.entry(call).or_default();
        let passed = *seen;
        *seen += 1;
        let fall = match &mut self.plan {
            Plan::Never => None,
            Plan::At(falls) => {
                falls.iter().find(|(at, fall)| *at == passed && fall.call == call).map(|(_, fall)| *fall)
            }
            Plan::Random { left: 0, .. } => None,
            Plan::Random { random, per_mille, left } => (random.below(1000) < *per_mille).then(|| {
                *left -= 1;
                any(random, call)
            }),
        };
        let Some(fall) = fall else { return Fault::None };
        self.fell.push(fall);
        let error = LogError { remedy: fall.remedy, doing: "testing", cause: "injected".into() };
        if fall.lost { Fault::After(error) } else { Fault::Before(error) }
    }
}

fn any(random: &mut Random, call: Call) -> Fall {
    let lost = random.below(2) == 0;
    let remedy = match random.below(3) {
        // A producer numbers its records, so that a lost one is never asked for again.
        0 if call == Call::Produce => Remedy::Abort,
        0 => Remedy::Retry,
        1 => Remedy::Abort,
        _ => Remedy::Rejoin,
    };
    Fall { call, lost, remedy }
}
