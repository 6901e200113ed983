//! How near a model of simulated leads comes to what was true of them: the file that `needle simulate --truth` wrote, joined with rows.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, TimestampMillisecondType};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use xxhash_rust::xxh3::xxh3_64;

use crate::simulate::truth::best_auroc;
use crate::training::matrix::Matrix;
use crate::training::part::Part;
use crate::training::report::data::Truth;
use crate::training::tournament::metrics::metrics;
use crate::training::tournament::ranking::{Ranking, lead_numbers};

/// A state between two truths is told by the earlier one, which is less than a day older.
const LATEST_MS: i64 = 24 * 3600 * 1000;
/// Says whether a lead is known: an anonymous one's outcome comes under another name.
const KNOWN: &str = "known";

/// Instants and probabilities of each lead, ascending. They hold for a lead of that name of any tenant.
pub struct Truths(HashMap<String, Vec<(i64, f64)>>);

impl Truths {
    /// Reads a file of truths, in Parquet.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let shown = file.display();
        let opened = File::open(file).with_context(|| format!("--truth: {shown}"))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(opened)
            .with_context(|| format!("--truth: {shown} is no Parquet: name it truth.parquet for `needle simulate`"))?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), ["lead", "as_of", "probability"]);
        let mut truths: HashMap<String, Vec<(i64, f64)>> = HashMap::new();
        for batch in builder.with_projection(mask).build()? {
            let batch = batch?;
            let column = |name: &str| {
                batch.column_by_name(name).with_context(|| format!("--truth: {shown} has no column {name}"))
            };
            let leads = column("lead")?.as_string_opt::<i32>();
            let instants = column("as_of")?.as_primitive_opt::<TimestampMillisecondType>();
            let probabilities = column("probability")?.as_primitive_opt::<Float64Type>();
            let (Some(leads), Some(instants), Some(probabilities)) = (leads, instants, probabilities) else {
                anyhow::bail!("--truth: {shown} has other types than `needle simulate` writes");
            };
            for row in 0..batch.num_rows() {
                let truth = (instants.value(row), probabilities.value(row));
                match truths.get_mut(leads.value(row)) {
                    Some(of_lead) => of_lead.push(truth),
                    None => drop(truths.insert(leads.value(row).to_owned(), vec![truth])),
                }
            }
        }
        truths.values_mut().for_each(|of_lead| of_lead.sort_by_key(|(at_ms, _)| *at_ms));
        Ok(Self(truths))
    }

    /// The best AUROC that any model could reach on the known leads of the holdout, and ours on the same rows. `None` where none of them
    /// is in the file, or they have one outcome alone.
    pub fn compare(&self, tenant: &str, matrix: &Matrix, holdout: &Part, log_odds: &[f64]) -> Option<Truth> {
        let hash = |lead: &String| xxh3_64(format!("{tenant}/{lead}").as_bytes());
        let truths: HashMap<u64, &[(i64, f64)]> = self.0.iter().map(|(lead, of)| (hash(lead), of.as_slice())).collect();
        let known = matrix.columns.iter().position(|column| column.name == KNOWN);
        let (mut part, mut ours, mut true_chances) = (Part::default(), Vec::new(), Vec::new());
        for ((&row, &weight), &log_odds) in holdout.rows.iter().zip(&holdout.weights).zip(log_odds) {
            let is_known = known.is_none_or(|place| matrix.row(row)[place] == 1.0);
            let info = &matrix.rows[row];
            let chance = truths.get(&info.lead).and_then(|of_lead| chance(of_lead, info.at_ms));
            if let Some(chance) = chance.filter(|_| is_known) {
                part.rows.push(row);
                part.weights.push(weight);
                ours.push(log_odds);
                true_chances.push(chance);
            }
        }
        let ranking = Ranking::new(&ours, &part.labels(matrix), &part.weights, &lead_numbers(matrix, &part));
        let found = metrics(&ranking, &[], 0.5)?.auroc;
        Some(Truth::of(best_auroc(&true_chances, &part.weights)?, found))
    }
}

/// What was true of a lead at an instant.
fn chance(of_lead: &[(i64, f64)], at_ms: i64) -> Option<f64> {
    let (then_ms, probability) = of_lead[..of_lead.partition_point(|(then_ms, _)| *then_ms <= at_ms)].last()?;
    (at_ms - then_ms <= LATEST_MS).then_some(*probability)
}
