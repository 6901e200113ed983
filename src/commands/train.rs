//! `needle train`: snapshots → contestants → report → bundle. What is better takes over; what is not is told.

use std::cell::OnceCell;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::assembly::Assembly;
use super::cli::TrainArgs;
use super::progress::styled;
use super::serving::Models;
use crate::config::Config;
use crate::storage::store;
use crate::training::dataset::{self, TenantRows, Wanted};
use crate::training::exploration::Explored;
use crate::training::matrix::Matrix;
use crate::wire::tenant::DEFAULT_TENANT;
use round::Round;
use side::Side;
use truth::Truths;

mod bundle;
mod drift;
mod moves;
mod round;
mod side;
mod summary;
mod truth;

/// Learns for every tenant that has snapshots, and for all of them together.
///
/// # Errors
/// Snapshots or models that cannot be read or written. That nothing was learned is none.
pub fn train(config: Config, args: &TrainArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let began = Instant::now();
    let assembly = Assembly::new(config)?;
    let (mut models, shelf) = Models::to_write(&assembly)?;
    // A model that is refused is told in the log; what serves then is what a service would be served by.
    if let Some(trouble) = models.look(&mut ()).trouble {
        anyhow::bail!("models.url: {:?}: {trouble}", assembly.config.models.url);
    }
    let rows = read(&assembly, args)?;
    if rows.is_empty() {
        writeln!(out, "there are no snapshots to learn from at {:?}", assembly.config.snapshots.url)?;
        writeln!(
            out,
            "  `needle run` leaves them behind; `needle replay --out DIR` makes them of past events at once"
        )?;
        return Ok(());
    }
    let budget = Duration::from_secs(60 * assembly.config.training.budget_minutes);
    let side = Side {
        assembly: &assembly,
        models: &models,
        shelf: &shelf,
        args,
        excluded: dataset::excluded(&assembly.schema, &assembly.config.training.exclude),
        truths: args.truth.as_deref().map(Truths::read).transpose()?,
        newest: OnceCell::new(),
        until: began + budget,
    };
    for rows in rounds(rows, args) {
        let told = Round::new(&side, rows)?.play()?;
        summary::write(&told, &assembly, args, out)?;
    }
    Ok(())
}

/// All features, those too that are not to be learned from: the served model may need them.
fn read(assembly: &Assembly, args: &TrainArgs) -> anyhow::Result<Vec<TenantRows>> {
    let url = &assembly.config.snapshots.url;
    let store = store::open(url).map_err(|error| anyhow::anyhow!("snapshots.url: {url:?} {error}"))?;
    let mut config = Config::clone(&assembly.config);
    let excluded = std::mem::take(&mut config.training.exclude);
    if let Some(name) = excluded.iter().find(|name| assembly.schema.index(name).is_none()) {
        anyhow::bail!("training.exclude names {name:?}, which is no feature: `needle features` lists them");
    }
    let max_rows = args.max_rows.unwrap_or(config.training.max_rows);
    let wanted = Wanted { max_rows, seed: args.seed, tenant: args.tenant.clone(), at_ms: None };
    let bar = progress_bar();
    let rows = dataset::read(store, &config, &assembly.schema, &wanted, &mut |progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    });
    bar.finish_and_clear();
    Ok(rows?)
}

/// Every tenant by itself; where there are several, `default` of all of them, last.
fn rounds(tenants: Vec<TenantRows>, args: &TrainArgs) -> Vec<TenantRows> {
    let many = tenants.len() > 1 && args.tenant.is_none();
    let all = many.then(|| together(&tenants));
    // Of rows without a tenant, which `default` then is of as well, there is the one round of all.
    let own = tenants.into_iter().filter(|rows| !many || rows.tenant != DEFAULT_TENANT);
    own.chain(all).collect()
}

/// All tenants' rows as one, in order of time.
fn together(tenants: &[TenantRows]) -> TenantRows {
    let mut order: Vec<(usize, usize)> = Vec::new();
    for (tenant, rows) in tenants.iter().enumerate() {
        order.extend((0..rows.matrix.rows.len()).map(|row| (tenant, row)));
    }
    order.sort_by_key(|&(tenant, row)| {
        let row = &tenants[tenant].matrix.rows[row];
        (row.at_ms, row.lead)
    });
    let columns = tenants.first().map(|rows| rows.matrix.columns.clone()).unwrap_or_default();
    let mut matrix = Matrix { columns, ..Matrix::default() };
    for &(tenant, row) in &order {
        matrix.values.extend_from_slice(tenants[tenant].matrix.row(row));
        matrix.rows.push(tenants[tenant].matrix.rows[row]);
    }
    let mut account = dataset::Account::default();
    tenants.iter().for_each(|rows| account.add(&rows.account));
    let explored = explored_together(tenants, &order);
    TenantRows { tenant: DEFAULT_TENANT.to_owned(), matrix, account, around: Default::default(), explored }
}

/// All tenants' exploration as one; `order`: tenant and row of each row of the whole.
fn explored_together(tenants: &[TenantRows], order: &[(usize, usize)]) -> Explored {
    let mut all = Explored::default();
    for TenantRows { explored, .. } in tenants {
        all.trial.add(&explored.trial);
        all.heaviest = all.heaviest.into_iter().chain(explored.heaviest).reduce(f64::max);
    }
    let is_drawn = |(tenant, row): &(usize, usize)| tenants[*tenant].explored.rows.binary_search(row).is_ok();
    all.rows = order.iter().enumerate().filter(|(_, of)| is_drawn(of)).map(|(at, _)| at).collect();
    all
}

/// On standard error where that is a terminal, else silent.
fn progress_bar() -> ProgressBar {
    styled(ProgressBar::no_length(), "reading snapshots {wide_bar} {human_pos}/{human_len} states {eta}")
}

/// Writes a report's file into a folder of the user's.
fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(folder.join(name), bytes)?)
}
