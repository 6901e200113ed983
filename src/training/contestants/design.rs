//! What a model without trees sees of a row: each number transformed, centred, and measured in its spread.
//!
//! - **Counts and times** (nothing known is below 0, and the largest is above [`LONG`]) as `ln(1 + x)`: the tenth visit says less
//!   than the second. Other numbers as they are, within the range that all but a thousandth of the rows keep.
//! - **What is missing** counts as the mean, so it says nothing by itself; that a trait is missing is a column of its own.
//! - **Categories** are left out: their order means nothing, and a linear bundle weighs one number a feature.

use crate::model::linear::Transform;
use crate::training::matrix::{Column, ColumnKind, Matrix};
use crate::training::part::Part;

/// From here on a value that is never below 0 is taken as a count or a time.
const LONG: f64 = 5.0;
/// The share of rows that may lie outside at each end.
const OUTSIDE: f64 = 0.001;
/// Rows from which ranges are read.
const RANGE_ROWS: usize = 20_000;

/// One column of the design.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Place in the row.
    pub column: usize,
    pub can_miss: bool,
    pub transform: Transform,
    /// The value whose transform is the mean; what is missing counts as it.
    pub reference: f64,
    /// `transform` of `reference`.
    pub centre: f64,
    /// Standard deviation of the transformed value; above 0.
    pub spread: f64,
}

/// How rows become numbers around 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Design {
    pub inputs: Vec<Input>,
}

impl Design {
    /// Of the columns that `wanted` names, less categories and what never changes.
    pub fn of(matrix: &Matrix, part: &Part, wanted: impl Fn(&Column) -> bool) -> Self {
        let columns = matrix.columns.iter().enumerate();
        let numbers = columns.filter(|(_, column)| column.kind != ColumnKind::Category && wanted(column));
        Self { inputs: numbers.filter_map(|(place, column)| input(matrix, part, place, column)).collect() }
    }

    pub fn width(&self) -> usize {
        self.inputs.len()
    }

    /// Appends a row's numbers to `out`.
    pub fn write(&self, row: &[f64], out: &mut Vec<f32>) {
        out.extend(self.inputs.iter().map(|input| input.value(row[input.column]) as f32));
    }

    /// Row after row.
    pub fn rows(&self, matrix: &Matrix, part: &Part) -> Vec<f32> {
        let mut out = Vec::with_capacity(part.len() * self.width());
        part.rows.iter().for_each(|&row| self.write(matrix.row(row), &mut out));
        out
    }
}

impl Input {
    pub fn value(&self, x: f64) -> f64 {
        if missing(self.can_miss, x) { 0.0 } else { (self.transform.apply(x) - self.centre) / self.spread }
    }
}

fn missing(can_miss: bool, x: f64) -> bool {
    can_miss && x == crate::model::linear::MISSING
}

/// `None` where what is known does not change.
fn input(matrix: &Matrix, part: &Part, place: usize, column: &Column) -> Option<Input> {
    let can_miss = column.can_miss;
    let transform = transform(matrix, part, place, can_miss)?;
    let known = part.rows.iter().zip(&part.weights).filter_map(|(&row, &weight)| {
        let x = matrix.row(row)[place];
        (!missing(can_miss, x)).then(|| (transform.apply(x), weight))
    });
    let (total, sum) = known.clone().fold((0.0, 0.0), |(total, sum), (x, weight)| (total + weight, sum + weight * x));
    let mean = sum / total;
    let variance = known.fold(0.0, |sum, (x, weight)| sum + weight * (x - mean).powi(2)) / total;
    let reference = match transform {
        Transform::Log1p { .. } => mean.exp_m1(),
        _ => mean,
    };
    let spread = variance.sqrt();
    (spread > 1e-9).then(|| Input {
        column: place,
        can_miss,
        transform,
        reference,
        centre: transform.apply(reference),
        spread,
    })
}

fn transform(matrix: &Matrix, part: &Part, place: usize, can_miss: bool) -> Option<Transform> {
    let step = part.len().div_ceil(RANGE_ROWS).max(1);
    let values = part.rows.iter().step_by(step).map(|&row| matrix.row(row)[place]);
    let mut known: Vec<f64> = values.filter(|x| !missing(can_miss, *x)).collect();
    known.sort_by(f64::total_cmp);
    let (first, last) = (*known.first()?, *known.last()?);
    let outside = (known.len() as f64 * OUTSIDE) as usize;
    let (low, high) = (known[outside], known[known.len() - 1 - outside]);
    // A flag that is hardly ever set has both ends on one side; then the range is all there is.
    let (low, high) = if low < high { (low, high) } else { (first, last) };
    (low < high).then_some(if first >= 0.0 && high > LONG {
        Transform::Log1p { cap: high }
    } else {
        Transform::Clamp { low, high }
    })
}
