//! How well one column alone ranks rows.

use super::values::Value;
use crate::training::matrix::ColumnKind;

/// Rows of average outcome that are added to each category, so that one of a row or two is not sure of anything.
const PRIOR: f64 = 10.0;

/// The AUROC of a column, the better way round; `None` where it has one value.
pub(super) fn auroc(kind: ColumnKind, values: &[Value]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mut scored: Vec<(f64, [f64; 2])> = match kind {
        ColumnKind::Number | ColumnKind::Flag => {
            values.iter().map(|value| (value.value, [value.negative(), value.positive()])).collect()
        }
        ColumnKind::Category => categories(values),
    };
    let area = area(&mut scored);
    area.map(|area| area.max(1.0 - area))
}

/// Rows of each half of the leads, by the rate that their category has in the other half.
fn categories(values: &[Value]) -> Vec<(f64, [f64; 2])> {
    let rate = |[negative, positive]: [f64; 2], prior: f64| (positive + PRIOR * prior) / (positive + negative + PRIOR);
    let mut scored = Vec::with_capacity(2 * values.len());
    for half in [0, 1] {
        let all = values.iter().map(|value| value.halves[1 - half]);
        let all = all.fold([0.0; 2], |sum, one| [sum[0] + one[0], sum[1] + one[1]]);
        let prior = all[1] / (all[0] + all[1]).max(f64::MIN_POSITIVE);
        // Against the rate of all, so that the halves may be put together.
        let score = |value: &Value| rate(value.halves[1 - half], prior) - prior;
        scored.extend(values.iter().map(|value| (score(value), value.halves[half])));
    }
    scored
}

/// The chance that a positive row scores above a negative one; ties count by half. `[negative, positive]` weights by score.
fn area(scored: &mut [(f64, [f64; 2])]) -> Option<f64> {
    scored.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut area, mut below, mut positive) = (0.0, 0.0, 0.0);
    for same in scored.chunk_by(|a, b| a.0 == b.0) {
        let [of_negative, of_positive] = same.iter().fold([0.0; 2], |sum, (_, of)| [sum[0] + of[0], sum[1] + of[1]]);
        area += of_positive * (below + of_negative / 2.0);
        below += of_negative;
        positive += of_positive;
    }
    let pairs = below * positive;
    (pairs > 0.0).then(|| area / pairs)
}
