//! The operations, each for `G` times eight rows at once. A row's decisions are masks and table places; nothing branches on them.
//!
//! Constants are read from the front of [`Constants`], as many as an operation needs.

use super::super::simd::{Block, LANES, Simd};
use super::program::{Line, Op};

/// One value of some rows.
pub type Rows<const G: usize> = [Line; G];

/// What is left of a tree's constants.
pub struct Constants<'a> {
    pub scalars: &'a [f64],
    pub tables: &'a [Line],
}

/// What operations read and write.
pub struct Frame<'a, S, const G: usize> {
    pub simd: S,
    pub points: usize,
    /// A bit a row for each edge, all rows of a block.
    pub masks: &'a [[u8; 8]],
    /// A code a row for each twig, all rows of a block.
    pub codes: &'a [Block],
    /// Which eighth of the block the rows begin with.
    pub first: usize,
    /// As many as there may be points.
    pub ones: &'a [Rows<G>],
    /// For each slot, for each point.
    pub slots: &'a mut [Rows<G>],
    /// For each feature of each class, what was contributed so far.
    pub sums: &'a mut [Rows<G>],
}

impl<'a> Constants<'a> {
    #[inline(always)]
    fn scalars(&mut self, count: usize) -> &'a [f64] {
        let (taken, rest) = self.scalars.split_at(count);
        self.scalars = rest;
        taken
    }

    /// So many for each point.
    #[inline(always)]
    fn points<const N: usize>(&mut self, points: usize) -> &'a [[f64; N]] {
        self.scalars(points * N).as_chunks().0
    }

    /// The tables of a twig with `B` bits.
    #[inline(always)]
    fn tables<const B: usize>(&mut self, points: usize) -> &'a [Line] {
        let (taken, rest) = self.tables.split_at((((B + 1) * points + B) << B).div_ceil(LANES));
        self.tables = rest;
        taken
    }
}

/// One table of a twig with `N` codes.
#[inline(always)]
fn table<S: Simd, const N: usize>(simd: S, tables: &[Line], at: usize) -> S::F64s {
    let each = LANES / N;
    simd.load_few(&tables[at / each].0.as_chunks::<N>().0[at % each])
}

impl<S: Simd, const G: usize> Frame<'_, S, G> {
    /// `P` of a fork.
    #[inline(always)]
    pub fn enter(&mut self, op: &Op, constants: &mut Constants<'_>) {
        let (simd, points) = (self.simd, self.points);
        let edge = self.mask(op.edge);
        let (from, to) = self.read_write(op.product, op.to);
        for (point, f) in constants.scalars(points).iter().enumerate() {
            let f = simd.splat(*f);
            for g in 0..G {
                let product = simd.mul_where(edge[g], simd.load(&from[point][g].0), f);
                simd.store(product, &mut to[point][g].0);
            }
        }
    }

    /// `P` of a fork, without the factor of the edge above of its feature.
    #[inline(always)]
    pub fn enter_again(&mut self, op: &Op, constants: &mut Constants<'_>) {
        let (simd, points) = (self.simd, self.points);
        let (edge, old) = (self.mask(op.edge), self.mask(op.old));
        let (from, to) = self.read_write(op.product, op.to);
        for (point, &[f, without]) in constants.points::<2>(points).iter().enumerate() {
            let (f, without) = (simd.splat(f), simd.splat(without));
            for g in 0..G {
                let product = simd.mul_where(edge[g], simd.load(&from[point][g].0), f);
                simd.store(simd.mul_where(old[g], product, without), &mut to[point][g].0);
            }
        }
    }

    /// `A` of a twig with `B` bits, `N` codes, and what it adds.
    #[inline(always)]
    pub fn twig<const B: usize, const N: usize>(&mut self, op: &Op, constants: &mut Constants<'_>) {
        let (simd, points) = (self.simd, self.points);
        let tables = constants.tables::<B>(points);
        let (edge, places) = (self.mask(op.edge), self.places(op.code));
        let mut adds = twig_at_zero::<S, G, B, N>(simd, tables, &places);
        let (from, to) = self.read_write(op.product, op.to);
        for (point, f) in constants.scalars(points).iter().enumerate() {
            let f = simd.splat(*f);
            let tables = twig_tables::<S, B, N>(simd, tables, point);
            for g in 0..G {
                let product = simd.mul_where(edge[g], simd.load(&from[point][g].0), f);
                let sum = twig_step::<S, G, B, N>(simd, &tables, &places, product, &mut adds, g);
                simd.store(sum, &mut to[point][g].0);
            }
        }
        for bit in 0..B {
            self.add(op.twig[bit], &adds[bit]);
        }
    }

    /// `A` of a fork with a leaf and a twig.
    #[inline(always)]
    pub fn leaf_twig<const B: usize, const N: usize>(&mut self, op: &Op, constants: &mut Constants<'_>) {
        let (simd, points) = (self.simd, self.points);
        let tables = constants.tables::<B>(points);
        let (edge, leaf, twig) = (self.mask(op.edge), self.mask(op.first), self.mask(op.second));
        let places = self.places(op.code);
        let mut adds = twig_at_zero::<S, G, B, N>(simd, tables, &places);
        let mut fork = self.fork_at_zero(&leaf, constants);
        let (from, to) = self.read_write(op.product, op.to);
        let minus_one = simd.splat(-1.0);
        for (point, &[f, f_twig, constant, taken, add, add_taken, add_twig]) in
            constants.points::<7>(points).iter().enumerate()
        {
            let tables = twig_tables::<S, B, N>(simd, tables, point);
            for g in 0..G {
                let product = simd.mul_where(edge[g], simd.load(&from[point][g].0), simd.splat(f));
                let below = simd.mul_where(twig[g], product, simd.splat(f_twig));
                let sum = twig_step::<S, G, B, N>(simd, &tables, &places, below, &mut adds, g);
                let of_leaf = simd.select(leaf[g], simd.splat(add_taken), simd.splat(add));
                fork[g] = simd.mul_add(product, of_leaf, fork[g]);
                fork[g] = simd.mul_add(sum, simd.select(leaf[g], minus_one, simd.splat(add_twig)), fork[g]);
                let of_leaf = simd.select(leaf[g], simd.splat(taken), simd.splat(constant));
                simd.store(simd.mul_add(product, of_leaf, sum), &mut to[point][g].0);
            }
        }
        for bit in 0..B {
            self.add(op.twig[bit], &adds[bit]);
        }
        self.add(op.fork, &fork);
    }

    /// `A` of a fork with a twig and something else, whose `A` it replaces.
    #[inline(always)]
    pub fn twig_sum<const B: usize, const N: usize>(&mut self, op: &Op, constants: &mut Constants<'_>) {
        let (simd, points) = (self.simd, self.points);
        let tables = constants.tables::<B>(points);
        let (twig, places) = (self.mask(op.first), self.places(op.code));
        let mut adds = twig_at_zero::<S, G, B, N>(simd, tables, &places);
        let mut fork = self.fork_at_zero(&twig, constants);
        let (from, to) = self.read_write(op.product, op.to);
        let minus_one = simd.splat(-1.0);
        for (point, &[f, add_twig, add_other]) in constants.points::<3>(points).iter().enumerate() {
            let tables = twig_tables::<S, B, N>(simd, tables, point);
            for g in 0..G {
                let product = simd.mul_where(twig[g], simd.load(&from[point][g].0), simd.splat(f));
                let sum = twig_step::<S, G, B, N>(simd, &tables, &places, product, &mut adds, g);
                let other = simd.load(&to[point][g].0);
                fork[g] = simd.mul_add(sum, simd.select(twig[g], simd.splat(add_twig), minus_one), fork[g]);
                fork[g] = simd.mul_add(other, simd.select(twig[g], minus_one, simd.splat(add_other)), fork[g]);
                simd.store(simd.add(sum, other), &mut to[point][g].0);
            }
        }
        for bit in 0..B {
            self.add(op.twig[bit], &adds[bit]);
        }
        self.add(op.fork, &fork);
    }

    /// `A` of a fork with a leaf and something else, whose `A` it replaces.
    #[inline(always)]
    pub fn leaf_sum(&mut self, op: &Op, constants: &mut Constants<'_>) {
        let (simd, points) = (self.simd, self.points);
        let leaf = self.mask(op.first);
        let mut fork = self.fork_at_zero(&leaf, constants);
        let (from, to) = self.read_write(op.product, op.to);
        let minus_one = simd.splat(-1.0);
        for (point, &[constant, taken, add, add_taken, add_other]) in constants.points::<5>(points).iter().enumerate() {
            for g in 0..G {
                let (product, other) = (simd.load(&from[point][g].0), simd.load(&to[point][g].0));
                let of_leaf = simd.select(leaf[g], simd.splat(add_taken), simd.splat(add));
                fork[g] = simd.mul_add(product, of_leaf, fork[g]);
                fork[g] = simd.mul_add(other, simd.select(leaf[g], minus_one, simd.splat(add_other)), fork[g]);
                let of_leaf = simd.select(leaf[g], simd.splat(taken), simd.splat(constant));
                simd.store(simd.mul_add(product, of_leaf, other), &mut to[point][g].0);
            }
        }
        self.add(op.fork, &fork);
    }

    #[inline(always)]
    pub fn leaf_sum_again(&mut self, op: &Op, constants: &mut Constants<'_>) {
        let (simd, points) = (self.simd, self.points);
        let (leaf, second, old) = (self.mask(op.first), self.mask(op.second), self.mask(op.old));
        let mut fork = self.fork_again_at_zero(&leaf, &old, constants);
        let (from, to) = self.read_write(op.product, op.to);
        for (point, &[constant, taken, add, add_taken, add_other, untaken]) in
            constants.points::<6>(points).iter().enumerate()
        {
            for g in 0..G {
                let (product, other) = (simd.load(&from[point][g].0), simd.load(&to[point][g].0));
                let of_leaf = simd.select(leaf[g], simd.splat(add_taken), simd.splat(add));
                fork[g] = simd.mul_add_where(old[g], product, of_leaf, fork[g]);
                let of_other = simd.select(second[g], simd.splat(add_other), simd.splat(untaken));
                fork[g] = simd.mul_add_where(old[g], other, of_other, fork[g]);
                let of_leaf = simd.select(leaf[g], simd.splat(taken), simd.splat(constant));
                simd.store(simd.mul_add(product, of_leaf, other), &mut to[point][g].0);
            }
        }
        self.add(op.fork, &fork);
    }

    /// `A` of a fork from those of its sides.
    #[inline(always)]
    pub fn sum_sum(&mut self, op: &Op, constants: &mut Constants<'_>) {
        let (simd, points) = (self.simd, self.points);
        let first = self.mask(op.first);
        let mut fork = self.fork_at_zero(&first, constants);
        let (from, to) = self.read_write(op.sum, op.to);
        let minus_one = simd.splat(-1.0);
        for (point, &[add_first, add_second]) in constants.points::<2>(points).iter().enumerate() {
            let (add_first, add_second) = (simd.splat(add_first), simd.splat(add_second));
            for g in 0..G {
                let (a, b) = (simd.load(&from[point][g].0), simd.load(&to[point][g].0));
                fork[g] = simd.mul_add(a, simd.select(first[g], add_first, minus_one), fork[g]);
                fork[g] = simd.mul_add(b, simd.select(first[g], minus_one, add_second), fork[g]);
                simd.store(simd.add(a, b), &mut to[point][g].0);
            }
        }
        self.add(op.fork, &fork);
    }

    #[inline(always)]
    pub fn sum_sum_again(&mut self, op: &Op, constants: &mut Constants<'_>) {
        let (simd, points) = (self.simd, self.points);
        let (first, second, old) = (self.mask(op.first), self.mask(op.second), self.mask(op.old));
        let mut fork = self.fork_again_at_zero(&first, &old, constants);
        let (from, to) = self.read_write(op.sum, op.to);
        for (point, &[add_first, add_second, untaken]) in constants.points::<3>(points).iter().enumerate() {
            let untaken = simd.splat(untaken);
            for g in 0..G {
                let (a, b) = (simd.load(&from[point][g].0), simd.load(&to[point][g].0));
                let of_first = simd.select(first[g], simd.splat(add_first), untaken);
                fork[g] = simd.mul_add_where(old[g], a, of_first, fork[g]);
                let of_second = simd.select(second[g], simd.splat(add_second), untaken);
                fork[g] = simd.mul_add_where(old[g], b, of_second, fork[g]);
                simd.store(simd.add(a, b), &mut to[point][g].0);
            }
        }
        self.add(op.fork, &fork);
    }

    #[inline(always)]
    fn mask(&self, mask: u32) -> [S::Lanes; G] {
        let bytes = &self.masks[mask as usize];
        let mut lanes = [self.simd.lanes(bytes[self.first % 8]); G];
        for g in 1..G {
            lanes[g] = self.simd.lanes(bytes[(self.first + g) % 8]);
        }
        lanes
    }

    #[inline(always)]
    fn places(&self, code: u32) -> [S::Places; G] {
        let codes = self.codes[code as usize].0.as_chunks::<LANES>().0;
        let mut places = [self.simd.places(&codes[self.first % 8]); G];
        for g in 1..G {
            places[g] = self.simd.places(&codes[(self.first + g) % 8]);
        }
        places
    }

    /// What a fork adds at `t = 0`.
    #[inline(always)]
    fn fork_at_zero(&self, first: &[S::Lanes; G], constants: &mut Constants<'_>) -> [S::F64s; G] {
        let constants = constants.scalars(2);
        let (taken, other) = (self.simd.splat(constants[0]), self.simd.splat(constants[1]));
        let mut adds = [other; G];
        for g in 0..G {
            adds[g] = self.simd.select(first[g], taken, other);
        }
        adds
    }

    #[inline(always)]
    fn fork_again_at_zero(
        &self,
        first: &[S::Lanes; G],
        old: &[S::Lanes; G],
        constants: &mut Constants<'_>,
    ) -> [S::F64s; G] {
        let mut adds = self.fork_at_zero(first, constants);
        for g in 0..G {
            adds[g] = self.simd.select(old[g], adds[g], self.simd.splat(0.0));
        }
        adds
    }

    /// A slot to read, and another to write.
    #[inline(always)]
    fn read_write(&mut self, read: u32, write: u32) -> (&[Rows<G>], &mut [Rows<G>]) {
        let range = |slot: u32| slot as usize * self.points..slot as usize * self.points + self.points;
        if read == Op::ONES {
            return (&self.ones[..self.points], &mut self.slots[range(write)]);
        }
        match self.slots.get_disjoint_mut([range(read), range(write)]) {
            Ok([read, write]) => (read, write),
            Err(_) => unreachable!("an operation writes where it reads"),
        }
    }

    #[inline(always)]
    fn add(&mut self, to: u32, adds: &[S::F64s; G]) {
        let sums = &mut self.sums[to as usize];
        for g in 0..G {
            let sum = self.simd.add(self.simd.load(&sums[g].0), adds[g]);
            self.simd.store(sum, &mut sums[g].0);
        }
    }
}

/// What the splits of a twig add at `t = 0`.
#[inline(always)]
fn twig_at_zero<S: Simd, const G: usize, const B: usize, const N: usize>(
    simd: S,
    tables: &[Line],
    places: &[S::Places; G],
) -> [[S::F64s; G]; B] {
    let mut adds = [[simd.splat(0.0); G]; B];
    for bit in 0..B {
        let table = table::<S, N>(simd, tables, bit);
        for g in 0..G {
            adds[bit][g] = simd.permute::<N>(table, places[g]);
        }
    }
    adds
}

/// A twig's tables for one point: `A`, then what is added.
#[inline(always)]
fn twig_tables<S: Simd, const B: usize, const N: usize>(simd: S, tables: &[Line], point: usize) -> [S::F64s; 4] {
    let mut of_point = [simd.splat(0.0); 4];
    for at in 0..B + 1 {
        of_point[at] = table::<S, N>(simd, tables, B + (B + 1) * point + at);
    }
    of_point
}

/// `A` of a twig from its `P`; counts what its splits add.
#[inline(always)]
fn twig_step<S: Simd, const G: usize, const B: usize, const N: usize>(
    simd: S,
    tables: &[S::F64s; 4],
    places: &[S::Places; G],
    product: S::F64s,
    adds: &mut [[S::F64s; G]; B],
    g: usize,
) -> S::F64s {
    for bit in 0..B {
        adds[bit][g] = simd.mul_add(product, simd.permute::<N>(tables[bit + 1], places[g]), adds[bit][g]);
    }
    simd.mul(product, simd.permute::<N>(tables[0], places[g]))
}
