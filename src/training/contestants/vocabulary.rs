//! Categories as small numbers.
//!
//! See [`crate::model::vocabulary`], which serves them.

use std::collections::HashMap;

use crate::model::vocabulary::Places;
use crate::training::matrix::{ColumnKind, Matrix};
use crate::training::part::Part;

/// Codes up to here are taken as they are: 128 bytes of bits.
pub const SMALL: f64 = 1024.0;
/// Categories with a place of their own. More would not have one in LightGBM's 255 bins either.
pub const LONGEST: usize = 250;
/// A category of fewer rows is "other": what was learned of it would be its rows by heart.
pub const FEWEST_ROWS: usize = 10;

/// The categories of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// Place of the column in the row.
    pub column: usize,
    pub feature: String,
    /// Code of the category with place 1, 2 and so on.
    pub codes: Vec<u32>,
}

/// How a row's categories become small numbers.
#[derive(Clone, Debug, Default)]
pub struct Vocabularies {
    pub list: Vec<Vocabulary>,
    places: Places,
}

impl Vocabularies {
    /// Of the category columns with a code of [`SMALL`] or more in these rows.
    pub fn of(matrix: &Matrix, part: &Part) -> Self {
        let columns = matrix.columns.iter().enumerate();
        let categories = columns.filter(|(_, column)| column.kind == ColumnKind::Category);
        let large = categories.filter(|(place, _)| part.rows.iter().any(|&row| matrix.row(row)[*place] >= SMALL));
        let list: Vec<_> = large.map(|(place, column)| vocabulary(matrix, part, place, &column.name)).collect();
        let places = Places::new(list.iter().map(|vocabulary| (vocabulary.column, vocabulary.codes.as_slice())));
        Self { places, list }
    }

    /// Replaces the codes of a row by places.
    pub fn apply(&self, row: &mut [f64]) {
        self.places.apply(row);
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

fn vocabulary(matrix: &Matrix, part: &Part, column: usize, feature: &str) -> Vocabulary {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for &row in &part.rows {
        let value = matrix.row(row)[column];
        if value >= 0.0 {
            *counts.entry(value as u32).or_default() += 1;
        }
    }
    let mut common: Vec<_> = counts.into_iter().filter(|(_, count)| *count >= FEWEST_ROWS).collect();
    common.sort_by_key(|&(code, count)| (std::cmp::Reverse(count), code));
    common.truncate(LONGEST);
    Vocabulary { column, feature: feature.to_owned(), codes: common.into_iter().map(|(code, _)| code).collect() }
}
