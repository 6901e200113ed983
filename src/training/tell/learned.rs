//! What the model goes by: SHAP values over the holdout, feature by feature.

use std::collections::BTreeMap;

use crate::features::{Kind, MISSING, Schema};
use crate::model::{Explanation, Model, Scratch};
use crate::training::matrix::Matrix;
use crate::training::part::Part;
use crate::training::report::data::{Direction, Dot, Effect, Factor, GroupShare, Learned};

/// Rows that are explained: their mean is known to a hundredth of its spread.
const ROWS: usize = 10_000;
/// Features that are shown.
const FACTORS: usize = 20;
const DOTS: usize = 200;
/// Parts into which the values of a feature are put.
const PARTS: usize = 5;
/// So much of the movement has to go one way to be called up or down.
const CLEARLY: f64 = 0.8;
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
    let chosen: Vec<(usize, f64)> =
        part.rows.iter().copied().zip(part.weights.iter().copied()).step_by(step).collect();
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
        seen.iter_mut().enumerate().filter_map(|(column, seen)| factor(schema, column, seen)).collect();
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
    Some(Learned { sentences: sentences(&factors), factors, groups, rows: chosen.len() as u64, base_points: base / total })
}

/// `None` where the feature adds nothing to anybody.
fn factor(schema: &Schema, column: usize, seen: &mut [Seen]) -> Option<Factor> {
    let feature = &schema.features()[column];
    let total: f64 = seen.iter().map(|row| row.weight).sum();
    let mean_abs_points = seen.iter().map(|row| row.weight * row.points.abs()).sum::<f64>() / total;
    if mean_abs_points.is_nan() || mean_abs_points <= 0.0 {
        return None;
    }
    seen.sort_by(|a, b| a.value.total_cmp(&b.value));
    let effects = effects(schema, column, seen);
    let ordered = feature.kind != Kind::Category;
    let direction = if ordered { direction(&effects) } else { Direction::Unordered };
    let step = seen.len().div_ceil(DOTS).max(1);
    let known = |value: f64| ordered && !(feature.can_miss && value == MISSING);
    let rank = |at: usize| at as f64 / (seen.len() - 1).max(1) as f64;
    let dots = seen.iter().enumerate().step_by(step);
    Some(Factor {
        feature: feature.name.clone(),
        text: feature.name.replace('_', " "),
        group: feature.group.name().to_owned(),
        unit: feature.unit.to_owned(),
        mean_abs_points,
        direction,
        dots: dots.map(|(at, row)| Dot { rank: known(row.value).then(|| rank(at)), points: row.points }).collect(),
        effects,
    })
}

/// Mean points of values that lie together, lowest first; categories by their points.
fn effects(schema: &Schema, column: usize, seen: &[Seen]) -> Vec<Effect> {
    let feature = &schema.features()[column];
    let mut distinct: Vec<&[Seen]> = seen.chunk_by(|a, b| a.value == b.value).collect();
    let category = feature.kind == Kind::Category;
    if category {
        distinct.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
        distinct.truncate(2 * PARTS);
    }
    let missing = distinct.first().is_some_and(|rows| feature.can_miss && rows[0].value == MISSING);
    let mut effects: Vec<Effect> = if distinct.len() <= PARTS + 1 || category {
        distinct.iter().map(|rows| effect(schema, column, rows)).collect()
    } else {
        let (unknown, known) = seen.split_at(if missing { distinct[0].len() } else { 0 });
        let mut effects: Vec<Effect> = Vec::new();
        let mut start = 0;
        for part in 1..=PARTS {
            // Equal values stay together, with the first part that has one of them.
            let mut end = (part * known.len() / PARTS).max(start);
            while end > start && end < known.len() && known[end].value == known[end - 1].value {
                end += 1;
            }
            if end > start {
                effects.push(effect(schema, column, &known[start..end]));
                start = end;
            }
        }
        if !unknown.is_empty() {
            effects.insert(0, effect(schema, column, unknown));
        }
        effects
    };
    if category {
        effects.sort_by(|a, b| b.mean_points.total_cmp(&a.mean_points));
    }
    effects
}

fn effect(schema: &Schema, column: usize, rows: &[Seen]) -> Effect {
    let weight: f64 = rows.iter().map(|row| row.weight).sum();
    let sum: f64 = rows.iter().map(|row| row.weight * row.points).sum();
    let said = |value: f64| {
        let mut text = String::new();
        schema.sentence(column, value, &mut text);
        text
    };
    let (first, last) = (rows.first().map_or(0.0, |row| row.value), rows.last().map_or(0.0, |row| row.value));
    let label = if first == last { said(first) } else { format!("{} … {}", said(first), said(last)) };
    Effect { label, mean_points: sum / weight, rows: weight }
}

/// Up or down, where nearly all of the way from value to value is.
fn direction(effects: &[Effect]) -> Direction {
    let (mut up, mut down) = (0.0, 0.0);
    for pair in effects.windows(2) {
        let step = pair[1].mean_points - pair[0].mean_points;
        *(if step > 0.0 { &mut up } else { &mut down }) += step.abs();
    }
    match (up, down) {
        (up, down) if up >= CLEARLY * (up + down) && up > 0.0 => Direction::Raises,
        (up, down) if down >= CLEARLY * (up + down) && down > 0.0 => Direction::Lowers,
        _ => Direction::Mixed,
    }
}

/// The strongest, as a salesperson would say it.
fn sentences(factors: &[Factor]) -> Vec<String> {
    let say = |factor: &Factor| {
        let best = factor.effects.iter().max_by(|a, b| a.mean_points.total_cmp(&b.mean_points))?;
        let worst = factor.effects.iter().min_by(|a, b| a.mean_points.total_cmp(&b.mean_points))?;
        let points = |effect: &Effect| format!("{:+.0} points on average", effect.mean_points);
        Some(format!("\"{}\" is worth {}; \"{}\", {}.", best.label, points(best), worst.label, points(worst)))
    };
    factors.iter().filter_map(say).take(PARTS).collect()
}
