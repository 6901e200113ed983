//! The single decision tree, as a drawing has it.

use crate::features::{MISSING, Schema};
use crate::model::scale::probability;
use crate::model::trees::forest::{Child, Covers, Forest, Split, Test};
use crate::training::report::data::{self, Node};

/// Of the first tree of a LightGBM text. `None` where it cannot be read, or does not say how many rows came where.
pub fn tree(text: &str, schema: &Schema) -> Option<data::Tree> {
    let forest = Forest::from_text(text.as_bytes()).ok()?;
    let tree = forest.trees.first()?;
    let drawn = Drawn { forest: &forest, covers: tree.covers.as_ref()?, schema };
    let mut nodes = Vec::new();
    let root = if tree.splits.is_empty() { Child::Leaf(0) } else { Child::Split(0) };
    drawn.add(root, &mut nodes);
    Some(data::Tree { nodes })
}

struct Drawn<'a> {
    forest: &'a Forest,
    covers: &'a Covers,
    schema: &'a Schema,
}

impl Drawn<'_> {
    /// Adds a node and all below it; returns its place, and its rows with the sum of their probabilities.
    fn add(&self, child: Child, nodes: &mut Vec<Node>) -> (usize, f64, f64) {
        let tree = &self.forest.trees[0];
        let place = nodes.len();
        nodes.push(Node::default());
        let (split, rows, sum) = match child {
            Child::Leaf(leaf) => {
                let rows = f64::from(self.covers.leaves[leaf as usize]);
                (None, rows, rows * probability(tree.leaf_values[leaf as usize]))
            }
            Child::Split(at) => {
                let split = &tree.splits[at as usize];
                let (yes, yes_rows, yes_sum) = self.add(split.left, nodes);
                let (no, no_rows, no_sum) = self.add(split.right, nodes);
                let feature = self.forest.feature_names[split.feature as usize].clone();
                let question = self.question(&feature, split);
                (Some(data::Split { feature, question, yes, no }), yes_rows + no_rows, yes_sum + no_sum)
            }
        };
        nodes[place] = Node { split, rows, probability: if rows > 0.0 { sum / rows } else { f64::NAN } };
        (place, rows, sum)
    }

    /// `hours since last at most 24?`
    fn question(&self, feature: &str, split: &Split) -> String {
        let known = self.schema.index(feature).map(|at| &self.schema.features()[at]);
        let name = feature.replace('_', " ");
        match split.test {
            Test::AtMost { threshold, .. }
                if known.is_some_and(|f| f.can_miss) && (MISSING..0.0).contains(&threshold) =>
            {
                format!("{name} not known?")
            }
            // A number between two values that there are.
            Test::AtMost { threshold, .. } if threshold.abs() < 1e15 => {
                let unit = known.map_or("", |feature| feature.unit);
                let unit = if unit == "flag" || unit == "code" { "" } else { unit };
                format!("{name} at most {} {unit}", (threshold * 100.0).round() / 100.0).trim_end().to_owned() + "?"
            }
            Test::AtMost { .. } => format!("{name} any number?"),
            Test::Categories { .. } => format!("{name} one of a set?"),
        }
    }
}
