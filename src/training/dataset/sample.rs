//! No more rows than are wanted: a sample whose weights stand for the rest.
//!
//! Each instant has a number, a hash of seed, lead and instant, and those with the smallest numbers are kept: which ones does not depend
//! on the order in which they come. Positive instants are few and worth more, so they are kept first, up to half of the rows; a row weighs the
//! number of instants of its kind over the number that was kept of them, so that weights add up to all instants, of each kind, exactly.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::histories::Place;
use crate::training::matrix::Row;

/// An instant that may become a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant {
    number: u64,
    pub lead: u64,
    pub at_ms: i64,
    pub silent_ms: i64,
    pub place: Place,
    pub positive: bool,
}

impl Instant {
    pub fn new(seed: u64, lead: u64, at_ms: i64, silent_ms: i64, place: Place, positive: bool) -> Self {
        let mut key = [0; 16];
        key[..8].copy_from_slice(&lead.to_le_bytes());
        key[8..].copy_from_slice(&at_ms.to_le_bytes());
        Self { number: xxh3_64_with_seed(&key, seed), lead, at_ms, silent_ms, place, positive }
    }

    pub fn row(&self, weight: f64) -> Row {
        let Self { lead, at_ms, silent_ms, positive, .. } = *self;
        Row { lead, at_ms, positive, weight, silent_ms }
    }
}

/// The smallest of all that were offered, `limit` of them at most, and how many there were.
#[derive(Debug)]
pub(super) struct Smallest<T> {
    limit: usize,
    /// At most twice the limit.
    kept: Vec<T>,
    /// Once there are more than the limit: none above this one is among the smallest.
    bound: Option<T>,
    pub offered: u64,
}

impl<T: Ord + Copy> Smallest<T> {
    pub fn new(limit: usize) -> Self {
        Self { limit, kept: Vec::new(), bound: None, offered: 0 }
    }

    pub fn offer(&mut self, one: T) {
        self.offered += 1;
        if self.limit == 0 || self.bound.is_some_and(|bound| one > bound) {
            return;
        }
        self.kept.push(one);
        if self.kept.len() >= self.limit.saturating_mul(2) {
            self.shrink();
        }
    }

    /// Those that are kept, in no order.
    pub fn take(mut self, limit: usize) -> Vec<T> {
        self.limit = self.limit.min(limit);
        self.shrink();
        self.kept
    }

    fn shrink(&mut self) {
        let Self { limit, kept, bound, .. } = self;
        if *limit == 0 {
            return kept.clear();
        }
        if kept.len() > *limit {
            let (_, last, _) = kept.select_nth_unstable(*limit - 1);
            *bound = Some(*last);
            kept.truncate(*limit);
        }
    }
}

/// The instants of one tenant.
#[derive(Debug)]
pub(super) struct Sample {
    positive: Smallest<Instant>,
    negative: Smallest<Instant>,
}

impl Sample {
    /// At most `limit` will be taken.
    pub fn new(limit: usize) -> Self {
        Self { positive: Smallest::new(limit), negative: Smallest::new(limit) }
    }

    pub fn offer(&mut self, instant: Instant) {
        let of = if instant.positive { &mut self.positive } else { &mut self.negative };
        of.offer(instant);
    }

    pub fn offered(&self) -> u64 {
        self.positive.offered + self.negative.offered
    }

    pub fn offered_positive(&self) -> u64 {
        self.positive.offered
    }

    /// At most `limit` instants with their weights, in the order of a matrix.
    pub fn take(self, limit: u64) -> Vec<(Instant, f64)> {
        let Self { positive, negative } = self;
        let share = shares(limit, [positive.offered, negative.offered]);
        let mut taken = Vec::new();
        for (of, share) in [positive, negative].into_iter().zip(share) {
            let weight = of.offered as f64 / share as f64;
            taken.extend(of.take(share as usize).into_iter().map(|instant| (instant, weight)));
        }
        taken.sort_unstable_by_key(|(instant, _)| (instant.at_ms, instant.lead, instant.silent_ms));
        taken
    }
}

/// Gives `limit` to those that want as much as `wanted`: each what it wants, as far as that is no more than an equal share; what one
/// leaves is shared by the others. The first get what does not divide evenly.
pub(super) fn shares<const N: usize>(limit: u64, wanted: [u64; N]) -> [u64; N] {
    let mut given = [0; N];
    share_out(limit, &wanted, &mut given);
    given
}

/// As [`shares`], for any number.
pub(super) fn share_out(limit: u64, wanted: &[u64], given: &mut [u64]) {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|one| wanted[*one]);
    let mut left = limit;
    for (done, one) in order.iter().enumerate() {
        let equal = left.div_ceil((wanted.len() - done) as u64);
        given[*one] = wanted[*one].min(equal);
        left -= given[*one];
    }
}
