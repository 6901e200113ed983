//! `needle models`: what each tenant is served by, a model trained elsewhere put in its place, and the way back.

use std::fs::File;
use std::io::{Read as _, Write};
use std::path::Path;

use super::Failure;
use super::assembly::Assembly;
use super::serving::Models;
use crate::config::Config;
use crate::model::scale::Calibration;
use crate::model::{day_zero, trees};
use crate::registry::{Draft, Published};
use crate::telemetry::observe::wall_ms;
use crate::wire::instant::event_time;
use crate::wire::tenant::DEFAULT_TENANT;
use args::{ListArgs, ModelsCommand, PublishArgs, RollbackArgs};

pub mod args;
mod list;

/// Does what was asked for.
///
/// # Errors
/// Models that cannot be read or written; a model that would not be served, and why.
pub fn models(config: Config, command: &ModelsCommand, out: &mut impl Write) -> Result<(), Failure> {
    let assembly = Assembly::new(config)?;
    match command {
        ModelsCommand::List(call) => list(&assembly, &call.own, out),
        ModelsCommand::Publish(call) => publish(&assembly, &call.own, out),
        ModelsCommand::Rollback(call) => roll_back(&assembly, &call.own, out),
    }
}

fn list(assembly: &Assembly, args: &ListArgs, out: &mut impl Write) -> Result<(), Failure> {
    let mut models = Models::open(assembly)?;
    let rows = list::rows(&mut models, args.tenant.as_deref()).map_err(|error| at_url(assembly, &error))?;
    Ok(if args.json { list::as_json(&rows, out) } else { list::as_table(&rows, out) }?)
}

fn publish(assembly: &Assembly, args: &PublishArgs, out: &mut impl Write) -> Result<(), Failure> {
    let in_file = |error: &dyn std::fmt::Display| anyhow::anyhow!("{}: {error}", args.file.display());
    let text = read(&args.file).map_err(|error| in_file(&error))?;
    let (models, shelf) = Models::to_write(assembly)?;
    let draft = Draft {
        tenant: args.tenant.clone(),
        version: args.version.clone(),
        text,
        calibration: args.calibration.0,
        anchor_probability: args.anchor.map(|anchor| anchor.0),
    };
    let published = models.threads.wait_for(shelf.publish(&draft, wall_ms())).map_err(|error| in_file(&error))?;
    let Published { manifest, trees, before } = published;
    let tenant = &draft.tenant;
    writeln!(out, "published {tenant}/{}", manifest.version)?;
    let Calibration { slope, intercept } = manifest.calibration;
    let anchor = assembly.config.scoring.anchor_probability.unwrap_or(manifest.anchor_probability);
    let (features, sign) = (manifest.features.len(), if intercept < 0.0 { '-' } else { '+' });
    writeln!(out, "  {trees} trees on {features} features; a probability of {anchor} scores 50")?;
    writeln!(out, "  log-odds are {slope} times the raw score {sign} {}", intercept.abs())?;
    writeln!(out, "  {}", taken_up(assembly))?;
    let shipped = (*tenant == DEFAULT_TENANT).then(|| day_zero::VERSION.to_owned());
    if let Some(before) = before.or(shipped) {
        writeln!(out, "  back again: needle models rollback {before}{}", of_tenant(tenant))?;
    }
    Ok(())
}

fn roll_back(assembly: &Assembly, args: &RollbackArgs, out: &mut impl Write) -> Result<(), Failure> {
    let RollbackArgs { version, tenant } = args;
    let (models, shelf) = Models::to_write(assembly)?;
    let before = models.threads.wait_for(shelf.roll_back(tenant, version)).map_err(anyhow::Error::from)?;
    match before {
        Some(before) => writeln!(out, "{tenant} is to be served by {version}, and no longer by {before}")?,
        None => writeln!(out, "{tenant} is to be served by {version}")?,
    }
    writeln!(out, "  {}", taken_up(assembly))?;
    Ok(())
}

fn at_url(assembly: &Assembly, error: &dyn std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("models.url: {:?} {error}", assembly.config.models.url)
}

fn taken_up(assembly: &Assembly) -> String {
    format!("services take it up within {} s", assembly.config.models.poll_seconds)
}

fn of_tenant(tenant: &str) -> String {
    if tenant == DEFAULT_TENANT { String::new() } else { format!(" --tenant {tenant}") }
}

/// A model file; one that is too large is not read.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let most = trees::text::MAX_BYTES as u64;
    let mut text = Vec::new();
    // One byte more tells that there are more.
    File::open(path)?.take(most + 1).read_to_end(&mut text)?;
    anyhow::ensure!(text.len() as u64 <= most, "it has more than {most} bytes, and no more are read");
    Ok(text)
}

/// `2026-11-20T06:00:00.000Z`
fn instant(at_ms: i64) -> String {
    let mut bytes = Vec::new();
    event_time(at_ms, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
