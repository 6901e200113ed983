//! The fewest faults with which a run still fails.

use std::collections::BTreeSet;

use super::decisions::{Key, Strike};
use super::{Mistake, Outcome, Way, run};

/// The ordinals, in the whole run, of the faults that are left, and what becomes of the run with them alone.
pub struct Shrunk {
    pub ordinals: Vec<usize>,
    pub outcome: Outcome,
}

/// Faults by their ordinals in the whole run, which is done to learn them.
pub fn keys(seed: u64, mistake: Mistake, ordinals: &[usize]) -> BTreeSet<Key> {
    let struck = run(seed, &Way { mistake, ..Way::default() }).struck;
    ordinals.iter().filter_map(|ordinal| struck.get(*ordinal)).map(|strike| strike.key).collect()
}

/// Zeller and Hildebrandt's delta debugging (2002): parts are taken out, ever smaller ones, as long as the run fails without them.
pub fn shrink(seed: u64, mistake: Mistake, struck: &[Strike]) -> Shrunk {
    let try_only = |ordinals: &[usize]| {
        let only = Some(ordinals.iter().map(|ordinal| struck[*ordinal].key).collect());
        run(seed, &Way { mistake, only, telling: true, ..Way::default() })
    };
    let mut left: Vec<usize> = (0..struck.len()).collect();
    let mut outcome = try_only(&left);
    let mut parts = 2;
    while !left.is_empty() {
        let size = left.len().div_ceil(parts).max(1);
        let without = |at: usize| [&left[..at * size], &left[left.len().min((at + 1) * size)..]].concat();
        let found = (0..left.len().div_ceil(size)).map(without).find_map(|less| {
            let outcome = try_only(&less);
            outcome.ended.is_err().then_some((less, outcome))
        });
        match found {
            Some((less, failed)) => {
                (left, outcome) = (less, failed);
                parts = (parts - 1).max(2);
            }
            None if size == 1 => break,
            None => parts = (2 * parts).min(left.len()),
        }
    }
    // A fault may be allowed and not come about any more.
    let strikes: BTreeSet<Key> = outcome.struck.iter().map(|strike| strike.key).collect();
    left.retain(|ordinal| strikes.contains(&struck[*ordinal].key));
    Shrunk { ordinals: left, outcome }
}
