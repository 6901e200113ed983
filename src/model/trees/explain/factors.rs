//! The constants of one tree, in the form in which nothing is left to compute but products.
//!
//! With `u = t/(1−t)`, a factor `o·t + z·(1−t)` is `z·(1−t)` times `1` where the row does not take the edge, and times `f = 1 + u/z` where
//! it does. All `z·(1−t)` of a path, with the leaf's value and the point's weight, are one constant of the leaf. A product contributes to
//! a feature of its path `−1` times itself where the row does not take the edge, and `g − 1` times where it does, `g = (1+u)/(z+u)`.
//!
//! At `t = 0` every factor is 1, whatever the row: a rule that begins with 0 (Radau's) has that point for nothing, and needs one point
//! less than Legendre's where the number of features is odd.

use super::super::forest::{Child, Tree};
use super::paths::{NONE, Paths};
use super::quadrature::gauss_radau;

/// Features of a path that the fast ways take.
pub const MOST_FEATURES: usize = 31;

/// The points of the integrals of one tree.
pub struct Grid {
    /// `u`, weight, `1 − t`.
    points: Vec<(f64, f64, f64)>,
}

/// What rows and points multiply by; point 0 is `t = 0`.
pub struct Factors<'a> {
    pub tree: &'a Tree,
    pub paths: &'a Paths,
    pub grid: Grid,
    /// With `t = 0`.
    pub points: usize,
    /// For each edge, for each point, `f` and `g`.
    edges: Vec<(f64, f64)>,
    /// For each leaf, for each point: the leaf's constant.
    leaves: Vec<f64>,
    /// For each edge, the sum of the constants below it at `t = 0`.
    below: Vec<f64>,
}

impl<'a> Factors<'a> {
    /// A tree with at least one split. `None` where a constant would leave the range of numbers: a share of 0, or a path far too long.
    pub fn new(tree: &'a Tree, paths: &'a Paths) -> Option<Self> {
        // No product of shares can undo what these bounds leave: a factor is at most `1 + u/z`.
        if paths.longest() > MOST_FEATURES || paths.least_share < 1e-100 || paths.most_share > 1e100 {
            return None;
        }
        let grid = Grid::new(paths.longest());
        let points = grid.points();
        let of_edge = |z: f64| grid.points.iter().map(move |(u, ..)| (1.0 + u / z, (1.0 + u) / (z + u)));
        let edges = paths.shares.iter().copied().flat_map(of_edge).collect();
        let leaves = vec![0.0; tree.leaf_values.len() * points];
        let mut factors = Self { tree, paths, grid, points, edges, leaves, below: Vec::new() };
        factors.fill_leaves();
        factors.below = factors.sum_up();
        Some(factors)
    }

    fn fill_leaves(&mut self) {
        for (s, split) in self.tree.splits.iter().enumerate() {
            for (edge, child) in [(2 * s, split.left), (2 * s + 1, split.right)] {
                let Child::Leaf(leaf) = child else { continue };
                let value = self.tree.leaf_values[leaf as usize] * self.paths.reach[edge];
                let constants = &mut self.leaves[leaf as usize * self.points..][..self.points];
                for (point, constant) in constants.iter_mut().enumerate() {
                    *constant = value * self.grid.scale(self.paths.features[s] as usize, point);
                }
            }
        }
    }

    fn sum_up(&self) -> Vec<f64> {
        let mut below = vec![0.0; 2 * self.tree.splits.len()];
        for (s, split) in self.tree.splits.iter().enumerate().rev() {
            for (edge, child) in [(2 * s, split.left), (2 * s + 1, split.right)] {
                below[edge] = match child {
                    Child::Leaf(leaf) => self.leaf(leaf, 0),
                    Child::Split(to) => below[2 * to as usize] + below[2 * to as usize + 1],
                };
            }
        }
        below
    }

    /// What a taken edge multiplies by; 1 for no edge.
    pub fn f(&self, edge: u32, point: usize) -> f64 {
        if edge == NONE { 1.0 } else { self.edges[edge as usize * self.points + point].0 }
    }

    /// What a product with a taken edge contributes, and once more; 1 for no edge.
    pub fn g(&self, edge: u32, point: usize) -> f64 {
        if edge == NONE { 1.0 } else { self.edges[edge as usize * self.points + point].1 }
    }

    pub fn leaf(&self, leaf: u32, point: usize) -> f64 {
        self.leaves[leaf as usize * self.points + point]
    }

    /// What a fork contributes at `t = 0` to a row that takes its edge `taken` and not the `other`.
    pub fn at_zero(&self, taken: u32, other: u32) -> f64 {
        let old = self.g(self.paths.above[taken as usize / 2], 0);
        self.below[taken as usize] * (self.g(taken, 0) - old) - self.below[other as usize] * old
    }
}

impl Grid {
    /// Enough for paths of so many features.
    fn new(features: usize) -> Self {
        let rule = gauss_radau(features / 2 + 1);
        Self { points: rule.iter().map(|point| (point.t / (1.0 - point.t), point.weight, 1.0 - point.t)).collect() }
    }

    pub fn points(&self) -> usize {
        self.points.len()
    }

    pub fn u(&self, point: usize) -> f64 {
        self.points[point].0
    }

    /// What a leaf's value times its shares is multiplied by where its path has so many features.
    pub fn scale(&self, features: usize, point: usize) -> f64 {
        let (_, weight, rest) = self.points[point];
        weight * rest.powi(features as i32 - 1)
    }
}
