//! In what the flagged leads that converted differ from those that did not.

use std::collections::HashSet;

use crate::features::MISSING;
use crate::training::matrix::{ColumnKind, Matrix};

/// Leads of either outcome without which nothing is said.
pub const LEADS: usize = 10;
/// Standard deviations of the rank sum under chance from which on a feature is named: of 150 features chance names one in a hundred times.
const DEVIATIONS: f64 = 4.0;
/// Features that are named.
const NAMED: usize = 3;

/// A feature in which they differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub feature: String,
    /// Mean of what is known: of leads that converted, and of the others.
    pub converted: f64,
    pub others: f64,
    /// Standard deviations of the rank sum under chance; above 0 where those that converted have more.
    pub deviations: f64,
}

/// The features that tell them apart beyond chance (Mann and Whitney 1947), the surest first, one of each group. Of each lead the first of
/// these rows counts, which are ascending.
pub fn differs(matrix: &Matrix, rows: &[usize]) -> Vec<Difference> {
    let mut seen = HashSet::new();
    let rows: Vec<usize> = rows.iter().copied().filter(|row| seen.insert(matrix.rows[*row].lead)).collect();
    let positives = rows.iter().filter(|row| matrix.rows[**row].positive).count();
    if positives.min(rows.len() - positives) < LEADS {
        return Vec::new();
    }
    let columns = matrix.columns.iter().enumerate().filter(|(_, column)| column.kind != ColumnKind::Category);
    let mut found: Vec<(&str, Difference)> = columns
        .filter_map(|(place, column)| {
            let known = |row: &&usize| !(column.can_miss && matrix.row(**row)[place] == MISSING);
            let value = |row: &usize| (matrix.row(*row)[place], matrix.rows[*row].positive);
            let values: Vec<(f64, bool)> = rows.iter().filter(known).map(value).collect();
            Some((column.group.as_str(), difference(&column.name, values)?))
        })
        .collect();
    found.sort_by(|a, b| b.1.deviations.abs().total_cmp(&a.1.deviations.abs()));
    let mut groups = HashSet::new();
    let first_of_group = found.into_iter().filter(|(group, _)| groups.insert(*group));
    first_of_group.map(|(_, difference)| difference).take(NAMED).collect()
}

/// `None` where chance would do as well.
fn difference(feature: &str, mut values: Vec<(f64, bool)>) -> Option<Difference> {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all = values.len() as f64;
    let (mut below, mut ties, mut ranks) = (0.0, 0.0, 0.0);
    let (mut count, mut sum) = ([0.0; 2], [0.0; 2]);
    for tie in values.chunk_by(|a, b| a.0 == b.0) {
        let same = tie.len() as f64;
        // Those that tie share the mean of their ranks.
        let rank = below + (same + 1.0) / 2.0;
        for (value, positive) in tie {
            let of = usize::from(*positive);
            count[of] += 1.0;
            sum[of] += value;
            ranks += if *positive { rank } else { 0.0 };
        }
        ties += same * same * same - same;
        below += same;
    }
    let [others, converted] = count;
    if others < LEADS as f64 || converted < LEADS as f64 {
        return None;
    }
    let expected = converted * (all + 1.0) / 2.0;
    let variance = converted * others / 12.0 * ((all + 1.0) - ties / (all * (all - 1.0)));
    let deviations = (ranks - expected) / variance.sqrt();
    (deviations.abs() >= DEVIATIONS).then(|| Difference {
        feature: feature.to_owned(),
        converted: sum[1] / converted,
        others: sum[0] / others,
        deviations,
    })
}
