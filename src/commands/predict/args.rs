//! What `needle predict` is told.

use clap::Args;

use super::Kind;

pub const EXAMPLES: &str = "\
Examples:
  needle predict --model model.txt --rows leads.csv
      what LightGBM's predict gives, to the bit
  needle predict --model model.txt --rows leads.parquet --raw > raw.csv
      the sums of the trees, not converted

Rows: a first line that is not all numbers is a header; columns are found by
the model's names, in any order, and others are passed over. Without a header
there must be as many columns as the model has features, in its order. Missing
is an empty field, NA or NaN; categories are whole numbers, as in training.
Parquet is recognised by its content; .csv.gz and .csv.zst are unpacked.
Exit codes: 0 done, 1 a file that is not served, 2 wrong usage.";

/// `needle predict`
#[derive(Debug, Args)]
pub struct PredictArgs {
    /// A model as LightGBM saves it, as text
    #[arg(long, value_name = "FILE")]
    pub model: String,
    /// Rows to score: CSV, TSV or Parquet; `-` is standard input (no Parquet)
    #[arg(long, value_name = "FILE")]
    pub rows: String,
    /// The sum of the trees for each class, neither averaged nor converted
    #[arg(long, group = "output")]
    raw: bool,
    /// What each feature contributes, and the base value last; for each class
    #[arg(long, group = "output")]
    contrib: bool,
    /// The leaf of each tree
    #[arg(long, group = "output")]
    leaf: bool,
}

impl PredictArgs {
    /// What is asked of the model.
    pub fn kind(&self) -> Kind {
        match self {
            Self { raw: true, .. } => Kind::Raw,
            Self { contrib: true, .. } => Kind::Contrib,
            Self { leaf: true, .. } => Kind::Leaf,
            _ => Kind::Normal,
        }
    }
}
