//! What the chosen model goes by.

use serde::{Deserialize, Serialize};

/// Global factors: SHAP values in points of the score, over the holdout.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// What was learned, in sentences, the strongest first. See `sentences`.
    pub sentences: Vec<String>,
    /// Features, the strongest first; as many as are worth showing.
    pub factors: Vec<Factor>,
    /// Groups of features, the strongest first.
    pub groups: Vec<GroupShare>,
    /// Rows that were explained.
    pub rows: u64,
    /// Points of a lead before any feature is looked at: the base value.
    pub base_points: f64,
}

/// One feature's part in the scores.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    pub feature: String,
    /// Its sentence for people: `N visits to pricing in 7 days`.
    pub text: String,
    pub group: String,
    pub unit: String,
    /// Mean over rows of |points|.
    pub mean_abs_points: f64,
    pub direction: Direction,
    /// Mean points by value, in order of value (categories: by points). Empty where it was not taken.
    pub effects: Vec<Effect>,
    /// A sample of rows for the beeswarm. At most 200 are drawn. Empty where it was not taken.
    pub dots: Vec<Dot>,
}

/// What more of a feature does to the score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Raises,
    Lowers,
    /// Up here and down there.
    #[default]
    Mixed,
    /// A category: its values have no order.
    Unordered,
}

/// Leads with about the same value, and what it gives them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// The value as people read it: `0`, `1`, `2 to 4`, `5 or more`, `paid search`, `not known`.
    pub label: String,
    pub mean_points: f64,
    /// Rows, weighed.
    pub rows: f64,
}

/// One row's value and points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dot {
    /// Place of the value among all rows: 0 the lowest, 1 the highest. Absent where the value is missing or a category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<f64>,
    pub points: f64,
}

/// A group of features together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupShare {
    pub group: String,
    /// Mean over rows of |sum of the points of its features|.
    pub mean_abs_points: f64,
    /// How many features it has.
    pub features: u64,
}

/// A decision tree, its root at place 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    pub nodes: Vec<Node>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Absent in a leaf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// Training rows that come here, weighed.
    pub rows: f64,
    /// Share of them with a positive outcome.
    pub probability: f64,
}

/// The question of a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Split {
    pub feature: String,
    /// To be answered by yes or no: `last touchpoint less than 24 hours ago?`
    pub question: String,
    /// Places of the two children.
    pub yes: usize,
    pub no: usize,
}
