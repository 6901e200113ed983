//! What the model goes by: SHAP values over the holdout, feature by feature.

use std::collections::BTreeMap;

use crate::features::{Kind, MISSING, Schema};
use crate::model::{Explanation, Model, Scratch};
use crate::training::matrix::Matrix;
use crate::training::part::Part;
use crate::training::report::data::{Factor, GroupShare, Learned};
use crate::training::report::factor::{self, Described};
use crate::training::report::sentences::sentences;

/// Rows that are explained: their mean is known to a hundredth of its spread.
const ROWS: usize = 10_000;
/// Features that are shown.
const FACTORS: usize = 20;
/// Rows that are explained at once.
const BLOCK: usize = 256;

/// Rows of a matrix with all columns of the schema: those that were left out of training have their defaults, which no model of it reads.
pub struct Widened<'a> {
    matrix: &'a Matrix,
    /// Place in the schema's row of each column.
    places: Vec<usize>,
    defaults: Vec<f64>,
}

impl<'a> Widened<'a> {
    /// `None` where a column is no feature of the schema.
    pub fn new(matrix: &'a Matrix, schema: &Schema) -> Option<Self> {
        let places = matrix.columns.iter().map(|column| schema.index(&column.name)).collect::<Option<_>>()?;
        let defaults = schema.features().iter().map(|feature| feature.default).collect();
        Some(Self { matrix, places, defaults })
    }

    /// Appends a row.
    pub fn push(&self, row: usize, out: &mut Vec<f64>) {
        let start = out.len();
        out.extend_from_slice(&self.defaults);
        for (place, value) in self.places.iter().zip(self.matrix.row(row)) {
            out[start + place] = *value;
        }
    }
}

/// One row's value of a feature, what it adds, and how many rows it stands for.
#[derive(Clone, Copy)]
struct Seen {
    value: f64,
    points: f64,
    weight: f64,
}

/// `None` where there is nothing to explain.
pub fn learned(model: &Model, schema: &Schema, matrix: &Matrix, part: &Part) -> Option<Learned> {
    let rows = Widened::new(matrix, schema)?;
    let step = part.len().div_ceil(ROWS).max(1);
    let chosen: Vec<(usize, f64)> = part.rows.iter().copied().zip(part.weights.iter().copied()).step_by(step).collect();
    let (width, mut scratch) = (schema.width(), Scratch::default());
    let mut seen: Vec<Vec<Seen>> = vec![Vec::with_capacity(chosen.len()); width];
    let mut groups: BTreeMap<&str, f64> = BTreeMap::new();
    let (mut base, mut total, mut values) = (0.0, 0.0, Vec::new());
    for block in chosen.chunks(BLOCK) {
        values.clear();
        block.iter().for_each(|(row, _)| rows.push(*row, &mut values));
        let mut explanations = vec![Explanation::default(); block.len()];
        model.explain(&values, width, &mut scratch, &mut explanations);
        for ((values, explanation), (_, weight)) in values.chunks_exact(width).zip(&explanations).zip(block) {
            base += weight * explanation.base;
            total += weight;
            let mut of_group: BTreeMap<&str, f64> = BTreeMap::new();
            let mut next = 0;
            for (column, value) in values.iter().enumerate() {
                let contribution = explanation.contributions.get(next).filter(|(at, _)| *at == column);
                next += usize::from(contribution.is_some());
                let points = contribution.map_or(0.0, |(_, points)| *points);
                *of_group.entry(schema.features()[column].group.name()).or_default() += points;
                seen[column].push(Seen { value: *value, points, weight: *weight });
            }
            of_group.iter().for_each(|(group, points)| *groups.entry(group).or_default() += weight * points.abs());
        }
    }
    if total <= 0.0 {
        return None;
    }
    let mut factors: Vec<Factor> =
        seen.iter().enumerate().filter_map(|(column, seen)| factor(schema, column, seen)).collect();
    factors.sort_by(|a, b| b.mean_abs_points.total_cmp(&a.mean_abs_points));
    let used: Vec<String> = factors.iter().map(|factor| factor.group.clone()).collect();
    let mut groups: Vec<GroupShare> = groups
        .into_iter()
        .map(|(group, sum)| GroupShare {
            group: group.to_owned(),
            mean_abs_points: sum / total,
            features: used.iter().filter(|used| *used == group).count() as u64,
        })
        .filter(|share| share.features > 0)
        .collect();
    groups.sort_by(|a, b| b.mean_abs_points.total_cmp(&a.mean_abs_points));
    factors.truncate(FACTORS);
    Some(Learned {
        sentences: sentences(&factors),
        factors,
        groups,
        rows: chosen.len() as u64,
        base_points: base / total,
    })
}

/// `None` where the feature adds nothing to anybody.
fn factor(schema: &Schema, column: usize, seen: &[Seen]) -> Option<Factor> {
    let feature = &schema.features()[column];
    if seen.iter().all(|row| row.points == 0.0) {
        return None;
    }
    let say = |value: f64| {
        let mut text = String::new();
        schema.sentence(column, value, &mut text);
        text
    };
    let text = feature.name.replace('_', " ");
    let described = Described {
        feature: &feature.name,
        text: &text,
        group: feature.group.name(),
        unit: feature.unit,
        unordered: feature.kind == Kind::Category,
        missing: feature.can_miss.then_some(MISSING),
        say: &say,
    };
    let of = |take: fn(&Seen) -> f64| -> Vec<f64> { seen.iter().map(take).collect() };
    Some(factor::factor(&described, &of(|row| row.value), &of(|row| row.points), &of(|row| row.weight)))
}
