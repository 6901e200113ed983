//! `needle predict`: any LightGBM text model on any rows, so that anyone can hold our evaluator to LightGBM.
//!
//! ```text
//! rows (CSV, TSV, Parquet) ─► columns of the model, in its order ─► a batch ─► outputs ─► one line a row
//! ```
//!
//! Batch by batch: memory does not grow with the rows.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};

use anyhow::Context;
use indicatif::ProgressBar;

use super::Failure;
use super::progress::styled;
use crate::model::trees::forest::Forest;
use crate::model::trees::text::MAX_BYTES;
use outputs::Outputs;
use rows::{Extent, Rows};

pub use outputs::Kind;

pub mod args;
mod columns;
mod outputs;
mod parquet_rows;
mod rows;
mod text_rows;
mod written;

/// Values that a batch and what is said of it have at most, where those of one row are not more.
const BATCH_VALUES: usize = 1 << 16;

/// Writes what `model` says of each of `rows`. `rows` may be `-`, standard input.
///
/// # Errors
/// A model that is not served, rows that cannot be read, or a failure of `out`.
pub fn predict(model: &str, rows: &str, kind: Kind, out: impl Write) -> Result<(), Failure> {
    let forest = load(model)?;
    let width = forest.feature_names.len();
    let mut outputs = Outputs::new(&forest, kind)?;
    let mut rows = Rows::open(rows, &forest.feature_names)?;
    let bar = progress_bar(rows.extent());
    let mut out = BufWriter::new(out);
    let count = (BATCH_VALUES / width.max(outputs.width())).max(1);
    let (mut batch, mut line) = (Vec::new(), Vec::new());
    let done = loop {
        match rows.read(&mut batch, count) {
            Ok(false) => break Ok(()),
            Ok(true) => {}
            // What came before it has been said.
            Err(error) => break Err(error),
        }
        for values in outputs.of(&batch) {
            line.clear();
            written::line(values, &mut line);
            out.write_all(&line)?;
        }
        bar.set_position(rows.progress());
    };
    out.flush()?;
    bar.finish_and_clear();
    Ok(done?)
}

fn load(file: &str) -> anyhow::Result<Forest> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes));
    read.with_context(|| file.to_owned())?;
    Forest::from_text(&bytes).with_context(|| file.to_owned())
}

/// On a terminal; where standard error is none it stays silent, and where the results go to one too, they are progress enough.
fn progress_bar(extent: Extent) -> ProgressBar {
    if io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match extent {
        Extent::Bytes(total) => {
            (ProgressBar::new(total), "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left")
        }
        Extent::Rows(total) => (ProgressBar::new(total), "{wide_bar} {human_pos}/{human_len} rows {eta} left"),
        Extent::Unknown => return ProgressBar::new_spinner(),
    };
    styled(bar, template)
}
