//! Why a row has its score: path-dependent TreeSHAP, exactly. What LightGBM's `pred_contrib` says, hundreds of times as fast.
//!
//! The contributions of a row add up to its sums, together with what the forest says on average. They are not divided by the number of
//! trees where the forest is averaged; LightGBM does not either.

use thiserror::Error;

use super::columns::{Columns, Place};
use super::explain::alone::{Alone, AloneScratch, FEW, RowsAlone};
use super::explain::compile::compile;
use super::explain::factors::Factors;
use super::explain::lanes::{Lanes, LanesScratch};
use super::explain::paths::Paths;
use super::explain::plain::{Plain, PlainScratch};
use super::explain::program::Program;
use super::forest::{Forest, Tree};
use super::simd::{BLOCK, Level};

/// Distinct features on one path of a tree that is explained. Models have dozens at most; this bounds the time that a row can take.
pub const MAX_PATH: usize = 1024;

/// Contributions that a row may have, of all classes: 128 MiB. A short file can name a million of either, features and classes.
pub const MAX_CONTRIBUTIONS: usize = 1 << 24;

/// A forest, made ready for explaining. Never changed; each thread has a [`Scratch`] of its own.
#[derive(Clone, Debug)]
pub struct Explainer {
    features: usize,
    level: Level,
    /// What each class's trees say on average.
    base: Vec<f64>,
    columns: Columns,
    program: Program,
    alone: Alone,
    /// What the program sums: class and feature.
    targets: Vec<(usize, usize)>,
    /// Trees that are not in the program, and their classes.
    plain: Vec<(usize, Plain)>,
}

/// Why a forest cannot be explained. Trees count from 0, in the file's order.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unexplained {
    #[error("tree {tree} has no counts of training rows (internal_count, leaf_count), and contributions need them")]
    NoCovers { tree: usize },
    #[error("tree {tree} has {features} features on one path; contributions are made for at most {MAX_PATH}")]
    TooLong { tree: usize, features: usize },
    #[error("{classes} classes of {features} features each are more than {MAX_CONTRIBUTIONS} contributions for a row")]
    TooMany { classes: usize, features: usize },
}

/// Memory of [`Explainer::contributions`], used again from call to call.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    plain: PlainScratch,
    lanes: LanesScratch,
    alone: AloneScratch,
    targets: Vec<usize>,
}

impl Explainer {
    pub fn new(forest: &Forest) -> Result<Self, Unexplained> {
        Self::at_level(forest, Level::best())
    }

    /// With instructions that are not the best of this machine.
    pub fn at_level(forest: &Forest, level: Level) -> Result<Self, Unexplained> {
        let (classes, features) = (forest.classes, forest.feature_names.len());
        if classes.saturating_mul(features + 1) > MAX_CONTRIBUTIONS {
            return Err(Unexplained::TooMany { classes, features });
        }
        let (columns, places) = Columns::new(forest);
        let mut explainer = Self {
            features,
            level,
            base: vec![0.0; classes],
            columns,
            program: Program::default(),
            alone: Alone::default(),
            targets: Vec::new(),
            plain: Vec::new(),
        };
        let mut start = 0;
        let mut trees = Vec::with_capacity(forest.trees.len());
        for (index, tree) in forest.trees.iter().enumerate() {
            let places = &places[start..start + tree.splits.len()];
            start += tree.splits.len();
            if tree.splits.is_empty() {
                explainer.base[index % classes] += tree.leaf_values[0];
                continue;
            }
            let covers = tree.covers.as_ref().ok_or(Unexplained::NoCovers { tree: index })?;
            let paths = Paths::new(tree, covers);
            if paths.longest() > MAX_PATH {
                return Err(Unexplained::TooLong { tree: index, features: paths.longest() });
            }
            explainer.base[index % classes] += paths.expectation;
            trees.push((index % classes, tree, paths, places));
        }
        // Classes apart, so that what a tree adds to is near; equal numbers of points together.
        trees.sort_by_key(|(class, _, paths, _)| (*class, paths.longest()));
        for of_class in trees.chunk_by(|a, b| a.0 == b.0) {
            let mut adds_to = vec![u32::MAX; features];
            for (class, tree, paths, places) in of_class {
                explainer.add(*class, tree, paths, places, &mut adds_to);
            }
        }
        Ok(explainer)
    }

    /// `adds_to`: for each feature of the class, the sum that it has, if any.
    fn add(&mut self, class: usize, tree: &Tree, paths: &Paths, places: &[Place], adds_to: &mut [u32]) {
        let Some(factors) = Factors::new(tree, paths) else {
            return self.plain.push((class, Plain::new(tree, paths.clone())));
        };
        for split in &tree.splits {
            let to = &mut adds_to[split.feature as usize];
            if *to == u32::MAX {
                *to = self.targets.len() as u32;
                self.targets.push((class, split.feature as usize));
            }
        }
        self.alone.add(&factors, places, adds_to);
        compile(&mut self.program, &factors, places, adds_to, 3);
    }

    /// Replaces `out` by what each value of each row contributes.
    ///
    /// `rows`: row after row of `width` values, at least as many as the forest has features. `out`: for each row, for each class, `width`
    /// contributions and then the base. Allocates nothing once `scratch` has its size: for up to two rows after one, for any number after
    /// three.
    ///
    /// # Panics
    /// Where the lengths do not agree.
    pub fn contributions(&self, rows: &[f64], width: usize, scratch: &mut Scratch, out: &mut [f64]) {
        let size = self.base.len() * (width + 1);
        assert!(width >= self.features && rows.len().is_multiple_of(width.max(1)), "rows of {width} values");
        assert_eq!(out.len(), rows.len() / width.max(1) * size, "a place for each contribution");
        out.fill(0.0);
        if width == 0 {
            return;
        }
        scratch.targets.clear();
        scratch.targets.extend(self.targets.iter().map(|(class, feature)| class * (width + 1) + feature));
        for (rows, out) in rows.chunks(BLOCK * width).zip(out.chunks_mut(BLOCK * size)) {
            let (program, columns, targets) = (&self.program, &self.columns, &scratch.targets[..]);
            if out.len() / size <= FEW {
                let (alone, scratch) = (&self.alone, &mut scratch.alone);
                RowsAlone { alone, columns, rows, width, targets, scratch, out, size }.run(self.level);
            } else {
                let scratch = &mut scratch.lanes;
                Lanes { program, columns, rows, width, targets, scratch, out, size }.run(self.level);
            }
        }
        for (row, out) in rows.chunks_exact(width).zip(out.chunks_exact_mut(size)) {
            for (out, base) in out.chunks_exact_mut(width + 1).zip(&self.base) {
                out[width] = *base;
            }
            for (class, tree) in &self.plain {
                tree.add(row, &mut scratch.plain, &mut out[class * (width + 1)..][..width]);
            }
        }
    }

    /// For each class, what its trees say on average.
    pub fn base(&self) -> &[f64] {
        &self.base
    }

    /// Memory that it holds.
    pub fn bytes(&self) -> usize {
        let plain: usize = self.plain.iter().map(|(_, tree)| size_of_val(tree) + tree.bytes()).sum();
        size_of_val(&self.base[..])
            + size_of_val(&self.targets[..])
            + self.columns.bytes()
            + self.program.bytes()
            + self.alone.bytes()
            + plain
    }
}
