//! A model's sums, to the bit as LightGBM's: which leaf each tree ends in, by whatever way is fastest, and what the leaves are worth.
//!
//! ```text
//! rows ─► columns ─┬─► batch: 64 rows, all trees    ─┬─► codes, leaves ─► values: sums
//!                  ├─► single: one row, 64 trees    ─┤
//!                  └─► walk: what neither can take  ─┘
//! ```

use std::cmp::Reverse;

use super::columns::Columns;
use super::columns::Place;
use super::evaluate::batch::Batch;
use super::evaluate::codes::CodedTree;
use super::evaluate::run::{Leaves, Output, Run, Sums};
use super::evaluate::single::{MOST_COLUMNS, Single};
use super::evaluate::values::{Found, LeafValues};
use super::evaluate::walk::Walk;
use super::forest::{Forest, Tree};
use super::simd::{BLOCK, Block, Level};

/// A forest, made ready. Never changed; shared between threads.
#[derive(Clone, Debug)]
pub struct Evaluator {
    level: Level,
    pub(super) columns: Columns,
    pub(super) batch: Batch,
    /// Where the machine has what it needs, and the columns are few enough.
    pub(super) single: Option<Single>,
    /// First the trees that have no codes. Then, if there is no `single`, all others, by slot.
    pub(super) walk: Walk,
    /// How many trees have no codes.
    pub(super) uncoded: usize,
    /// So many rows, or fewer, are taken one by one.
    pub(super) few: usize,
    pub(super) values: LeafValues,
}

/// Memory that is reused from call to call, of one evaluator or several; nothing in it matters between them.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// Of a block of rows, by column.
    pub(super) columns: Vec<Block>,
    /// Of one row, by column.
    pub(super) row: Vec<i8>,
    /// Of a block of rows, by slot; or of one row, 64 slots each.
    pub(super) codes: Vec<Block>,
    /// Of a block of rows, by tree without codes.
    pub(super) walked: Vec<[u32; BLOCK]>,
    /// Of one row, by walked tree.
    pub(super) ways: Vec<u32>,
}

impl Evaluator {
    /// At the best level that this machine has.
    pub fn new(forest: &Forest) -> Self {
        Self::at(Level::best(), forest)
    }

    /// At a level that this machine has: for tests and tables.
    pub fn at(level: Level, forest: &Forest) -> Self {
        let (columns, places) = Columns::new(forest);
        let places = by_tree(forest, &places);
        let (mut coded, mut walk) = (Vec::new(), Walk::new(forest, columns.len()));
        for (index, (tree, places)) in forest.trees.iter().zip(&places).enumerate() {
            match CodedTree::new(tree, places) {
                Some(coded_tree) => coded.push((index, coded_tree)),
                None => walk.push(tree, places, None),
            }
        }
        // Neighbours in a kernel take as long as the largest of them.
        coded.sort_by_key(|(_, tree)| Reverse(tree.steps.len()));
        let (order, coded): (Vec<usize>, Vec<CodedTree>) = coded.into_iter().unzip();
        let uncoded = walk.count();
        let single = level.picks().then(|| Single::new(&coded, columns.len())).flatten();
        if single.is_none() {
            for (index, coded) in order.iter().zip(&coded) {
                walk.push(&forest.trees[*index], places[*index], Some(coded));
            }
        }
        Self {
            few: few(forest, single.is_some()),
            level,
            batch: Batch::new(&coded),
            values: values(forest, &order, &coded),
            columns,
            single,
            walk,
            uncoded,
        }
    }

    /// Sums to a row.
    pub fn classes(&self) -> usize {
        self.values.classes()
    }

    pub fn trees(&self) -> usize {
        self.values.trees()
    }

    /// Values that a row must have at least.
    pub fn width(&self) -> usize {
        self.columns.width()
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let single = self.single.as_ref().map_or(0, Single::bytes);
        self.columns.bytes() + self.batch.bytes() + single + self.walk.bytes() + self.values.bytes()
    }

    /// Replaces `out` by the sums of each row, a class each, row after row: as [`Forest::sums`], to the bit. `rows` are as many, of
    /// `width` values each, of which those beyond the model's are not looked at.
    ///
    /// # Panics
    /// If `rows` and `out` do not fit together, or `width` is less than [`Evaluator::width`].
    pub fn sums(&self, rows: &[f64], width: usize, scratch: &mut Scratch, out: &mut [f64]) {
        self.run(rows, width, scratch, out, self.classes(), Sums);
    }

    /// Replaces `out` by the leaf that each row ends in, as the file numbers them, a tree each, row after row.
    ///
    /// # Panics
    /// As [`Evaluator::sums`].
    pub fn leaves(&self, rows: &[f64], width: usize, scratch: &mut Scratch, out: &mut [u32]) {
        self.run(rows, width, scratch, out, self.trees(), Leaves);
    }

    fn run<O: Output>(
        &self,
        rows: &[f64],
        width: usize,
        scratch: &mut Scratch,
        out: &mut [O::Value],
        each: usize,
        output: O,
    ) {
        if out.is_empty() {
            return;
        }
        assert_eq!(out.len() / each * width, rows.len(), "rows and what comes of them");
        assert!(out.len().is_multiple_of(each) && width >= self.width(), "a row's values");
        scratch.fit(self);
        self.level.run(Run { evaluator: self, rows, width, scratch, out, each, output });
    }
}

/// Where a block costs as much as its rows one by one. Measured: a walk takes about as long as twenty splits of a block.
fn few(forest: &Forest, single: bool) -> usize {
    let splits: usize = forest.trees.iter().map(|tree| tree.splits.len()).sum();
    if single { 9 } else { 2 + splits / forest.trees.len().max(1) / 20 }
}

/// Each tree's part of `places`.
fn by_tree<'a>(forest: &Forest, mut places: &'a [Place]) -> Vec<&'a [Place]> {
    let split_off = |tree: &Tree| {
        let (of_tree, others) = places.split_at(tree.splits.len());
        places = others;
        of_tree
    };
    forest.trees.iter().map(split_off).collect()
}

/// The leaves' values. `coded` are trees by slot, `order` their places in the forest; the other trees are walked in their order.
fn values(forest: &Forest, order: &[usize], coded: &[CodedTree]) -> LeafValues {
    let mut slots = vec![None; forest.trees.len()];
    for (slot, index) in order.iter().enumerate() {
        slots[*index] = Some(slot);
    }
    let mut walked = 0;
    let mut found = |slot: &Option<usize>| match *slot {
        Some(slot) => Found::Coded { slot, tree: &coded[slot] },
        None => {
            walked += 1;
            Found::Walked { at: walked - 1 }
        }
    };
    let trees: Vec<(Found<'_>, &[f64])> =
        forest.trees.iter().zip(&slots).map(|(tree, slot)| (found(slot), &tree.leaf_values[..])).collect();
    LeafValues::new(forest.classes, &trees)
}

impl Scratch {
    /// Grows to what `evaluator` needs.
    fn fit(&mut self, evaluator: &Evaluator) {
        fn at_least<T: Clone>(vector: &mut Vec<T>, len: usize, value: T) {
            if vector.len() < len {
                vector.resize(len, value);
            }
        }
        let singles = evaluator.trees().div_ceil(BLOCK);
        at_least(&mut self.columns, evaluator.columns.len(), Block::ZERO);
        at_least(&mut self.row, MOST_COLUMNS.max(evaluator.columns.len() + BLOCK), 0);
        at_least(&mut self.codes, evaluator.batch.codes().max(singles), Block::ZERO);
        at_least(&mut self.walked, evaluator.uncoded, [0; BLOCK]);
        at_least(&mut self.ways, evaluator.walk.count(), 0);
    }
}
