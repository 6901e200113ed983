//! When leads come for the first time, in order, without a list of them all.
//!
//! Each lead's instant is its own draw, so that more leads move nobody. To hand them over in order, the period is cut into windows and
//! all leads' draws are looked through once a window: a few nanoseconds each, and only one window's leads are ever held.

use super::Plan;
use crate::random::Random;

/// Windows of a plan: one holds this share of the leads at a time.
const WINDOWS: u32 = 64;
/// So much of the plan's time goes by before the last leads come.
const ARRIVALS: f64 = 0.85;
/// Sets these draws apart from those of the leads' lives.
const SALT: u64 = 0x6172_7269_7661_6c73;

/// Leads by their first instant.
pub(super) struct Arrivals {
    seed: u64,
    leads: u32,
    window: u32,
    /// The window's leads, the last one first: share of the arrivals' time, lead.
    waiting: Vec<(f64, u32)>,
}

impl Arrivals {
    pub fn new(plan: &Plan) -> Self {
        Self { seed: plan.seed, leads: plan.leads, window: 0, waiting: Vec::new() }
    }

    /// How many are held.
    pub fn held(&self) -> usize {
        self.waiting.len()
    }

    fn fill(&mut self) {
        let (low, high) = (f64::from(self.window), f64::from(self.window + 1));
        let share = |lead: u32| Random::stream(self.seed ^ SALT, u64::from(lead)).unit();
        let all = (0..self.leads).map(|lead| (share(lead), lead));
        let within = |share: f64| (low..high).contains(&(share * f64::from(WINDOWS)));
        self.waiting.extend(all.filter(|(share, _)| within(*share)));
        self.waiting.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        self.window += 1;
    }
}

impl Iterator for Arrivals {
    /// Share of the plan's time that has gone by, lead.
    type Item = (f64, u32);

    fn next(&mut self) -> Option<(f64, u32)> {
        while self.waiting.is_empty() && self.window < WINDOWS {
            self.fill();
        }
        self.waiting.pop().map(|(share, lead)| (ARRIVALS * share, lead))
    }
}
