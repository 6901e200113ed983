//! What the tests of the explainer share: forests with training rows, and contributions by other ways.
#![allow(dead_code, reason = "every test uses its own part")]

pub mod reference;

use needle::model::trees::explainer::{Explainer, Scratch};
use needle::model::trees::forest::{Child, Covers, Forest, Tree};

use crate::trees_support::forests::{self, Shape};
use crate::trees_support::random::Random;

/// Where the training rows of nodes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Each leaf has some, each split those of its children.
    Sound,
    /// So, but some leaves have none.
    WithZeros,
    /// Of each node its own, as no training writes them.
    Lying,
}

/// A random forest, each node with so many training rows.
pub fn forest(shape: Shape, counts: Counts, seed: u64) -> Forest {
    let mut forest = forests::forest(shape, seed);
    let mut random = Random(seed ^ 0x5ee_d00f);
    for tree in &mut forest.trees {
        tree.covers = Some(covers(tree, counts, &mut random));
    }
    forest
}

fn covers(tree: &Tree, counts: Counts, random: &mut Random) -> Covers {
    let count = |random: &mut Random| match counts {
        Counts::WithZeros if random.below(4) == 0 => 0,
        // Small and large ones, as leaves have.
        _ => {
            let digits = random.below(20);
            1 + random.below(1 << digits) as u32
        }
    };
    let leaves: Vec<u32> = tree.leaf_values.iter().map(|_| count(random)).collect();
    let mut splits = vec![0; tree.splits.len()];
    for (at, split) in tree.splits.iter().enumerate().rev() {
        let of = |child| match child {
            Child::Split(to) => splits[to as usize],
            Child::Leaf(to) => leaves[to as usize],
        };
        splits[at] = if counts == Counts::Lying { count(random) } else { of(split.left) + of(split.right) };
    }
    Covers { splits, leaves }
}

/// The contributions of some rows.
pub fn contributions(explainer: &Explainer, forest: &Forest, rows: &[f64], width: usize) -> Vec<f64> {
    let mut out = vec![f64::NAN; rows.len() / width * forest.classes * (width + 1)];
    explainer.contributions(rows, width, &mut Scratch::default(), &mut out);
    out
}

/// What contributions may be wrong by: a little of what they are made of. A share above 1, where counts lie, makes a leaf count for more.
pub fn tolerance(forest: &Forest) -> f64 {
    1e-12 * forest.trees.iter().map(weight).sum::<f64>()
}

fn weight(tree: &Tree) -> f64 {
    let covers = tree.covers.as_ref().expect("covers");
    let mut reach = vec![1.0; tree.splits.len()];
    let mut weight = if tree.splits.is_empty() { tree.leaf_values[0].abs() } else { 0.0 };
    for (at, split) in tree.splits.iter().enumerate() {
        let of = f64::from(covers.splits[at]).max(1.0);
        for child in [split.left, split.right] {
            match child {
                Child::Split(to) => {
                    reach[to as usize] = reach[at] * (f64::from(covers.splits[to as usize]) / of).max(1.0)
                }
                Child::Leaf(to) => {
                    let reach = reach[at] * (f64::from(covers.leaves[to as usize]) / of).max(1.0);
                    weight += reach * tree.leaf_values[to as usize].abs();
                }
            }
        }
    }
    weight
}
