//! No more rows than are wanted: a sample whose weights stand for the rest.
//!
//! Each instant has a number, a hash of seed, lead and instant, and those with the smallest numbers are kept: which ones does not depend
//! on the order in which they come. Positive instants are few and worth more, so they are kept first, up to half of the rows; a row weighs the
//! number of instants of its kind over the number that was kept of them, so that weights add up to all instants, of each kind, exactly.
//!
//! Where it is explored, what a row weighs for that comes on top ([`crate::training::exploration`]). Instants for which others stand are then
//! no rows, and those of low leads that were drawn, few and heavy, are kinds of their own, of which more is kept.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::histories::Place;
use crate::training::exploration::{Group, Strata, Weights};
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
    pub group: Group,
}

impl Instant {
    pub fn new(seed: u64, lead: u64, at_ms: i64, silent_ms: i64, place: Place, positive: bool) -> Self {
        let mut key = [0; 16];
        key[..8].copy_from_slice(&lead.to_le_bytes());
        key[8..].copy_from_slice(&at_ms.to_le_bytes());
        Self { number: xxh3_64_with_seed(&key, seed), lead, at_ms, silent_ms, place, positive, group: Group::Any }
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

    /// Gives up those that are not `wanted`, of whom `offered` are left, those too that are not kept any more.
    fn retain(&mut self, wanted: impl Fn(&T) -> bool, offered: u64) {
        self.shrink();
        self.kept.retain(wanted);
        self.offered = offered;
    }

    /// Those of either.
    fn and(mut self, mut other: Self) -> Self {
        self.kept.append(&mut other.kept);
        self.offered += other.offered;
        self
    }

    /// How many can be taken, or more.
    fn most(&self) -> u64 {
        // After a `retain` there may be fewer than the limit and than were offered.
        if self.kept.len() < self.limit { self.kept.len() as u64 } else { self.offered }
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
    /// Not low; low and not drawn; low and drawn. Of each the positive instants, then the others.
    kinds: [[Smallest<Instant>; 2]; 3],
    strata: Strata,
    /// `None` where rows are not weighed by exploration.
    weights: Option<Weights>,
}

/// What exploration made of the weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weighed {
    /// What the heaviest row weighs.
    pub heaviest: f64,
    /// Instants for which others stand.
    pub not_drawn: u64,
}

impl Sample {
    /// At most `limit` will be taken.
    pub fn new(limit: usize) -> Self {
        let kinds = std::array::from_fn(|_| std::array::from_fn(|_| Smallest::new(limit)));
        Self { kinds, strata: Strata::default(), weights: None }
    }

    pub fn offer(&mut self, instant: Instant) {
        let kind = match instant.group {
            Group::Any => 0,
            Group::Low { drawn, .. } => 1 + usize::from(drawn),
        };
        self.strata.count(instant.group, instant.positive);
        self.kinds[kind][usize::from(!instant.positive)].offer(instant);
    }

    /// Weighs rows by exploration, once all has been offered.
    pub fn weigh(&mut self) -> Weighed {
        let weights = self.strata.weights();
        let before = self.offered();
        for (of, positive) in self.kinds[1].iter_mut().zip([true, false]) {
            of.retain(|instant| weights.of(instant.group) > 0.0, self.strata.left(&weights, positive));
        }
        self.weights = Some(weights);
        Weighed { heaviest: weights.heaviest(), not_drawn: before - self.offered() }
    }

    /// Instants that can be rows.
    pub fn offered(&self) -> u64 {
        self.kinds.iter().flatten().map(|of| of.offered).sum()
    }

    pub fn offered_positive(&self) -> u64 {
        self.kinds.iter().map(|[positive, _]| positive.offered).sum()
    }

    /// At most `limit` instants with their weights, in the order of a matrix.
    pub fn take(self, limit: u64) -> Vec<(Instant, f64)> {
        let Self { kinds, weights, .. } = self;
        let groups: Vec<Smallest<Instant>> = match weights {
            Some(_) => kinds.into_iter().flatten().collect(),
            // One kind of each label.
            None => kinds.into_iter().reduce(|[p, n], [q, m]| [p.and(q), n.and(m)]).into_iter().flatten().collect(),
        };
        let wanted: Vec<u64> = groups.iter().map(Smallest::most).collect();
        let mut share = vec![0; groups.len()];
        share_out(limit, &wanted, &mut share);
        let mut taken = Vec::new();
        for (of, share) in groups.into_iter().zip(share) {
            let weight = of.offered as f64 / share as f64;
            let of_group = |instant: &Instant| weights.as_ref().map_or(1.0, |weights| weights.of(instant.group));
            taken.extend(of.take(share as usize).into_iter().map(|instant| (instant, weight * of_group(&instant))));
        }
        taken.sort_unstable_by_key(|(instant, _)| (instant.at_ms, instant.lead, instant.silent_ms));
        taken
    }
}

/// Gives `limit` to those that want as much as `wanted`: each what it wants, as far as that is no more than an equal share; what one
/// leaves is shared by the others. The first get what does not divide evenly.
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
