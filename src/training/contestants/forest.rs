//! One decision tree, and a random forest; LightGBM grows both.

use super::trees::Binned;
use super::{Class, Contestant, Context, Fitted, Unfit};
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// A single tree, small enough to be drawn and read.
#[derive(Clone, Copy, Debug)]
pub struct OneTree;

/// Many trees, each of a share of the rows and features; their mean.
#[derive(Clone, Copy, Debug)]
pub struct RandomForest;

/// Leaves of the single tree: four questions deep if it is even.
const LEAVES: usize = 16;
/// The least share of rows in one of its leaves.
const LEAST_LEAF_SHARE: usize = 100;
/// Trees of the forest. Figures hardly move beyond, and serving costs by the tree.
const TREES: usize = 200;

impl Contestant for OneTree {
    fn name(&self) -> &'static str {
        "decision tree"
    }

    fn sentence(&self) -> &'static str {
        "One tree of at most 16 leaves: a handful of yes-or-no questions that can be read off a drawing."
    }

    fn class(&self) -> Class {
        Class::Tree
    }

    fn fit(&self, matrix: &Matrix, part: &Part, context: &Context<'_>) -> Result<Fitted, Unfit> {
        let least = (part.len() / LEAST_LEAF_SHARE).max(20);
        // A whole step: leaves hold the log-odds of their rows as far as one Newton step from the base rate reaches.
        let own = format!("learning_rate=1 num_leaves={LEAVES} min_data_in_leaf={least} lambda_l2=1");
        Binned::new(matrix, part, context)?.train(matrix, context, &own, 1)
    }
}

impl Contestant for RandomForest {
    fn name(&self) -> &'static str {
        "random forest"
    }

    fn sentence(&self) -> &'static str {
        "The mean of 200 trees, each grown on a part of the leads and of the features, so that their errors differ."
    }

    fn class(&self) -> Class {
        Class::Ensemble
    }

    fn fit(&self, matrix: &Matrix, part: &Part, context: &Context<'_>) -> Result<Fitted, Unfit> {
        // The square root of the features is Breiman's choice by tree and split; by split alone it would be too few for rare signals.
        let own = "boosting=rf bagging_freq=1 bagging_fraction=0.632 feature_fraction_bynode=0.3 num_leaves=128 \
                   min_data_in_leaf=20 lambda_l2=1";
        Binned::new(matrix, part, context)?.train(matrix, context, own, TREES)
    }
}
