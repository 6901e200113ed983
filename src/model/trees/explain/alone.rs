//! A few rows, each by itself: the points of the integrals are the lanes of a vector.
//!
//! With `t = 1/z` of an edge that the row takes and `t = 0` of another, its factor is `1 + u·t`, and what a product with it contributes is
//! `(t − 1)` times the product without it. So with `P` of a split and the sums `S` of its children, which leave out all factors above
//! them, its feature gets `P·((t − 1)·S + (t' − 1)·S')`, and its own `S` is `(1 + u·t)·S + (1 + u·t')·S'`. `S` of a leaf is its value by its
//! shares, times what the number of its path's features makes of any leaf; so an edge has a constant beside its `t`, 1 above a split.
//!
//! Where a feature was asked for above, `P` is divided by that edge's factor `f`, and of each `t − 1` is taken off the same of that edge
//! times the quotient of the factors.

use super::super::columns::{Columns, Place};
use super::super::forest::Child;
use super::super::simd::{Block, LANES, Level, Simd, Work};
use super::factors::{Factors, Grid, MOST_FEATURES};
use super::paths::NONE;
use super::program::Line;

/// All trees that are explained fast.
#[derive(Clone, Debug, Default)]
pub struct Alone {
    trees: Vec<TreeCode>,
    splits: Vec<Split>,
    /// By the number of points, 0 among them.
    grids: Vec<Option<LaneGrid>>,
    /// Splits of the largest tree.
    most: usize,
}

#[derive(Clone, Copy, Debug)]
struct TreeCode {
    splits: usize,
    points: usize,
}

#[derive(Clone, Copy, Debug)]
struct Split {
    place: Place,
    /// The edge that leads here, and the edge above of the split's feature; [`NONE`] if there is none.
    edge: u32,
    above: u32,
    /// What it adds to.
    adds_to: u32,
    /// Where `S` of its children is: of a leaf, by the number of its path's features; of a split behind all those.
    sums: [u32; 2],
    /// Of the edges, left and right.
    constants: [f64; 2],
    /// Constant by share of the left edge, 0, the same of the right one: from the first on what a row takes that goes left, from the
    /// second on what one takes that goes right.
    taken: [f64; 3],
}

/// Numbers of features that a leaf's path may have, and 0.
const LEAVES: usize = MOST_FEATURES + 1;

/// A rule's points as lanes; what is left of the vectors counts for nothing.
#[derive(Clone, Debug)]
struct LaneGrid {
    u: [Line; 2],
    /// What the number of a path's features makes of a leaf's constant.
    scales: Vec<[Line; 2]>,
}

impl LaneGrid {
    fn new(grid: &Grid) -> Self {
        let lanes = |of: &dyn Fn(usize) -> f64| {
            let mut lines = [Line::ZERO; 2];
            for point in 0..grid.points() {
                lines[point / LANES].0[point % LANES] = of(point);
            }
            lines
        };
        let scales = (0..LEAVES).map(|features| lanes(&|point| grid.scale(features, point)));
        Self { u: lanes(&|point| grid.u(point)), scales: scales.collect() }
    }
}

impl Alone {
    /// Adds a tree. `places`: of its splits. `adds_to`: for each feature of the forest, where its contribution is summed.
    pub fn add(&mut self, factors: &Factors<'_>, places: &[Place], adds_to: &[u32]) {
        let Factors { tree, paths, grid, .. } = factors;
        let (first, count) = (self.splits.len(), tree.splits.len());
        for (s, (split, place)) in tree.splits.iter().zip(places).enumerate() {
            let (features, edges) = (paths.features[s], [2 * s, 2 * s + 1]);
            let children = [split.left, split.right];
            let constant = |side: usize| match children[side] {
                Child::Split(_) => 1.0,
                Child::Leaf(leaf) => tree.leaf_values[leaf as usize] * paths.reach[edges[side]],
            };
            let constants = [constant(0), constant(1)];
            self.splits.push(Split {
                place: *place,
                edge: NONE,
                above: paths.above[s],
                adds_to: adds_to[split.feature as usize],
                sums: children.map(|child| match child {
                    Child::Split(to) => LEAVES as u32 + to,
                    Child::Leaf(_) => features,
                }),
                constants,
                taken: [constants[0] / paths.shares[edges[0]], 0.0, constants[1] / paths.shares[edges[1]]],
            });
        }
        for (s, split) in tree.splits.iter().enumerate() {
            for (edge, child) in [(2 * s, split.left), (2 * s + 1, split.right)] {
                if let Child::Split(to) = child {
                    self.splits[first + to as usize].edge = edge as u32;
                }
            }
        }
        self.trees.push(TreeCode { splits: count, points: grid.points() });
        self.grids.resize(self.grids.len().max(grid.points() + 1), None);
        self.grids[grid.points()].get_or_insert_with(|| LaneGrid::new(grid));
        self.most = self.most.max(count);
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let scales = |grid: &LaneGrid| size_of_val(&grid.scales[..]);
        let grids = size_of_val(&self.grids[..]) + self.grids.iter().flatten().map(scales).sum::<usize>();
        size_of_val(&self.trees[..]) + size_of_val(&self.splits[..]) + grids
    }
}

/// Memory that is used again from call to call.
#[derive(Clone, Debug, Default)]
pub struct AloneScratch {
    columns: Vec<Block>,
    /// `t` of each edge, times its constant.
    taken: Vec<[f64; 2]>,
    /// `P` of splits.
    products: Vec<Line>,
    /// `S` of leaves by features, then of splits.
    sums: Vec<Line>,
    /// For each row, for each feature of each class, what was contributed, by points: the first eight, then the others.
    adds: Vec<Line>,
}

/// So many rows are mostly quicker one by one than as lanes.
pub const FEW: usize = 2;

/// Explains up to 64 rows; best for a [`FEW`].
pub struct RowsAlone<'a> {
    pub alone: &'a Alone,
    pub columns: &'a Columns,
    /// Row after row, as many as there are.
    pub rows: &'a [f64],
    pub width: usize,
    /// For each sum, the place of its feature in what is said of a row.
    pub targets: &'a [usize],
    pub scratch: &'a mut AloneScratch,
    /// For each row, `size` places.
    pub out: &'a mut [f64],
    pub size: usize,
}

impl AloneScratch {
    /// Makes room for so many rows and for a [`FEW`], so that the second row of all is no surprise.
    fn fit(&mut self, splits: usize, columns: usize, features: usize, rows: usize) {
        self.columns.resize(self.columns.len().max(columns), Block::ZERO);
        self.taken.resize(self.taken.len().max(splits), [0.0; 2]);
        self.products.resize(self.products.len().max(2 * splits), Line::ZERO);
        self.sums.resize(self.sums.len().max(2 * (LEAVES + splits)), Line::ZERO);
        self.adds.resize(self.adds.len().max(2 * features * rows.max(FEW)), Line::ZERO);
        self.adds[..2 * features * rows].fill(Line::ZERO);
    }
}

impl RowsAlone<'_> {
    pub fn run(self, level: Level) {
        level.run(self);
    }

    /// Adds up the points.
    fn write(&mut self) {
        let features = self.targets.len();
        for (row, out) in self.out.chunks_exact_mut(self.size).enumerate() {
            let (first, second) = self.scratch.adds[2 * features * row..][..2 * features].split_at(features);
            for ((first, second), target) in first.iter().zip(second).zip(self.targets) {
                out[*target] = first.0.iter().chain(&second.0).sum();
            }
        }
    }
}

impl Work for RowsAlone<'_> {
    type Output = ();

    #[inline(always)]
    fn at<S: Simd>(mut self, simd: S) {
        let (count, features) = (self.out.len() / self.size, self.targets.len());
        let scratch = &mut *self.scratch;
        scratch.fit(self.alone.most, self.columns.len(), features, count);
        self.columns.fill(simd, self.rows, self.width, count, &mut scratch.columns);
        let mut splits = &self.alone.splits[..];
        let mut points = 0;
        for tree in &self.alone.trees {
            let of_tree;
            (of_tree, splits) = splits.split_at(tree.splits);
            let Some(grid) = &self.alone.grids[tree.points] else { unreachable!("a tree without its points") };
            let is_new = points != tree.points;
            points = tree.points;
            for row in 0..count {
                let walk = Walk {
                    splits: of_tree,
                    taken: &mut scratch.taken[..tree.splits],
                    products: &mut scratch.products,
                    sums: &mut scratch.sums,
                    adds: &mut scratch.adds[2 * features * row..][..2 * features],
                };
                if tree.points > LANES {
                    walk.run::<S, 2>(simd, grid, is_new && row == 0, &scratch.columns, row);
                } else {
                    walk.run::<S, 1>(simd, grid, is_new && row == 0, &scratch.columns, row);
                }
            }
        }
        self.write();
    }
}

/// One row and one tree.
struct Walk<'a> {
    splits: &'a [Split],
    taken: &'a mut [[f64; 2]],
    products: &'a mut [Line],
    sums: &'a mut [Line],
    adds: &'a mut [Line],
}

impl Walk<'_> {
    /// With `V` vectors of points.
    #[inline(always)]
    fn run<S: Simd, const V: usize>(mut self, simd: S, grid: &LaneGrid, is_new: bool, columns: &[Block], row: usize) {
        if is_new {
            for (sum, scale) in self.sums.as_chunks_mut::<V>().0.iter_mut().zip(&grid.scales) {
                sum.copy_from_slice(&scale[..V]);
            }
        }
        let mut u = [simd.splat(0.0); V];
        for v in 0..V {
            u[v] = simd.load(&grid.u[v].0);
        }
        self.down::<S, V>(simd, &u, columns, row);
        self.up::<S, V>(simd, &u);
    }

    /// `t` of an edge that leads to a split.
    #[inline(always)]
    fn of_edge(&self, edge: u32) -> f64 {
        self.taken[edge as usize / 2][edge as usize % 2]
    }

    #[inline(always)]
    fn down<S: Simd, const V: usize>(&mut self, simd: S, u: &[S::F64s; V], columns: &[Block], row: usize) {
        let one = simd.splat(1.0);
        for v in 0..V {
            self.products[v] = Line::ONE;
        }
        for s in 0..self.splits.len().min(self.taken.len()) {
            let split = &self.splits[s];
            let right = usize::from(columns[split.place.column as usize].0[row % 64] > split.place.rank);
            self.taken[s] = [split.taken[right], split.taken[right + 1]];
            if split.above != NONE && self.of_edge(split.above) == 0.0 {
                self.taken[s] = [0.0; 2];
            }
            if s == 0 {
                continue;
            }
            let (parent, t) = (split.edge as usize / 2, simd.splat(self.of_edge(split.edge)));
            for v in 0..V {
                let product = simd.load(&self.products[parent * V + v].0);
                let mut product = simd.mul(product, simd.mul_add(u[v], t, one));
                if split.above != NONE {
                    product = simd.mul(product, inverse_factor(simd, u[v], self.of_edge(split.above)));
                }
                simd.store(product, &mut self.products[s * V + v].0);
            }
        }
    }

    #[inline(always)]
    fn up<S: Simd, const V: usize>(&mut self, simd: S, u: &[S::F64s; V]) {
        let features = self.adds.len() / 2;
        for s in (0..self.splits.len()).rev() {
            let split = &self.splits[s];
            let [left, right] = self.taken[s].map(|t| simd.splat(t));
            let [one_left, one_right] = split.constants.map(|constant| simd.splat(constant));
            let (mut add_left, mut add_right) = (simd.sub(left, one_left), simd.sub(right, one_right));
            for v in 0..V {
                let (f_left, f_right) = (simd.mul_add(u[v], left, one_left), simd.mul_add(u[v], right, one_right));
                let of_left = simd.load(&self.sums[split.sums[0] as usize * V + v].0);
                let of_right = simd.load(&self.sums[split.sums[1] as usize * V + v].0);
                let mut sum = simd.mul_add(f_left, of_left, simd.mul(f_right, of_right));
                if split.above != NONE {
                    let above = self.of_edge(split.above);
                    let inverse = inverse_factor(simd, u[v], above);
                    sum = simd.mul(sum, inverse);
                    let off = simd.mul(simd.splat(1.0 - above), inverse);
                    add_left = simd.mul_add(off, f_left, simd.sub(left, one_left));
                    add_right = simd.mul_add(off, f_right, simd.sub(right, one_right));
                }
                simd.store(sum, &mut self.sums[(LEAVES + s) * V + v].0);
                let adds = simd.mul_add(add_left, of_left, simd.mul(add_right, of_right));
                let to = &mut self.adds[v * features + split.adds_to as usize].0;
                let product = simd.load(&self.products[s * V + v].0);
                simd.store(simd.mul_add(product, adds, simd.load(to)), to);
            }
        }
    }
}

/// `1/(1 + u·t)`. Rare enough to be computed where it is needed.
#[inline(always)]
fn inverse_factor<S: Simd>(simd: S, u: S::F64s, t: f64) -> S::F64s {
    let mut lanes = [0.0; LANES];
    simd.store(u, &mut lanes);
    for lane in &mut lanes {
        *lane = 1.0 / (1.0 + *lane * t);
    }
    simd.load(&lanes)
}
