//! Categories as small numbers: what a model learned in place of codes that are hashes.
//!
//! A category of a trait is a hash of 31 bits, and LightGBM keeps a set of categories as bits from 0 to the greatest. So such a feature is
//! learned by places in a vocabulary: the commonest category first, from 1; 0 is every other value, so that "other" has a value
//! of its own. What is missing stays as it is.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// The categories of one feature that have a place of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    pub feature: String,
    /// Code of the category with place 1, 2 and so on.
    pub codes: Vec<u32>,
}

/// Vocabularies on the columns of rows.
#[derive(Clone, Debug, Default)]
pub struct Places {
    columns: Vec<(usize, HashMap<u32, u32>)>,
}

impl Places {
    /// By column, and the codes of its vocabulary.
    pub fn new<'a>(vocabularies: impl IntoIterator<Item = (usize, &'a [u32])>) -> Self {
        let places = |codes: &[u32]| (1..).zip(codes).map(|(place, code)| (*code, place)).collect();
        Self { columns: vocabularies.into_iter().map(|(column, codes)| (column, places(codes))).collect() }
    }

    /// Replaces the codes of a row by places.
    pub fn apply(&self, row: &mut [f64]) {
        for (column, places) in &self.columns {
            let value = &mut row[*column];
            if *value >= 0.0 {
                *value = places.get(&(*value as u32)).copied().unwrap_or(0).into();
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}
