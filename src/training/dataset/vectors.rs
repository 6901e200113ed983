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
use crate::training::matrix::{Column, ColumnKind, Matrix};

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

    /// Writes the vector as of an instant, or of the newest touchpoint where that is later. `all` is working memory.
    fn extract(&self, facts: &Facts, as_of_ms: i64, all: &mut Vec<f64>, into: &mut [f64]) {
        if self.kept.len() == self.schema.width() {
            return self.schema.extract(facts, as_of_ms, into);
        }
        all.resize(self.schema.width(), 0.0);
        self.schema.extract(facts, as_of_ms, all);
        for (value, place) in into.iter_mut().zip(&self.kept) {
            *value = all[*place];
        }
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
#[derive(Clone, Copy, Debug)]
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

/// An errand, and where its vector goes: whoever runs it needs nothing else.
struct Job<'t> {
    place: Place,
    /// `None`: the state's newest touchpoint.
    as_of_ms: Option<i64>,
    values: &'t mut [f64],
}

/// The jobs of all errands, by place.
fn jobs<'t>(errands: &mut [Errand], tenants: &'t mut [TenantRows], width: usize) -> Vec<Job<'t>> {
    errands.sort_unstable_by_key(|errand| (errand.tenant, errand.target, errand.index));
    let mut errands = errands.iter().peekable();
    let mut jobs = Vec::with_capacity(errands.len());
    for (tenant, TenantRows { matrix, around, .. }) in (0..).zip(tenants) {
        let Matrix { rows, values, .. } = matrix;
        let targets = [
            (Target::Matrix, values),
            (Target::Before { outcome: false }, &mut around.control.before),
            (Target::Before { outcome: true }, &mut around.outcome.before),
            (Target::After { outcome: false }, &mut around.control.after),
            (Target::After { outcome: true }, &mut around.outcome.after),
        ];
        for (target, values) in targets {
            // One errand to each vector, in the vectors' order.
            for values in values.chunks_exact_mut(width.max(1)) {
                let Some(errand) = errands.next_if(|errand| (errand.tenant, errand.target) == (tenant, target)) else {
                    break;
                };
                let row = rows.get(errand.index as usize).filter(|_| target == Target::Matrix);
                let as_of_ms = row.map(|row| row.at_ms);
                jobs.push(Job { place: errand.place, as_of_ms, values });
            }
        }
    }
    jobs.sort_unstable_by_key(|job| job.place);
    jobs
}

/// Runs all errands. `done` is told how many rows have been passed, of those of all `files`.
pub(super) fn run(
    source: &Source,
    files: &[FileRef],
    errands: &mut [Errand],
    lists: &Lists,
    selection: &Selection<'_>,
    tenants: &mut [TenantRows],
    mut done: impl FnMut(u64),
) -> Result<(), DatasetError> {
    let mut jobs = jobs(errands, tenants, selection.width());
    let mut needed: Vec<u32> = jobs.iter().map(|job| job.place.file).collect();
    needed.dedup();
    let needed = needed.into_iter().filter_map(|number| Some((number, files.get(number as usize)?)));
    let needed: Vec<(u32, &FileRef)> = needed.collect();
    let rows: u64 = files.iter().map(|file| file.rows).sum();
    done(rows - needed.iter().map(|(_, file)| file.rows).sum::<u64>());
    let mut left = jobs.as_mut_slice();
    source.each(&needed, |number, file, fetched| {
        // It was there and whole a moment ago.
        let Fetched::Whole(bytes) = fetched else { return Err(DatasetError::Vanished(file.path.clone())) };
        let understood = |error| not_understood(file, error);
        let mut states = States::open(bytes, lists).map_err(understood)?;
        while let Some(batch) = states.read().map_err(understood)? {
            let end = batch.first + batch.len() as u64;
            let is_now = |job: &Job<'_>| job.place.file == number && u64::from(job.place.row) < end;
            let all = std::mem::take(&mut left);
            let (now, later) = all.split_at_mut(all.partition_point(is_now));
            left = later;
            run_batch(now, &batch, selection).map_err(understood)?;
            done(batch.len() as u64);
        }
        Ok(())
    })
}

/// Runs the jobs of a batch, on all cores.
fn run_batch(jobs: &mut [Job<'_>], batch: &StateBatch, selection: &Selection<'_>) -> Result<(), Unreadable> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let part = jobs.len().div_ceil(cores).max(PART);
    std::thread::scope(|scope| {
        let mut parts = jobs.chunks_mut(part);
        let first = parts.next();
        let others: Vec<_> = parts.map(|part| scope.spawn(move || run_part(part, batch, selection))).collect();
        // The first part is this thread's own.
        let done = first.map_or(Ok(()), |part| run_part(part, batch, selection));
        others
            .into_iter()
            .map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .fold(done, Result::and)
    })
}

fn run_part(jobs: &mut [Job<'_>], batch: &StateBatch, selection: &Selection<'_>) -> Result<(), Unreadable> {
    let (mut facts, mut all) = (Facts::default(), Vec::new());
    let mut decoded = None;
    for job in jobs {
        let row = job.place.row;
        if decoded != Some(row) {
            batch.decode((u64::from(row) - batch.first) as usize, &mut facts)?;
            decoded = Some(row);
        }
        selection.extract(&facts, job.as_of_ms.unwrap_or_else(|| facts.newest_ms()), &mut all, job.values);
    }
    Ok(())
}
