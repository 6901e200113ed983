//! Both passes over the files, tenant by tenant.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use super::around::{Chosen, Pairs};
use super::histories::{Histories, Place};
use super::instants::Rules;
use super::sample::{Instant, Sample, Weighed, share_out};
use super::source::{Fetched, Source, not_understood, passed_over};
use super::vectors::{Errand, Selection, Target, run};
use super::{Account, Around, DatasetError, Progress, TenantRows, Wanted};
use crate::config::Config;
use crate::decision::Explorer;
use crate::lead::facts::Facts;
use crate::snapshot::file::metadata::Lists;
use crate::snapshot::file::states::States;
use crate::snapshot::head::FileRef;
use crate::training::exploration::{Explored, Group, Trial};
use crate::training::matrix::Matrix;

/// States that are held at once: of one tenant in one partition, or a slice of it by the leads' hashes.
const SLICE_STATES: u64 = 8 << 20;

/// One reading of the snapshots.
pub(super) struct Reading<'a> {
    pub source: &'a Source,
    pub config: &'a Config,
    pub wanted: &'a Wanted,
    pub progress: &'a mut dyn FnMut(Progress),
}

/// A tenant, while it is read.
struct Tenant {
    name: String,
    /// Partition by partition: places in `Plan::files`, in the order of the log.
    partitions: Vec<Vec<u32>>,
    account: Account,
    sample: Sample,
    chosen: Chosen,
    trial: Trial,
}

/// What there is to read.
#[derive(Default)]
struct Plan {
    files: Vec<FileRef>,
    tenants: BTreeMap<String, (Vec<Vec<u32>>, Account)>,
}

impl Reading<'_> {
    pub fn read(&mut self, selection: &Selection<'_>) -> Result<Vec<TenantRows>, DatasetError> {
        let Plan { files, tenants } = self.plan()?;
        let lists = Lists::new(&self.config.themes, &self.config.traits);
        let slices = |files: &[FileRef], of: &[u32]| {
            let rows: u64 = of.iter().filter_map(|file| files.get(*file as usize)).map(|file| file.rows).sum();
            (rows.div_ceil(SLICE_STATES).max(1), rows)
        };
        let mut total: u64 = files.iter().map(|file| file.rows).sum();
        for of in tenants.values().flat_map(|(partitions, _)| partitions) {
            let (slices, rows) = slices(&files, of);
            total += slices * rows;
        }
        let mut done = Done { progress: &mut *self.progress, of: Progress { done: 0, total } };
        done.add(0);
        let limit = usize::try_from(self.wanted.max_rows).unwrap_or(usize::MAX);
        // Of a list of all leads at one instant nobody learns.
        let explores = self.config.exploration.share > 0.0 && self.wanted.at_ms.is_none();
        let pass = Pass {
            lists: &lists,
            repeat: self.config.outcomes.repeat,
            explorer: explores.then(|| Explorer::new(self.config)),
        };
        let mut read = Vec::new();
        for (name, (partitions, account)) in tenants {
            let (sample, chosen) = (Sample::new(limit), Chosen::new());
            let mut tenant = Tenant { name, partitions, account, sample, chosen, trial: Trial::default() };
            let newest_ms = tenant.account.newest_ms.unwrap_or_default();
            let rules = Rules::new(self.config, self.wanted, newest_ms);
            for partition in std::mem::take(&mut tenant.partitions) {
                let (slices, _) = slices(&files, &partition);
                for slice in 0..slices {
                    let of = partition.iter().filter_map(|n| Some((*n, files.get(*n as usize)?))).collect::<Vec<_>>();
                    let histories = states(self.source, &of, (slice, slices), &pass, &mut tenant, &mut done)?;
                    rules.judge(&histories, &mut tenant.account, &mut tenant.sample, &mut tenant.trial);
                    tenant.chosen.choose(&histories);
                }
            }
            read.push(tenant);
        }
        let (mut rows, mut errands) = choose(read, self.wanted.max_rows, selection);
        run(self.source, &files, &mut errands, &lists, selection, &mut rows, |rows| done.add(rows))?;
        Ok(rows)
    }

    /// Looks up which files there are, and how far their clocks have come.
    fn plan(&self) -> Result<Plan, DatasetError> {
        let mut plan = Plan::default();
        let mut troubles = Vec::new();
        for history in self.source.histories(&self.config.service.application)? {
            let wanted = |file: &FileRef| self.wanted.tenant.as_ref().is_none_or(|tenant| *tenant == file.tenant);
            let mut places: BTreeMap<String, Vec<u32>> = BTreeMap::new();
            for file in history.files.into_iter().filter(wanted) {
                places.entry(file.tenant.clone()).or_default().push(plan.files.len() as u32);
                plan.files.push(file);
            }
            for (tenant, places) in places {
                plan.tenants.entry(tenant).or_default().0.push(places);
            }
            for file in history.newest.iter().filter(|file| wanted(file)) {
                let newest_ms = self.source.newest_ms(file)?;
                let account = &mut plan.tenants.entry(file.tenant.clone()).or_default().1;
                account.newest_ms = account.newest_ms.max(newest_ms);
            }
            for (number, reason) in history.passed_over {
                let partition = history.partition;
                troubles.push(format!("entry {number} of partition {partition} is passed over: {reason}"));
            }
        }
        for (_, account) in plan.tenants.values_mut() {
            account.horizon_days = self.config.scoring.horizon_days;
            troubles.iter().for_each(|trouble| account.pass_over(trouble.clone()));
        }
        Ok(plan)
    }
}

/// What is asked of every state.
struct Pass<'a> {
    lists: &'a Lists,
    repeat: bool,
    /// Where it is explored.
    explorer: Option<Explorer>,
}

/// Pass 1 over the files of one tenant in one partition: the leads whose hash falls into the slice.
fn states(
    source: &Source,
    files: &[(u32, &FileRef)],
    (slice, slices): (u64, u64),
    pass: &Pass<'_>,
    tenant: &mut Tenant,
    done: &mut Done<'_>,
) -> Result<Histories, DatasetError> {
    let Pass { lists, repeat, explorer } = pass;
    let mut histories = Histories::new(*repeat, explorer.is_some());
    let (mut facts, mut key) = (Facts::default(), format!("{}/", tenant.name));
    let (prefix, account) = (key.len(), &mut tenant.account);
    source.each(files, |number, file, fetched| {
        let opened = match fetched {
            Fetched::Whole(bytes) => {
                States::open_with(bytes, lists, explorer.is_some()).map_err(|error| error.to_string())
            }
            Fetched::Unusable(what) => Err(what),
            Fetched::Gone => return Err(DatasetError::Vanished(file.path.clone())),
        };
        let mut states = match opened {
            Ok(states) => states,
            Err(what) => {
                done.add(file.rows);
                if slice == 0 {
                    account.pass_over(passed_over(&file.path, what));
                }
                return Ok(());
            }
        };
        account.files += u64::from(slice == 0);
        while let Some(batch) = states.read().map_err(|error| not_understood(file, error))? {
            for index in 0..batch.len() {
                key.truncate(prefix);
                key.push_str(batch.lead(index));
                let hash = xxh3_64(key.as_bytes());
                if hash % slices == slice {
                    batch.decode(index, &mut facts).map_err(|error| not_understood(file, error))?;
                    account.rows_read += 1;
                    let place = Place { file: number, row: (batch.first + index as u64) as u32 };
                    let state = histories.note(hash, &facts, place);
                    if let Some(explorer) = explorer {
                        // Nobody can call whom nobody knows, drawn or not.
                        let low = batch.scored(index).filter(|scored| facts.known && explorer.is_low(scored.score));
                        histories.note_score(state, explorer.draws(&key), low);
                    }
                }
            }
            done.add(batch.len() as u64);
        }
        Ok(())
    })?;
    histories.finish();
    Ok(histories)
}

/// Takes the sample, and makes room for its vectors; and the errands that fill it.
fn choose(mut read: Vec<Tenant>, max_rows: u64, selection: &Selection<'_>) -> (Vec<TenantRows>, Vec<Errand>) {
    let weighed: Vec<Option<Weighed>> =
        read.iter_mut().map(|tenant| tenant.trial.is_heeded().then(|| tenant.sample.weigh())).collect();
    let offered: Vec<u64> = read.iter().map(|tenant| tenant.sample.offered()).collect();
    let mut given = vec![0; offered.len()];
    share_out(max_rows, &offered, &mut given);
    let (mut rows, mut errands) = (Vec::new(), Vec::new());
    for (place, ((tenant, limit), weighed)) in read.into_iter().zip(given).zip(weighed).enumerate() {
        let Tenant { name, mut account, sample, chosen, trial, .. } = tenant;
        let (offered, positives) = (sample.offered(), sample.offered_positive());
        let errand = |place_of, target, index: usize| Errand {
            place: place_of,
            tenant: place as u32,
            target,
            index: index as u32,
        };
        let taken = sample.take(limit);
        errands.extend(taken.iter().enumerate().map(|(index, (of, _))| errand(of.place, Target::Matrix, index)));
        let matrix = Matrix {
            columns: selection.columns(),
            values: vec![0.0; taken.len() * selection.width()],
            rows: taken.iter().map(|(instant, weight)| instant.row(*weight)).collect(),
        };
        let mut around = Around::default();
        for (outcome, pairs) in [true, false].into_iter().zip(chosen.take()) {
            for (index, pair) in pairs.iter().enumerate() {
                errands.push(errand(pair.before, Target::Before { outcome }, index));
                errands.push(errand(pair.after, Target::After { outcome }, index));
            }
            let empty = || vec![0.0; pairs.len() * selection.width()];
            let of = if outcome { &mut around.outcome } else { &mut around.control };
            *of = Pairs { before: empty(), after: empty() };
        }
        account.not_drawn = weighed.map_or(0, |weighed| weighed.not_drawn);
        account.rows = taken.len() as u64;
        account.sampled_away = offered - account.rows;
        account.positives = matrix.positives() as u64;
        account.positives_before_sampling = positives;
        account.rows_from_ms = matrix.rows.first().map(|row| row.at_ms);
        account.rows_to_ms = matrix.rows.last().map(|row| row.at_ms);
        let drawn = |instant: &Instant| matches!(instant.group, Group::Low { drawn: true, .. });
        let of_drawn = taken.iter().enumerate().filter(|(_, (instant, _))| drawn(instant)).map(|(at, _)| at).collect();
        let explored = Explored { trial, heaviest: weighed.map(|weighed| weighed.heaviest), rows: of_drawn };
        rows.push(TenantRows { tenant: name, matrix, account, around, explored });
    }
    (rows, errands)
}

/// Tells how far it has got.
struct Done<'a> {
    progress: &'a mut dyn FnMut(Progress),
    of: Progress,
}

impl Done<'_> {
    fn add(&mut self, rows: u64) {
        self.of.done += rows;
        (self.progress)(self.of);
    }
}
