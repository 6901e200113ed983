//! Training rows: a lead at an instant at which its state was current, and what became of it within the horizon.

/// What a column of a [`Matrix`] holds, as `needle features` has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    /// Version of the meaning.
    pub version: u32,
    pub kind: ColumnKind,
    /// What it speaks of: `recency`, `theme`, `trait` …
    pub group: String,
    pub unit: String,
    /// Whether [`MISSING`](crate::features::MISSING), -1, says that the value is not known.
    pub can_miss: bool,
}

/// How a model may read the numbers of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// More is more.
    Number,
    /// 0 or 1.
    Flag,
    /// An integer code whose order means nothing; [`MISSING`](crate::features::MISSING) where there is none.
    Category,
}

/// One row, but for its features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Hash of tenant and lead. Rows of one lead never lie on both sides of a split.
    pub lead: u64,
    /// Its features are as of this instant, milliseconds since 1970.
    pub at_ms: i64,
    /// Whether a positive outcome came within the horizon after `at_ms`.
    pub positive: bool,
    /// How many rows it stands for: the inverse of the probability with which it was sampled. More than 0.
    pub weight: f64,
    /// Milliseconds since the newest touchpoint: 0 at an instant at which the lead was scored on an event.
    pub silent_ms: i64,
}

/// Rows in order of `at_ms`, ties in order of `lead`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    pub columns: Vec<Column>,
    /// `columns.len()` values to a row, row after row; all finite.
    pub values: Vec<f64>,
    pub rows: Vec<Row>,
}

impl Matrix {
    /// Values in a row.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The values of row `index`, which is below `rows.len()`.
    pub fn row(&self, index: usize) -> &[f64] {
        let width = self.width();
        &self.values[index * width..(index + 1) * width]
    }

    pub fn positives(&self) -> usize {
        self.rows.iter().filter(|row| row.positive).count()
    }

    /// Takes columns out, in place.
    pub fn leave_out(&mut self, names: &[String]) {
        let kept: Vec<usize> = (0..self.width()).filter(|place| !names.contains(&self.columns[*place].name)).collect();
        let width = self.width();
        compact(&mut self.values, width, &kept);
        self.columns = kept.iter().map(|place| self.columns[*place].clone()).collect();
    }
}

/// Keeps these places of every row.
pub fn compact(values: &mut Vec<f64>, width: usize, kept: &[usize]) {
    if kept.len() == width || width == 0 {
        return;
    }
    let mut end = 0;
    for start in (0..values.len()).step_by(width) {
        for place in kept {
            // Never ahead of what is read.
            values[end] = values[start + place];
            end += 1;
        }
    }
    values.truncate(end);
}
