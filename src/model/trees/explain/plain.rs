//! Contributions of one tree to one row, point by point: the way for trees that the fast ways do not take.
//!
//! Every factor lies in [0, 1] and any shares will do, even none. Time: points × splits, whatever the tree's form.

use super::super::forest::{Child, Tree};
use super::paths::{NONE, Paths};
use super::quadrature::{Point, gauss_legendre};

/// A tree that is explained plainly.
#[derive(Clone, Debug)]
pub struct Plain {
    tree: Tree,
    paths: Paths,
    /// As many as its longest path needs.
    points: Vec<Point>,
}

/// Memory that is used again from tree to tree and row to row.
#[derive(Clone, Debug, Default)]
pub struct PlainScratch {
    /// For each edge, whether the row takes it and all edges above it that ask for its feature.
    taken: Vec<bool>,
    /// For each split, the product of the factors on the way to it.
    products: Vec<f64>,
    /// For each split, the sum of its leaves, each its value by the product of its whole path.
    sums: Vec<f64>,
}

impl Plain {
    /// A tree with at least one split.
    pub fn new(tree: &Tree, paths: Paths) -> Self {
        let points = gauss_legendre(paths.longest().div_ceil(2));
        Self { tree: tree.clone(), paths, points }
    }

    /// Adds what each feature contributes to `phi`; `row` and `phi` have a place for each feature of the forest.
    pub fn add(&self, row: &[f64], scratch: &mut PlainScratch, phi: &mut [f64]) {
        let splits = self.tree.splits.len();
        scratch.taken.resize(2 * splits, false);
        scratch.products.resize(splits, 0.0);
        scratch.sums.resize(splits, 0.0);
        self.decide(row, &mut scratch.taken);
        for point in &self.points {
            self.down(*point, scratch);
            self.up(*point, scratch, phi);
        }
    }

    fn decide(&self, row: &[f64], taken: &mut [bool]) {
        for (s, split) in self.tree.splits.iter().enumerate() {
            let left = self.tree.goes_left(split.test, row[split.feature as usize]);
            let above = self.paths.above[s];
            let still = above == NONE || taken[above as usize];
            taken[2 * s] = still && left;
            taken[2 * s + 1] = still && !left;
        }
    }

    fn down(&self, point: Point, PlainScratch { taken, products, .. }: &mut PlainScratch) {
        products[0] = point.weight;
        for (s, split) in self.tree.splits.iter().enumerate() {
            // The edges' factors stand in the place of the one above.
            let product = match self.paths.above[s] {
                NONE => products[s],
                above => match self.factor(point, above as usize, taken) {
                    // What is below counts for nothing.
                    0.0 => 0.0,
                    factor => products[s] / factor,
                },
            };
            for (edge, child) in [(2 * s, split.left), (2 * s + 1, split.right)] {
                if let Child::Split(to) = child {
                    products[to as usize] = product * self.factor(point, edge, taken);
                }
            }
        }
    }

    fn up(&self, point: Point, PlainScratch { taken, products, sums }: &mut PlainScratch, phi: &mut [f64]) {
        for (s, split) in self.tree.splits.iter().enumerate().rev() {
            let above = self.paths.above[s];
            let (product, slope_above) = match above {
                NONE => (products[s], 0.0),
                above => match self.factor(point, above as usize, taken) {
                    0.0 => (0.0, 0.0),
                    factor => (products[s] / factor, self.slope(point, above as usize, taken)),
                },
            };
            sums[s] = 0.0;
            for (edge, child) in [(2 * s, split.left), (2 * s + 1, split.right)] {
                let sum = match child {
                    Child::Split(to) => sums[to as usize],
                    Child::Leaf(to) => product * self.factor(point, edge, taken) * self.tree.leaf_values[to as usize],
                };
                sums[s] += sum;
                phi[split.feature as usize] += sum * (self.slope(point, edge, taken) - slope_above);
            }
        }
    }

    /// What an edge multiplies a leaf's value by, at one point.
    fn factor(&self, point: Point, edge: usize, taken: &[bool]) -> f64 {
        let taken = if taken[edge] { point.t } else { 0.0 };
        taken + self.paths.shares[edge] * (1.0 - point.t)
    }

    /// What makes of a product with an edge's factor the integrand of its feature's contribution. Where the factor is 0, so is that.
    fn slope(&self, point: Point, edge: usize, taken: &[bool]) -> f64 {
        let factor = self.factor(point, edge, taken);
        let taken = if taken[edge] { 1.0 } else { 0.0 };
        if factor == 0.0 { 0.0 } else { (taken - self.paths.shares[edge]) / factor }
    }

    pub fn bytes(&self) -> usize {
        let Self { tree, paths, points } = self;
        let sets: usize = tree.categories.iter().map(|set| size_of_val(set) + size_of_val(&set.words[..])).sum();
        let tree = size_of_val(&tree.splits[..]) + size_of_val(&tree.leaf_values[..]) + sets;
        let edges = size_of_val(&paths.shares[..]) + size_of_val(&paths.reach[..]);
        let splits = size_of_val(&paths.above[..]) + size_of_val(&paths.features[..]);
        tree + splits + edges + size_of_val(&points[..])
    }
}
