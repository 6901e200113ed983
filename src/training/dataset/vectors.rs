//! Pass 2: the vectors of what was chosen, by the one feature function.

use super::source::{Fetched, Source, not_understood};
use super::{DatasetError, TenantRows};
use crate::features::{Feature, Kind, Schema};
use crate::lead::facts::Facts;
use crate::snapshot::file::metadata::Lists;
use crate::snapshot::file::states::States;
use crate::snapshot::head::FileRef;
use crate::training::matrix::{Column, ColumnKind};

use super::histories::Place;

/// What becomes of a schema's vector on its way into a matrix.
pub(super) struct Selection<'a> {
    schema: &'a Schema,
    /// Places in the schema's vector, ascending.
    kept: Vec<usize>,
    all: Vec<f64>,
}

impl<'a> Selection<'a> {
    /// All features but `exclude`.
    pub fn new(schema: &'a Schema, exclude: &[String]) -> Result<Self, DatasetError> {
        if let Some(name) = exclude.iter().find(|name| schema.index(name).is_none()) {
            return Err(DatasetError::NoFeature { name: name.clone(), nearest: nearest(schema, name) });
        }
        let features = schema.features().iter().enumerate();
        let kept = features.filter(|(_, f)| !exclude.contains(&f.name)).map(|(place, _)| place).collect();
        Ok(Self { schema, kept, all: vec![0.0; schema.width()] })
    }

    pub fn width(&self) -> usize {
        self.kept.len()
    }

    pub fn columns(&self) -> Vec<Column> {
        self.kept.iter().map(|place| column(&self.schema.features()[*place])).collect()
    }

    /// Writes the vector as of an instant, or of the newest touchpoint where that is later.
    fn extract(&mut self, facts: &Facts, as_of_ms: i64, row: &mut [f64]) {
        if row.len() == self.all.len() {
            return self.schema.extract(facts, as_of_ms, row);
        }
        self.schema.extract(facts, as_of_ms, &mut self.all);
        for (slot, place) in row.iter_mut().zip(&self.kept) {
            *slot = self.all[*place];
        }
    }
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

/// Runs all errands, which are sorted. `done` is told how many rows have been passed, of those of all `files`.
pub(super) fn run(
    source: &Source,
    files: &[FileRef],
    errands: &[Errand],
    lists: &Lists,
    selection: &mut Selection<'_>,
    tenants: &mut [TenantRows],
    mut done: impl FnMut(u64),
) -> Result<(), DatasetError> {
    let of = |errands: &[Errand], file: u32| errands.partition_point(|errand| errand.place.file < file);
    let numbered = files.iter().enumerate().map(|(number, file)| (number as u32, file));
    let needed: Vec<_> = numbered.filter(|(number, _)| of(errands, *number) < of(errands, number + 1)).collect();
    let idle: u64 = files.iter().map(|file| file.rows).sum::<u64>() - needed.iter().map(|(_, f)| f.rows).sum::<u64>();
    done(idle);
    let mut facts = Facts::default();
    source.each(&needed, |number, file, fetched| {
        // It was there and whole a moment ago.
        let Fetched::Whole(bytes) = fetched else { return Err(DatasetError::Vanished(file.path.clone())) };
        let mut errands = &errands[of(errands, number)..of(errands, number + 1)];
        let understood = |error| not_understood(file, error);
        let mut states = States::open(bytes, lists).map_err(understood)?;
        while let Some(batch) = states.read().map_err(understood)? {
            let end = batch.first + batch.len() as u64;
            let mut decoded = None;
            while let Some((errand, rest)) = errands.split_first()
                && u64::from(errand.place.row) < end
            {
                let row = errand.place.row;
                if decoded != Some(row) {
                    let index = (u64::from(row) - batch.first) as usize;
                    states.decode(&batch, index, &mut facts).map_err(understood)?;
                    decoded = Some(row);
                }
                if let Some(tenant) = tenants.get_mut(errand.tenant as usize) {
                    fulfil(errand, &facts, selection, tenant);
                }
                errands = rest;
            }
            done(batch.len() as u64);
        }
        Ok(())
    })
}

fn fulfil(errand: &Errand, facts: &Facts, selection: &mut Selection<'_>, tenant: &mut TenantRows) {
    let (width, index) = (selection.width(), errand.index as usize);
    let TenantRows { matrix, around, .. } = tenant;
    let (values, as_of_ms) = match errand.target {
        Target::Matrix => (&mut matrix.values, matrix.rows[index].at_ms),
        Target::Before { outcome: true } => (&mut around.outcome.before, facts.newest_ms()),
        Target::After { outcome: true } => (&mut around.outcome.after, facts.newest_ms()),
        Target::Before { outcome: false } => (&mut around.control.before, facts.newest_ms()),
        Target::After { outcome: false } => (&mut around.control.after, facts.newest_ms()),
    };
    selection.extract(facts, as_of_ms, &mut values[index * width..(index + 1) * width]);
}
