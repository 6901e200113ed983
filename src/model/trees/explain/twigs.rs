//! Twigs: the subtrees at the bottom that are tables.
//!
//! A twig's code has a bit for each of its splits, whether the row goes left there, and one for each edge above the twig that asks for a
//! feature which the twig asks for again. That decides the factors of all its leaves.

use super::super::forest::Child;
use super::super::forest::Tree;
use super::factors::Factors;
use super::paths::{NONE, Paths};

/// A subtree of up to three splits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Twig {
    /// The top first.
    pub splits: Vec<u32>,
    /// Edges above it.
    outside: Vec<u32>,
}

/// For each split, the twig that it is the top of, if it could be one.
pub fn find(tree: &Tree, paths: &Paths, most_bits: usize) -> Vec<Option<Twig>> {
    let mut twigs: Vec<Option<Twig>> = vec![None; tree.splits.len()];
    for (s, split) in tree.splits.iter().enumerate().rev() {
        let mut splits = vec![s as u32];
        let fits = [split.left, split.right].into_iter().all(|child| match child {
            Child::Leaf(_) => true,
            Child::Split(to) => {
                twigs[to as usize].as_ref().inspect(|below| splits.extend_from_slice(&below.splits)).is_some()
            }
        });
        let mut outside: Vec<u32> = splits.iter().map(|s| paths.above[*s as usize]).collect();
        outside.retain(|edge| *edge != NONE && !splits.contains(&(edge / 2)));
        outside.sort_unstable();
        outside.dedup();
        if fits && splits.len() + outside.len() <= most_bits {
            twigs[s] = Some(Twig { splits, outside });
        }
    }
    twigs
}

impl Twig {
    /// How many bits its code has.
    pub fn bits(&self) -> usize {
        self.splits.len() + self.outside.len()
    }

    /// The edges whose masks are its code's bits: where an edge above is not taken, it makes no difference that its split's is not.
    pub fn edges(&self) -> impl Iterator<Item = u32> + '_ {
        self.splits.iter().map(|s| 2 * s).chain(self.outside.iter().copied())
    }

    /// The features that it asks for, each once.
    pub fn features(&self, tree: &Tree) -> Vec<u32> {
        let mut features: Vec<u32> = self.splits.iter().map(|s| tree.splits[*s as usize].feature).collect();
        features.sort_unstable();
        features.dedup();
        features
    }

    /// Appends the tables, each with a value for each code: what each bit's feature adds at `t = 0`, then for each other point `A` and
    /// what each feature adds, both for `P = 1`. Of features there are as many as bits; what is left over adds nothing.
    pub fn tables(&self, factors: &Factors<'_>, out: &mut Vec<f64>) {
        let (bits, codes) = (self.bits(), 1 << self.bits());
        let features = self.features(factors.tree);
        for point in 0..factors.points {
            let start = out.len();
            out.resize(start + (bits + 1) * codes, 0.0);
            for code in 0..codes {
                let mut leaves = Leaves { twig: self, factors, features: &features, code, point, sums: [0.0; 4] };
                leaves.walk(self.splits[0], 1.0, [0.0; 3]);
                for (table, sum) in leaves.sums.iter().take(bits + 1).enumerate() {
                    out[start + table * codes + code] = *sum;
                }
            }
            if point == 0 {
                out.drain(start..start + codes);
            }
        }
    }

    /// Whether a row with such a code takes an edge and those above it of its feature.
    fn takes(&self, edge: u32, code: usize, paths: &Paths) -> bool {
        let bit = |edge| self.edges().position(|other| other == edge).map(|bit| code >> bit & 1 == 1);
        match edge {
            NONE => true,
            edge if !self.splits.contains(&(edge / 2)) => bit(edge).unwrap_or(false),
            edge => {
                let left = bit(edge & !1).unwrap_or(false);
                self.takes(paths.above[edge as usize / 2], code, paths) && left == (edge % 2 == 0)
            }
        }
    }
}

/// The leaves of a twig, for one code and at one point.
struct Leaves<'a> {
    twig: &'a Twig,
    factors: &'a Factors<'a>,
    features: &'a [u32],
    code: usize,
    point: usize,
    /// `A`, and what each feature adds.
    sums: [f64; 4],
}

impl Leaves<'_> {
    /// At most three deep. `adds`: what a product on the way contributes to each feature.
    fn walk(&mut self, s: u32, product: f64, adds: [f64; 3]) {
        let (tree, paths) = (self.factors.tree, self.factors.paths);
        let split = &tree.splits[s as usize];
        let place = self.features.iter().position(|feature| *feature == split.feature).unwrap_or_default();
        let above = paths.above[s as usize];
        for (edge, child) in [(2 * s, split.left), (2 * s + 1, split.right)] {
            let (mut product, mut adds) = (product, adds);
            if self.twig.takes(above, self.code, paths) {
                product /= self.factors.f(above, self.point);
                adds[place] -= self.factors.g(above, self.point);
                if self.twig.takes(edge, self.code, paths) {
                    product *= self.factors.f(edge, self.point);
                    adds[place] += self.factors.g(edge, self.point);
                }
            }
            match child {
                Child::Split(to) => self.walk(to, product, adds),
                Child::Leaf(leaf) => {
                    let sum = product * self.factors.leaf(leaf, self.point);
                    self.sums[0] += sum;
                    for (total, add) in self.sums[1..].iter_mut().zip(adds) {
                        *total += sum * add;
                    }
                }
            }
        }
    }
}
