//! Pass 2: the vectors of what was chosen, by the one feature function.

use std::num::NonZero;
use std::panic::resume_unwind;

use super::histories::Place;
use super::source::{Fetched, Source, not_understood};
use super::{DatasetError, TenantRows};
use crate::features::{Feature, Group, Kind, Schema};
use crate::lead::facts::Facts;
use crate::snapshot::file::Unreadable;
use crate::snapshot::file::metadata::Lists;
use crate::snapshot::file::states::{StateBatch, States};
use crate::snapshot::head::FileRef;
use crate::training::matrix::{Column, ColumnKind};

/// Vectors that are worth a thread of their own.
const PART: usize = 512;

/// What becomes of a schema's vector on its way into a matrix.
pub(super) struct Selection<'a> {
    schema: &'a Schema,
    /// Places in the schema's vector, ascending.
    kept: Vec<usize>,
}

impl<'a> Selection<'a> {
    /// All features but `exclude`.
    pub fn new(schema: &'a Schema, exclude: &[String]) -> Result<Self, DatasetError> {
        if let Some(name) = exclude.iter().find(|name| schema.index(name).is_none()) {
            return Err(DatasetError::NoFeature { name: name.clone(), nearest: nearest(schema, name) });
        }
        let exclude = excluded(schema, exclude);
        let features = schema.features().iter().enumerate();
        let kept = features.filter(|(_, f)| !exclude.contains(&f.name)).map(|(place, _)| place).collect();
        Ok(Self { schema, kept })
    }

    pub fn width(&self) -> usize {
        self.kept.len()
    }

    pub fn columns(&self) -> Vec<Column> {
        self.kept.iter().map(|place| column(&self.schema.features()[*place])).collect()
    }

    /// Appends the vector as of an instant, or of the newest touchpoint where that is later. `all` is working memory.
    fn extract(&self, facts: &Facts, as_of_ms: i64, all: &mut Vec<f64>, into: &mut Vec<f64>) {
        all.resize(self.schema.width(), 0.0);
        self.schema.extract(facts, as_of_ms, all);
        into.extend(self.kept.iter().map(|place| all[*place]));
    }
}

/// What is not learned from: what `training.exclude` names, and with a trait's values the flag that tells whether they are known. Somebody who
/// fills in a field when the outcome is known tells by that alone.
pub fn excluded(schema: &Schema, exclude: &[String]) -> Vec<String> {
    let is_out = |name: &String| exclude.contains(name);
    let goes_with = |flag: &&Feature| {
        let Some(stem) = flag.name.strip_suffix("_missing").filter(|_| flag.group == Group::Trait) else {
            return false;
        };
        let values = ["", "_rank", "_department"].map(|of| format!("{stem}{of}"));
        let mut values = values.iter().filter(|value| schema.index(value).is_some()).peekable();
        values.peek().is_some() && values.all(is_out) && !is_out(&flag.name)
    };
    let flags = schema.features().iter().filter(goes_with).map(|flag| flag.name.clone());
    exclude.iter().cloned().chain(flags).collect()
}

fn column(feature: &Feature) -> Column {
    let kind = match feature.kind {
        Kind::Number => ColumnKind::Number,
        Kind::Flag => ColumnKind::Flag,
        Kind::Category => ColumnKind::Category,
    };
    Column {
        name: feature.name.clone(),
        version: feature.version,
        kind,
        group: feature.group.name().to_owned(),
        unit: feature.unit.to_owned(),
        can_miss: feature.can_miss,
    }
}

/// A feature that may have been meant.
fn nearest(schema: &Schema, name: &str) -> Option<String> {
    let distances = schema.features().iter().map(|f| (strsim::damerau_levenshtein(&f.name, name), &f.name));
    distances.min().filter(|(distance, _)| distance * 3 <= name.len()).map(|(_, name)| name.clone())
}

/// A vector that is to be taken of a state, and where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Errand {
    pub place: Place,
    /// The tenant's place among all.
    pub tenant: u32,
    pub target: Target,
    /// Which vector there.
    pub index: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// As of the row's instant.
    Matrix,
    /// As of the state's newest touchpoint; those of leads with an outcome, and those without.
    Before {
        outcome: bool,
    },
    After {
        outcome: bool,
    },
}

impl Errand {
    /// The instant that is asked for; `None`: the state's newest touchpoint.
    fn as_of_ms(&self, tenants: &[TenantRows]) -> Option<i64> {
        match self.target {
            Target::Matrix => Some(tenants.get(self.tenant as usize)?.matrix.rows.get(self.index as usize)?.at_ms),
            Target::Before { .. } | Target::After { .. } => None,
        }
    }

    /// Where the vector goes.
    fn values<'t>(&self, tenants: &'t mut [TenantRows], width: usize) -> Option<&'t mut [f64]> {
        let TenantRows { matrix, around, .. } = tenants.get_mut(self.tenant as usize)?;
        let values = match self.target {
            Target::Matrix => &mut matrix.values,
            Target::Before { outcome: true } => &mut around.outcome.before,
            Target::After { outcome: true } => &mut around.outcome.after,
            Target::Before { outcome: false } => &mut around.control.before,
            Target::After { outcome: false } => &mut around.control.after,
        };
        let start = self.index as usize * width;
        values.get_mut(start..start + width)
    }
}

/// Runs all errands, which are sorted. `done` is told how many rows have been passed, of those of all `files`.
pub(super) fn run(
    source: &Source,
    files: &[FileRef],
    errands: &[Errand],
    lists: &Lists,
    selection: &Selection<'_>,
    tenants: &mut [TenantRows],
    mut done: impl FnMut(u64),
) -> Result<(), DatasetError> {
    let before = |file: u32| errands.partition_point(|errand| errand.place.file < file);
    let numbered = files.iter().enumerate().map(|(number, file)| (number as u32, file));
    let needed: Vec<_> = numbered.filter(|(number, _)| before(*number) < before(number + 1)).collect();
    let rows: u64 = files.iter().map(|file| file.rows).sum();
    done(rows - needed.iter().map(|(_, file)| file.rows).sum::<u64>());
    source.each(&needed, |number, file, fetched| {
        // It was there and whole a moment ago.
        let Fetched::Whole(bytes) = fetched else { return Err(DatasetError::Vanished(file.path.clone())) };
        let mut left = &errands[before(number)..before(number + 1)];
        let understood = |error| not_understood(file, error);
        let mut states = States::open(bytes, lists).map_err(understood)?;
        while let Some(batch) = states.read().map_err(understood)? {
            let end = batch.first + batch.len() as u64;
            let (now, later) = left.split_at(left.partition_point(|errand| u64::from(errand.place.row) < end));
            left = later;
            run_batch(now, &batch, selection, tenants).map_err(understood)?;
            done(batch.len() as u64);
        }
        Ok(())
    })
}

/// Runs the errands of a batch, on all cores.
fn run_batch(
    errands: &[Errand],
    batch: &StateBatch,
    selection: &Selection<'_>,
    tenants: &mut [TenantRows],
) -> Result<(), Unreadable> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let part = errands.len().div_ceil(cores).max(PART);
    let known: &[TenantRows] = tenants;
    let vectors = std::thread::scope(|scope| {
        let begin = |part| scope.spawn(move || vectors(part, batch, selection, known));
        // The first part is this thread's own.
        let others: Vec<_> = errands.chunks(part).skip(1).map(begin).collect();
        let mut done = vec![vectors(errands.get(..part).unwrap_or(errands), batch, selection, known)];
        done.extend(others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic))));
        done
    });
    let width = selection.width();
    for (errands, vectors) in errands.chunks(part).zip(vectors) {
        for (errand, vector) in errands.iter().zip(vectors?.chunks_exact(width.max(1))) {
            if let Some(values) = errand.values(tenants, width) {
                values.copy_from_slice(vector);
            }
        }
    }
    Ok(())
}

/// The vectors of some errands, one after the other.
fn vectors(
    errands: &[Errand],
    batch: &StateBatch,
    selection: &Selection<'_>,
    tenants: &[TenantRows],
) -> Result<Vec<f64>, Unreadable> {
    let (mut facts, mut all, mut vectors) = (Facts::default(), Vec::new(), Vec::new());
    vectors.reserve_exact(errands.len() * selection.width());
    let mut decoded = None;
    for errand in errands {
        let row = errand.place.row;
        if decoded != Some(row) {
            batch.decode((u64::from(row) - batch.first) as usize, &mut facts)?;
            decoded = Some(row);
        }
        let as_of_ms = errand.as_of_ms(tenants).unwrap_or_else(|| facts.newest_ms());
        selection.extract(&facts, as_of_ms, &mut all, &mut vectors);
    }
    Ok(vectors)
}
