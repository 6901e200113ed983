//! From the values of a feature and the points that they gave to what the report says of it.

use super::data::{Direction, Dot, Effect, Factor};
use super::words;

/// Rows kept for the beeswarm.
const MOST_DOTS: usize = 200;
/// Values told one by one; more are put together.
const MOST_VALUES: usize = 6;
const MOST_CATEGORIES: usize = 10;
/// Groups of about the same number of rows, where values are put together.
const BINS: usize = 5;
/// Correlation of rank and points from which on more of it raises the score.
const CLEAR: f64 = 0.5;

/// A feature, as the report is to name it.
pub struct Described<'a> {
    pub feature: &'a str,
    /// Its sentence for people: `N visits to pricing in 7 days`.
    pub text: &'a str,
    pub group: &'a str,
    pub unit: &'a str,
    /// A category: its values have no order.
    pub unordered: bool,
    /// The value that stands for "not known", if one does.
    pub missing: Option<f64>,
    /// A value in a word or two: `paid search`, `3`. [`plain`] for numbers.
    pub say: &'a dyn Fn(f64) -> String,
}

/// A number as labels have it: no more than three decimals, thousands apart.
pub fn plain(value: f64) -> String {
    words::short(value)
}

/// One row.
#[derive(Clone, Copy)]
struct Row {
    value: f64,
    points: f64,
    weight: f64,
}

/// Sums up a feature over rows: `values`, `points` (its SHAP values in points of the score) and `weights`, row by row. Rows beyond the
/// shortest of the three, and those with a number that is not finite or a weight that is not positive, are passed over.
pub fn factor(described: &Described, values: &[f64], points: &[f64], weights: &[f64]) -> Factor {
    let rows = values.iter().zip(points).zip(weights).map(|((value, points), weight)| Row {
        value: *value,
        points: *points,
        weight: *weight,
    });
    let rows: Vec<Row> = rows
        .filter(|row| row.value.is_finite() && row.points.is_finite() && row.weight.is_finite() && row.weight > 0.0)
        .collect();
    let known = |row: &&Row| Some(row.value) != described.missing;
    let mut sorted: Vec<Row> = rows.iter().filter(known).copied().collect();
    sorted.sort_by(|a, b| a.value.total_cmp(&b.value));
    let ranks = Ranks::of(&sorted);
    Factor {
        feature: described.feature.into(),
        text: described.text.into(),
        group: described.group.into(),
        unit: described.unit.into(),
        mean_abs_points: mean(&rows, |row| row.points.abs()),
        direction: if described.unordered { Direction::Unordered } else { direction(&sorted, &ranks) },
        effects: effects(described, &rows, &sorted),
        dots: dots(described, &rows, &ranks),
    }
}

/// Weighted; 0 of nothing.
fn mean(rows: &[Row], of: impl Fn(&Row) -> f64) -> f64 {
    let weight: f64 = rows.iter().map(|row| row.weight).sum();
    if weight > 0.0 { rows.iter().map(|row| of(row) * row.weight).sum::<f64>() / weight } else { 0.0 }
}

/// Each value's place among all, from 0 to 1: the middle of the rows that share it.
struct Ranks {
    values: Vec<(f64, f64)>,
}

impl Ranks {
    /// `sorted` is in order of value.
    fn of(sorted: &[Row]) -> Self {
        let all: f64 = sorted.iter().map(|row| row.weight).sum();
        let mut before = 0.0;
        let place = |same: &[Row]| {
            let weight: f64 = same.iter().map(|row| row.weight).sum();
            let rank = (before + weight / 2.0) / all;
            before += weight;
            (same[0].value, rank)
        };
        Self { values: sorted.chunk_by(|a, b| a.value == b.value).map(place).collect() }
    }

    fn rank(&self, value: f64) -> Option<f64> {
        let at =
            self.values.binary_search_by(|(other, _)| other.partial_cmp(&value).unwrap_or(std::cmp::Ordering::Less));
        at.ok().map(|at| self.values[at].1)
    }
}

/// By the correlation of rank and points.
fn direction(sorted: &[Row], ranks: &Ranks) -> Direction {
    let rank = |row: &Row| ranks.rank(row.value).unwrap_or(0.5);
    let (rank_mean, points_mean) = (mean(sorted, rank), mean(sorted, |row| row.points));
    let both = mean(sorted, |row| (rank(row) - rank_mean) * (row.points - points_mean));
    let spread =
        mean(sorted, |row| (rank(row) - rank_mean).powi(2)) * mean(sorted, |row| (row.points - points_mean).powi(2));
    match both / spread.sqrt() {
        r if r >= CLEAR => Direction::Raises,
        r if r <= -CLEAR => Direction::Lowers,
        _ => Direction::Mixed,
    }
}

/// Mean points by value, those without a value last. They hold every row once.
fn effects(described: &Described, rows: &[Row], sorted: &[Row]) -> Vec<Effect> {
    let say = described.say;
    let mut effects = if described.unordered {
        by_category(sorted, say)
    } else if sorted.chunk_by(|a, b| a.value == b.value).nth(MOST_VALUES).is_none() {
        sorted.chunk_by(|a, b| a.value == b.value).map(|same| effect(say(same[0].value), same)).collect()
    } else {
        by_bin(sorted, say)
    };
    let unknown: Vec<Row> = rows.iter().filter(|row| Some(row.value) == described.missing).copied().collect();
    if !unknown.is_empty() {
        effects.push(effect("not known".into(), &unknown));
    }
    effects
}

fn effect(label: String, rows: &[Row]) -> Effect {
    Effect { label, mean_points: mean(rows, |row| row.points), rows: rows.iter().map(|row| row.weight).sum() }
}

/// The most frequent categories in order of points, the others together behind them.
fn by_category(sorted: &[Row], say: &dyn Fn(f64) -> String) -> Vec<Effect> {
    let mut groups: Vec<&[Row]> = sorted.chunk_by(|a, b| a.value == b.value).collect();
    groups.sort_by_key(|same| std::cmp::Reverse(same.len()));
    let others: Vec<Row> = groups.split_off(groups.len().min(MOST_CATEGORIES)).concat();
    let mut effects: Vec<Effect> = groups.iter().map(|same| effect(say(same[0].value), same)).collect();
    effects.sort_by(|a, b| b.mean_points.total_cmp(&a.mean_points));
    if !others.is_empty() {
        effects.push(effect("other".into(), &others));
    }
    effects
}

/// About as many rows in each bin; one value never lies in two.
fn by_bin(sorted: &[Row], say: &dyn Fn(f64) -> String) -> Vec<Effect> {
    let mut bins: Vec<&[Row]> = Vec::new();
    let mut rest = sorted;
    while let Some(first) = rest.first() {
        let aim = (rest.len() / (BINS.saturating_sub(bins.len())).max(1)).max(1);
        let end = rest.get(aim - 1).map_or(first.value, |row| row.value);
        let length = if bins.len() + 1 == BINS { rest.len() } else { rest.partition_point(|row| row.value <= end) };
        let (bin, after) = rest.split_at(length);
        bins.push(bin);
        rest = after;
    }
    let label = |nth: usize, bin: &[Row]| match (bin.first(), bin.last()) {
        (Some(low), Some(high)) if low.value == high.value => say(low.value),
        (_, Some(high)) if nth == 0 => format!("up to {}", say(high.value)),
        (Some(low), _) if nth + 1 == bins.len() => format!("{} or more", say(low.value)),
        (Some(low), Some(high)) => format!("{} to {}", say(low.value), say(high.value)),
        _ => String::new(),
    };
    bins.iter().enumerate().map(|(nth, bin)| effect(label(nth, bin), bin)).collect()
}

/// Evenly from the whole of the rows.
fn dots(described: &Described, rows: &[Row], ranks: &Ranks) -> Vec<Dot> {
    let step = rows.len().div_ceil(MOST_DOTS).max(1);
    let rank = |row: &Row| if described.unordered { None } else { ranks.rank(row.value) };
    rows.iter().step_by(step).map(|row| Dot { rank: rank(row), points: row.points }).collect()
}
