//! Leads just before and after their first positive outcome, and, to compare with, leads without any outcome over a time as long.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::histories::{Histories, NEVER, Place};
use super::sample::Smallest;
use crate::training::matrix::{Matrix, compact};

/// Pairs of each kind, at most.
const PAIRS: usize = 1000;
/// What a lead has become is looked for within so long.
const AFTER_MS: i64 = 7 * 86_400_000;
const SALT: u64 = 0xa5_0f_7e_12;

/// States of one lead, before and after, each as of its own newest touchpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairs {
    /// One vector after the other, as wide as the matrix; the same number of either.
    pub before: Vec<f64>,
    pub after: Vec<f64>,
}

/// Leads before and after.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Around {
    /// The newest state before the first positive outcome, and the newest one within 7 days from it on.
    pub outcome: Pairs,
    /// Of leads without an outcome: a state, chosen by hash, and the newest one within 7 days after it.
    pub control: Pairs,
}

impl Around {
    /// Takes columns out, as of the matrix that it is as wide as.
    pub fn leave_out(&mut self, matrix: &Matrix, names: &[String]) {
        let width = matrix.width();
        let kept: Vec<usize> = (0..width).filter(|place| !names.contains(&matrix.columns[*place].name)).collect();
        for values in [&mut self.outcome, &mut self.control].into_iter().flat_map(|p| [&mut p.before, &mut p.after]) {
            compact(values, width, &kept);
        }
    }
}

/// Where a pair's states lie. Those with the smallest numbers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    number: u64,
    pub before: Place,
    pub after: Place,
}

/// The pairs of one tenant.
pub(super) struct Chosen {
    outcome: Smallest<Pair>,
    control: Smallest<Pair>,
}

/// One lead's, while its states go by.
#[derive(Clone, Copy, Default)]
struct Found {
    /// Of the state before: its number, so that the smallest is chosen, its instant, its place.
    before: Option<(u64, i64, Place)>,
    after: Option<Place>,
}

impl Chosen {
    pub fn new() -> Self {
        Self { outcome: Smallest::new(PAIRS), control: Smallest::new(PAIRS) }
    }

    pub fn choose(&mut self, histories: &Histories) {
        let mut found = vec![Found::default(); histories.leads.len()];
        for state in &histories.states {
            let lead = &histories.leads[state.lead as usize];
            let found = &mut found[state.lead as usize];
            let (at_ms, place) = (state.at_ms, state.place);
            if lead.outcome_ms() == NEVER {
                let number = number(lead.hash, at_ms);
                match found.before {
                    Some((smallest, from_ms, _)) if smallest <= number => {
                        if at_ms <= from_ms + AFTER_MS {
                            found.after = Some(place);
                        }
                    }
                    _ => *found = Found { before: Some((number, at_ms, place)), after: None },
                }
            } else if lead.outcome_ms() == lead.positive_ms {
                if at_ms < lead.positive_ms {
                    found.before = Some((number(lead.hash, 0), at_ms, place));
                } else if at_ms <= lead.positive_ms + AFTER_MS {
                    found.after = Some(place);
                }
            }
        }
        for (lead, found) in histories.leads.iter().zip(found) {
            if let Found { before: Some((number, _, before)), after: Some(after) } = found {
                let of = if lead.outcome_ms() == NEVER { &mut self.control } else { &mut self.outcome };
                of.offer(Pair { number, before, after });
            }
        }
    }

    /// In order of their numbers.
    pub fn take(self) -> [Vec<Pair>; 2] {
        [self.outcome, self.control].map(|kept| {
            let mut pairs = kept.take(PAIRS);
            pairs.sort_unstable();
            pairs
        })
    }
}

fn number(lead: u64, at_ms: i64) -> u64 {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&lead.to_le_bytes());
    key[8..].copy_from_slice(&at_ms.to_le_bytes());
    xxh3_64_with_seed(&key, SALT)
}
