//! Which columns a forest needs, and where in them each split looks.

use std::collections::HashMap;
use std::ops::Range;

use super::super::forest::{CategorySet, Forest, Missing, Split, Test, Tree};
use super::super::simd::{BLOCK, Block};
use super::{ALWAYS_LEFT, ALWAYS_RIGHT, CHUNK, Column, Columns, Input, Kind, Spread, code};

/// Where a split looks, and what for: it sends left what has `column <= rank`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub column: u32,
    pub rank: i8,
}

/// What tells columns apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Ranks { feature: u32, chunk: u32, missing: Missing, default_left: bool },
    Set { feature: u32, set: u32 },
}

impl Columns {
    /// The columns that a forest needs, and each split's place in them, tree after tree.
    pub fn new(forest: &Forest) -> (Self, Vec<Place>) {
        let thresholds = Thresholds::new(forest);
        let mut sets = Sets::default();
        let seen: Vec<(Key, i8)> = splits(forest).map(|(tree, split)| thresholds.key(tree, split, &mut sets)).collect();
        let mut keys: Vec<Key> = seen.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable_by_key(|key| (key.feature(), *key));
        keys.dedup();
        let place = |&(key, rank): &(Key, i8)| {
            let column = keys.partition_point(|other| (other.feature(), *other) < (key.feature(), key));
            Place { column: column as u32, rank }
        };
        let places = seen.iter().map(place).collect();
        (Self::from_keys(&keys, &thresholds, sets), places)
    }

    fn from_keys(keys: &[Key], thresholds: &Thresholds, sets: Sets<'_>) -> Self {
        let mut columns = Self { sets: sets.sets.into_iter().cloned().collect(), ..Self::default() };
        for of_feature in keys.chunk_by(|a, b| a.feature() == b.feature()) {
            let feature = of_feature[0].feature();
            let scale = thresholds.of(feature);
            let (input, first) = (columns.inputs.len() as u32, columns.columns.len() as u32);
            columns.columns.extend(of_feature.iter().map(|key| key.column(input, scale)));
            let is_set = |key: &Key| matches!(key, Key::Set { .. });
            let scale = columns.scales.push(scale);
            columns.inputs.push(Input {
                feature,
                plain: scale.is_short() && !of_feature.iter().any(is_set),
                scale,
                columns: first..columns.columns.len() as u32,
            });
        }
        columns.spreads = columns.inputs.chunks(BLOCK).flat_map(|inputs| spreads(inputs, &columns.columns)).collect();
        columns
    }
}

/// What the columns of up to 64 inputs take of them.
fn spreads(inputs: &[Input], columns: &[Column]) -> Vec<Spread> {
    let (start, end) = (inputs[0].columns.start, inputs[inputs.len() - 1].columns.end);
    let first = columns[start as usize].input;
    let spread = |start: u32| {
        let mut spread = Spread {
            inputs: [0; BLOCK],
            missing: Block::ZERO,
            zero_is_missing: Block::ZERO,
            columns: start..end.min(start + BLOCK as u32),
        };
        for (lane, column) in columns[start as usize..spread.columns.end as usize].iter().enumerate() {
            spread.inputs[lane] = (column.input - first) as u8;
            spread.missing.0[lane] = column.missing;
            spread.zero_is_missing.0[lane] = -i8::from(column.zero_is_missing);
        }
        spread
    };
    (start..end).step_by(BLOCK).map(spread).collect()
}

fn splits(forest: &Forest) -> impl Iterator<Item = (&Tree, &Split)> {
    forest.trees.iter().flat_map(|tree| tree.splits.iter().map(move |split| (tree, split)))
}

/// The thresholds of each feature, ascending, each once.
struct Thresholds {
    /// Sorted.
    thresholds: Vec<f64>,
    /// Place in `thresholds`.
    of_feature: HashMap<u32, Range<usize>>,
}

impl Thresholds {
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
    places: HashMap<&'a CategorySet, u32>,
}

impl<'a> Sets<'a> {
    fn place(&mut self, set: &'a CategorySet) -> u32 {
        *self.places.entry(set).or_insert_with(|| {
            self.sets.push(set);
            self.sets.len() as u32 - 1
        })
    }
}

impl Key {
    fn feature(self) -> u32 {
        match self {
            Self::Ranks { feature, .. } | Self::Set { feature, .. } => feature,
        }
    }

    fn column(self, input: u32, scale: &[f64]) -> Column {
        match self {
            Self::Ranks { chunk, missing, default_left, .. } => {
                let start = chunk * CHUNK as u32;
                let of_zero = scale.partition_point(|threshold| *threshold < 0.0) as u32;
                let byte = match missing {
                    // NaN is 0.
                    Missing::None => code(of_zero, start),
                    _ if default_left => ALWAYS_LEFT,
                    _ => ALWAYS_RIGHT,
                };
                Column { input, kind: Kind::Ranks { start }, missing: byte, zero_is_missing: missing == Missing::Zero }
            }
            // In a set or not: no value is missing.
            Self::Set { set, .. } => Column { input, kind: Kind::Set { set }, missing: 0, zero_is_missing: false },
        }
    }
}
