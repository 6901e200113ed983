//! Rows as small whole numbers, so that a split is one comparison of bytes.
//!
//! A feature's thresholds over all trees, sorted, make a scale. The rank of a value is how many of them are less than it; it is at most
//! a threshold just when its rank is at most that threshold's. LightGBM trains on at most 255 bins unless told otherwise, so a rank
//! mostly fits a byte; a longer scale is cut into chunks.
//!
//! A column is a byte for each row: what one kind of split sees of one feature. What is missing is coded so that the comparison alone
//! sends it the default way. A set of categories is a column of its own: the least byte for what is in it, else the greatest. So any
//! split is `byte <= rank`. The bytes are signed because vectors compare those: AVX2 has no other way.

use std::collections::HashMap;
use std::ops::Range;

use super::forest::{CategorySet, Forest, Missing, Split, Test, Tree, ZERO};
use super::simd::{BLOCK, Block, LANES, Simd};

/// Thresholds of one column. Their ranks in it are 0 to 253, that of a value above all of them is 254.
const CHUNK: usize = 254;
/// The code of rank 0.
const ALWAYS_LEFT: i8 = i8::MIN;
/// Above the code of any rank.
const ALWAYS_RIGHT: i8 = i8::MAX;

/// How rows become columns.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// What is read of a row, ascending by feature.
    inputs: Vec<Input>,
    /// The scales of all inputs, in vectors, each with at least one infinity at its end.
    thresholds: Vec<[f64; LANES]>,
    /// Ascending by feature.
    columns: Vec<Column>,
    sets: Vec<CategorySet>,
}

/// Where a split looks, and what for: it sends left what has `column <= rank`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub column: u32,
    pub rank: i8,
}

#[derive(Clone, Debug)]
struct Input {
    /// Place in the row.
    feature: usize,
    thresholds: Range<usize>,
    columns: Range<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Column {
    /// Ranks, less `start`. NaN, and 0 where `zero_is_missing`, is `missing`.
    Ranks { start: u32, zero_is_missing: bool, missing: i8 },
    /// Whether it is in `sets[set]`.
    Set { set: usize },
}

/// What tells columns apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Ranks { feature: u32, chunk: u32, missing: Missing, default_left: bool },
    Set { feature: u32, set: usize },
}

impl Columns {
    /// The columns that a forest needs, and each split's place in them, tree after tree.
    pub fn new(forest: &Forest) -> (Self, Vec<Place>) {
        let scales = Scales::new(forest);
        let mut sets = Sets::default();
        let seen: Vec<(Key, i8)> = splits(forest).map(|(tree, split)| scales.key(tree, split, &mut sets)).collect();
        let mut keys: Vec<Key> = seen.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable_by_key(|key| (key.feature(), *key));
        keys.dedup();
        let place = |&(key, rank): &(Key, i8)| {
            let column = keys.partition_point(|other| (other.feature(), *other) < (key.feature(), key));
            Place { column: column as u32, rank }
        };
        let places = seen.iter().map(place).collect();
        (Self::from_keys(&keys, &scales, sets), places)
    }

    fn from_keys(keys: &[Key], scales: &Scales, sets: Sets<'_>) -> Self {
        let mut columns = Self { sets: sets.sets.into_iter().cloned().collect(), ..Self::default() };
        for of_feature in keys.chunk_by(|a, b| a.feature() == b.feature()) {
            let feature = of_feature[0].feature();
            let scale = scales.of(feature);
            let first = (columns.thresholds.len(), columns.columns.len());
            for vector in scale.chunks(LANES) {
                let mut padded = [f64::INFINITY; LANES];
                padded[..vector.len()].copy_from_slice(vector);
                columns.thresholds.push(padded);
            }
            if scale.len().is_multiple_of(LANES) {
                columns.thresholds.push([f64::INFINITY; LANES]);
            }
            columns.columns.extend(of_feature.iter().map(|key| key.column(scale)));
            columns.inputs.push(Input {
                feature: feature as usize,
                thresholds: first.0..columns.thresholds.len(),
                columns: first.1..columns.columns.len(),
            });
        }
        columns
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether every tree is one leaf.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Values that a row needs: one more than the last feature that a split looks at.
    pub fn width(&self) -> usize {
        self.inputs.last().map_or(0, |input| input.feature + 1)
    }

    /// Replaces `block`, an array for each column, by `count` rows, at most 64 of `width` values each. Rows beyond them are anything.
    #[inline(always)]
    pub fn fill<S: Simd>(&self, simd: S, rows: &[f64], width: usize, count: usize, block: &mut [Block]) {
        for row in 0..count {
            self.each(simd, &rows[row * width..][..width], |column, byte| block[column].0[row] = byte);
        }
    }

    /// Replaces `bytes`, 64 columns each, by one row.
    #[inline(always)]
    pub fn fill_one<S: Simd>(&self, simd: S, row: &[f64], bytes: &mut [Block]) {
        self.each(simd, row, |column, byte| bytes[column / BLOCK].0[column % BLOCK] = byte);
    }

    #[inline(always)]
    fn each<S: Simd>(&self, simd: S, row: &[f64], mut put: impl FnMut(usize, i8)) {
        for input in &self.inputs {
            let value = row[input.feature];
            let rank = rank(simd, &self.thresholds[input.thresholds.clone()], value);
            for column in input.columns.clone() {
                put(column, self.byte(self.columns[column], value, rank));
            }
        }
    }

    #[inline(always)]
    fn byte(&self, column: Column, value: f64, rank: u32) -> i8 {
        match column {
            Column::Ranks { start, zero_is_missing, missing } => {
                let is_missing = value.is_nan() | (zero_is_missing & (value.abs() <= ZERO));
                if is_missing { missing } else { code(rank, start) }
            }
            Column::Set { set } if self.sets[set].contains(value) => ALWAYS_LEFT,
            Column::Set { .. } => ALWAYS_RIGHT,
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.inputs[..])
            + size_of_val(&self.thresholds[..])
            + size_of_val(&self.columns[..])
            + self.sets.iter().map(|set| size_of::<CategorySet>() + size_of_val(&set.words[..])).sum::<usize>()
    }
}

/// How many thresholds of a scale are less than `x`.
#[inline(always)]
fn rank<S: Simd>(simd: S, scale: &[[f64; LANES]], x: f64) -> u32 {
    // The last vector ends in an infinity, so it is never passed.
    let passed = scale.partition_point(|vector| vector[LANES - 1] < x);
    (passed * LANES) as u32 + simd.count_below(&scale[passed], x)
}

/// A rank in the chunk that starts at `start`.
fn code(rank: u32, start: u32) -> i8 {
    (rank.saturating_sub(start).min(CHUNK as u32) as i32 + i32::from(i8::MIN)) as i8
}

fn splits(forest: &Forest) -> impl Iterator<Item = (&Tree, &Split)> {
    forest.trees.iter().flat_map(|tree| tree.splits.iter().map(move |split| (tree, split)))
}

/// The thresholds of each feature, ascending, each once.
struct Scales {
    /// Sorted.
    thresholds: Vec<f64>,
    /// Place in `thresholds`.
    of_feature: HashMap<u32, Range<usize>>,
}

impl Scales {
    fn new(forest: &Forest) -> Self {
        let mut all: Vec<(u32, f64)> = splits(forest)
            .filter_map(|(_, split)| match split.test {
                // Of -0 and 0, which are equal, 0 stands for both.
                Test::AtMost { threshold, .. } => Some((split.feature, threshold + 0.0)),
                Test::Categories { .. } => None,
            })
            .collect();
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        all.dedup();
        let mut of_feature = HashMap::<u32, Range<usize>>::new();
        for (place, (feature, _)) in all.iter().enumerate() {
            of_feature.entry(*feature).or_insert(place..place).end = place + 1;
        }
        Self { thresholds: all.into_iter().map(|(_, threshold)| threshold).collect(), of_feature }
    }

    fn of(&self, feature: u32) -> &[f64] {
        self.of_feature.get(&feature).map_or(&[], |range| &self.thresholds[range.clone()])
    }

    /// A split's column and its rank in there.
    fn key<'a>(&self, tree: &'a Tree, split: &Split, sets: &mut Sets<'a>) -> (Key, i8) {
        let feature = split.feature;
        match split.test {
            Test::AtMost { threshold, missing, default_left } => {
                let rank = self.of(feature).partition_point(|other| *other < threshold);
                let default_left = default_left && missing != Missing::None;
                let key = Key::Ranks { feature, chunk: (rank / CHUNK) as u32, missing, default_left };
                (key, code(rank as u32, (rank / CHUNK * CHUNK) as u32))
            }
            Test::Categories { set } => {
                (Key::Set { feature, set: sets.place(&tree.categories[set as usize]) }, ALWAYS_LEFT)
            }
        }
    }
}

/// Sets of categories, each once.
#[derive(Default)]
struct Sets<'a> {
    sets: Vec<&'a CategorySet>,
    places: HashMap<&'a CategorySet, usize>,
}

impl<'a> Sets<'a> {
    fn place(&mut self, set: &'a CategorySet) -> usize {
        *self.places.entry(set).or_insert_with(|| {
            self.sets.push(set);
            self.sets.len() - 1
        })
    }
}

impl Key {
    fn feature(self) -> u32 {
        match self {
            Self::Ranks { feature, .. } | Self::Set { feature, .. } => feature,
        }
    }

    fn column(self, scale: &[f64]) -> Column {
        match self {
            Self::Ranks { chunk, missing, default_left, .. } => {
                let start = chunk * CHUNK as u32;
                let of_zero = scale.partition_point(|threshold| *threshold < 0.0) as u32;
                let missing_byte = match missing {
                    // NaN is 0.
                    Missing::None => code(of_zero, start),
                    _ if default_left => ALWAYS_LEFT,
                    _ => ALWAYS_RIGHT,
                };
                Column::Ranks { start, zero_is_missing: missing == Missing::Zero, missing: missing_byte }
            }
            Self::Set { set, .. } => Column::Set { set },
        }
    }
}
