//! `needle check`: says in words what a configuration means.

use std::io::{self, Write};

use super::Failure;
use super::assembly::Assembly;
use super::serving::Models;
use crate::config::kafka::shown;
use crate::config::{Config, ConfigError, JumpRule, JumpWhen, Kafka, Tenancy, Theme, Trait, TraitKind};
use crate::registry::{Refusal, Standing};
use crate::wire::tenant::DEFAULT_TENANT;

/// Prints what was understood. Secrets are not printed.
///
/// # Errors
/// Those of `out`; a model that is to be served and is refused, once all is printed.
pub fn check(config: &Config, out: &mut impl Write) -> Result<(), Failure> {
    let looked = look(config)?;
    explain(config, looked.as_ref(), out)?;
    let refused: Vec<_> = looked.iter().flat_map(|models| models.registry.refused()).map(refusal).collect();
    match refused.is_empty() {
        true => Ok(()),
        false => Err(ConfigError::several("models.url", refused).into()),
    }
}

/// A look at the models, where that connects to nobody.
fn look(config: &Config) -> Result<Option<Models>, Failure> {
    if !config.models.url.starts_with("file:") {
        return Ok(None);
    }
    let mut models = Models::open(&Assembly::new(config.clone())?)?;
    match models.look(&mut ()).trouble {
        Some(trouble) => Err(Failure::Running(anyhow::anyhow!("models.url: {:?} {trouble}", config.models.url))),
        None => Ok(Some(models)),
    }
}

fn refusal((tenant, version, reason): (&str, Option<&str>, &Refusal)) -> String {
    match version {
        Some(version) => format!("has a model that is refused: {version} of tenant {tenant}: {reason}"),
        None => format!("has a model that is refused: tenant {tenant}: {reason}"),
    }
}

fn explain(config: &Config, models: Option<&Models>, out: &mut impl Write) -> io::Result<()> {
    service(config, out)?;
    kafka(&config.kafka, out)?;
    topics(config, out)?;
    tenancy(&config.tenancy, out)?;
    storage(config, models, out)?;
    scoring(config, out)?;
    learning(config, out)?;
    limits(config, out)?;
    themes(&config.themes, out)?;
    outcomes(config, out)?;
    traits(&config.traits, out)?;
    jumps(&config.jumps, out)
}

fn service(config: &Config, out: &mut impl Write) -> io::Result<()> {
    let service = &config.service;
    writeln!(out, "service")?;
    writeln!(
        out,
        "  application {}, instance {}, {}",
        service.application,
        service.instance,
        count(service.lanes, "lane")
    )?;
    writeln!(out, "  commits every {} ms", service.commit_interval_ms)?;
    writeln!(out, "  listens on {} for /metrics, /healthz and /readyz", service.listen)
}

fn kafka(kafka: &Kafka, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "kafka")?;
    match kafka.brokers() {
        Some(brokers) => writeln!(out, "  brokers: {brokers}")?,
        None => writeln!(out, "  no brokers: `needle run` would need kafka.\"bootstrap.servers\"")?,
    }
    let sets = [("", &kafka.common), ("consumer: ", &kafka.consumer), ("producer: ", &kafka.producer)];
    for (whose, properties) in sets {
        for (name, value) in properties.iter().filter(|(name, _)| *name != "bootstrap.servers") {
            writeln!(out, "  {whose}{name} = {}", shown(name, value))?;
        }
    }
    Ok(())
}

fn topics(config: &Config, out: &mut impl Write) -> io::Result<()> {
    let topics = &config.topics;
    writeln!(out, "topics")?;
    writeln!(out, "  events from {}", topics.events.join(", "))?;
    writeln!(out, "  score changes to {}", topics.score_changes)?;
    writeln!(out, "  score jumps to {}", topics.score_jumps)?;
    writeln!(out, "  dead letters to {}", topics.dead_letters)
}

fn tenancy(tenancy: &Tenancy, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "tenancy")?;
    match tenancy {
        Tenancy::None => writeln!(out, "  one tenant, \"default\""),
        Tenancy::Header(name) => writeln!(out, "  from the record's header {name:?}; absent: \"default\""),
        Tenancy::Json(pointer) => writeln!(out, "  from {pointer} within the event; absent: \"default\""),
        Tenancy::Topic(regex) => writeln!(out, "  from the topic's name by {}; no match: \"default\"", regex.as_str()),
    }
}

fn storage(config: &Config, looked: Option<&Models>, out: &mut impl Write) -> io::Result<()> {
    let (snapshots, models) = (&config.snapshots, &config.models);
    writeln!(out, "snapshots")?;
    writeln!(
        out,
        "  in {}, every {} s, kept for {} days",
        snapshots.url, snapshots.interval_seconds, snapshots.history_days
    )?;
    writeln!(out, "models")?;
    writeln!(out, "  in {}, looked for every {} s", models.url, models.poll_seconds)?;
    let Some(looked) = looked else {
        return writeln!(out, "  not looked into: `needle models list` connects, and does");
    };
    for Standing { tenant, version, kind, .. } in looked.registry.standing() {
        let others = if tenant == DEFAULT_TENANT { ", and whoever has no model of its own," } else { "" };
        writeln!(out, "  {tenant}{others} is served by {version} ({kind})")?;
    }
    Ok(())
}

fn scoring(config: &Config, out: &mut impl Write) -> io::Result<()> {
    let scoring = &config.scoring;
    writeln!(out, "scoring")?;
    writeln!(out, "  probability of a positive outcome within {} days", scoring.horizon_days)?;
    match scoring.anchor_probability {
        Some(anchor) => writeln!(out, "  a probability of {anchor} scores 50")?,
        None => {
            writeln!(out, "  a tenant's base rate scores 50; before its first trained model, a probability of 0.01")?
        }
    }
    if scoring.change_threshold == 0.0 {
        writeln!(out, "  every event says a score change, with {}", count(scoring.reasons, "reason"))?;
    } else {
        let reasons = count(scoring.reasons, "reason");
        writeln!(out, "  a score change is said from {} points on, with {reasons}", scoring.change_threshold)?;
    }
    let bands: Vec<String> = scoring.bands.iter().map(|(name, low)| format!("{name} from {low}")).collect();
    writeln!(out, "  bands: {}", bands.join(", "))?;
    match scoring.sweep_seconds {
        0 => writeln!(out, "  silent leads are never rescored"),
        seconds => writeln!(out, "  silent leads are rescored every {seconds} s"),
    }
}

fn learning(config: &Config, out: &mut impl Write) -> io::Result<()> {
    let training = &config.training;
    writeln!(out, "training")?;
    let when = match training.every_hours {
        0 => "only when called for".to_owned(),
        hours => format!("every {hours} h"),
    };
    writeln!(out, "  {when}, at most {} min on at most {} rows", training.budget_minutes, training.max_rows)?;
    match training.calls_per_day {
        Some(calls) => writeln!(out, "  the threshold is set by a capacity of {calls} calls a day")?,
        None => {
            let (missed, wasted) = (training.cost_missed, training.cost_wasted);
            writeln!(out, "  a missed good lead costs {missed}, a wasted call {wasted}: that sets the threshold")?;
        }
    }
    if !training.exclude.is_empty() {
        writeln!(out, "  never used: {}", training.exclude.join(", "))?;
    }
    writeln!(out, "exploration")?;
    writeln!(out, "  {} of the low-scored leads are flagged for contact", config.exploration.share)
}

fn limits(config: &Config, out: &mut impl Write) -> io::Result<()> {
    let limits = &config.limits;
    writeln!(out, "limits")?;
    writeln!(out, "  records above {} bytes are dead letters", limits.record_bytes)?;
    let ids: Vec<String> = limits.blocked_ids.iter().map(|id| format!("{id:?}")).collect();
    writeln!(out, "  no ids: {}", or_none(&ids))
}

fn themes(themes: &[Theme], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "themes: {}", themes.len())?;
    for theme in themes {
        let regexes = count(theme.url.len() + theme.title.len() + theme.event.len(), "regex");
        let parts = format!("{} url, {} title, {} event", theme.url.len(), theme.title.len(), theme.event.len());
        let intent = if theme.high_intent { "; high intent" } else { "" };
        writeln!(out, "  {}: {regexes} ({parts}){intent}", theme.name)?;
    }
    Ok(())
}

fn outcomes(config: &Config, out: &mut impl Write) -> io::Result<()> {
    let outcomes = &config.outcomes;
    writeln!(out, "outcomes")?;
    writeln!(out, "  positive: {}", or_none(&outcomes.positive))?;
    writeln!(out, "  negative: {}", or_none(&outcomes.negative))?;
    writeln!(out, "  contact by sales: {}", or_none(&outcomes.contact))?;
    match outcomes.repeat {
        true => writeln!(out, "  they can recur: a label is any of them within the horizon"),
        false => writeln!(out, "  the first of them counts"),
    }
}

fn traits(traits: &[Trait], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "traits: {}", traits.len())?;
    for kept in traits {
        let kind = match kept.kind {
            TraitKind::Number => "a number",
            TraitKind::Category => "a category",
            TraitKind::Flag => "a flag",
            TraitKind::Title => "a job title, read as rank and department",
        };
        writeln!(out, "  {}: {kind}, from {}", kept.name, kept.path.join(" or "))?;
    }
    Ok(())
}

fn jumps(jumps: &[JumpRule], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "jumps: {}", jumps.len())?;
    for JumpRule { name, when } in jumps {
        match when {
            JumpWhen::Crossing { above, rearm } => {
                writeln!(out, "  {name}: when the score crosses {above} upwards; armed again below {rearm}")?;
            }
            JumpWhen::Surge { rise, within_hours, cooldown_hours } => {
                let quiet = format!("then not again for {cooldown_hours} hours");
                writeln!(
                    out,
                    "  {name}: when the score rises by {rise} points or more within {within_hours} hours; {quiet}"
                )?;
            }
        }
    }
    Ok(())
}

fn count(number: usize, noun: &str) -> String {
    match (number, noun.ends_with('x')) {
        (1, _) => format!("1 {noun}"),
        (_, true) => format!("{number} {noun}es"),
        (_, false) => format!("{number} {noun}s"),
    }
}

fn or_none(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
