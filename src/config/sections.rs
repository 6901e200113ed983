//! From what was said to what it means: every section but the lists, and contradictions between keys.

use std::collections::BTreeMap;

use super::lists;
use super::names::{
    compile, identifier_part, json_pointer, positive, socket_address, storage_url, topic, within, words,
};
use super::read::Section;
use super::report::Mistakes;
use super::tree::Table;
use super::{
    Config, Exploration, Limits, Machine, Models, Outcomes, Scoring, Service, Snapshots, Tenancy, Topics, Training,
};
use super::{defaults, kafka};

const DAY_SECONDS: u64 = 86_400;
const YEAR_SECONDS: u64 = 366 * DAY_SECONDS;
/// Reasons of one score change; its record must stay small.
const MAX_REASONS: u64 = 50;
/// librdkafka's own limit on `message.max.bytes`.
const MAX_RECORD_BYTES: u64 = 1_000_000_000;

/// Reads the whole configuration. It is usable only where no mistake was recorded.
pub(super) fn read(root: &Table, machine: &Machine, mistakes: &Mistakes) -> Config {
    let all = Section::root(root, mistakes);
    let config = Config {
        service: service(&all.section("service"), machine),
        kafka: kafka::read(root, mistakes),
        topics: topics(&all.section("topics")),
        tenancy: tenancy(&all.section("tenancy")),
        snapshots: snapshots(&all.section("snapshots")),
        models: models(&all.section("models")),
        scoring: scoring(&all.section("scoring")),
        training: training(&all.section("training")),
        exploration: exploration(&all.section("exploration")),
        limits: limits(&all.section("limits")),
        themes: lists::themes(&all),
        outcomes: outcomes(&all.section("outcomes")),
        traits: lists::traits(&all),
        jumps: lists::jumps(&all),
    };
    if config.scoring.horizon_days > config.snapshots.history_days {
        let history = config.snapshots.history_days;
        all.section("scoring").refuse(
            "horizon_days",
            format!("must be at most snapshots.history_days ({history}): no row that old would be left to learn from"),
        );
    }
    config
}

fn service(section: &Section<'_>, machine: &Machine) -> Service {
    Service {
        application: section.text("application", defaults::APPLICATION, identifier_part),
        instance: section.text("instance", machine.instance(), identifier_part),
        lanes: section.whole("lanes", machine.cores.max(1), 1..=1_024),
        commit_interval_ms: section.whole("commit_interval_ms", defaults::COMMIT_INTERVAL_MS, 1..=30_000),
        listen: section.text("listen", defaults::LISTEN, socket_address),
    }
}

fn topics(section: &Section<'_>) -> Topics {
    let topics = Topics {
        events: section.texts("events", defaults::EVENTS, topic),
        score_changes: section.text("score_changes", defaults::SCORE_CHANGES, topic),
        score_jumps: section.text("score_jumps", defaults::SCORE_JUMPS, topic),
        dead_letters: section.text("dead_letters", defaults::DEAD_LETTERS, topic),
    };
    if section.has("events") && section.lacks("events") {
        section.refuse("events", "must name at least one topic");
    }
    let outputs = [
        ("score_changes", &topics.score_changes),
        ("score_jumps", &topics.score_jumps),
        ("dead_letters", &topics.dead_letters),
    ];
    let mut users: BTreeMap<&str, &str> = BTreeMap::new();
    for (key, name) in topics.events.iter().map(|name| ("events", name)).chain(outputs) {
        if let Some(other) = users.insert(name, key) {
            // The one that the operator wrote is the one to be named.
            let key = if section.has(key) { key } else { other };
            section.refuse(key, format!("names the topic {name:?} twice: inputs and outputs must all be different"));
        }
    }
    topics
}

fn tenancy(section: &Section<'_>) -> Tenancy {
    const WANTED: &str = "must be \"none\", \"header:NAME\", \"json:/pointer\" or \"topic:REGEX\"";
    let Some(from) = section.text_if_said("from", |_| Ok(())) else { return Tenancy::None };
    let tenancy = match from.split_once(':') {
        None if from == "none" => Ok(Tenancy::None),
        Some(("header", name)) => words(name).map(|()| Tenancy::Header(name.to_owned())),
        Some(("json", pointer)) => json_pointer(pointer).map(|()| Tenancy::Json(pointer.to_owned())),
        Some(("topic", pattern)) => words(pattern).and_then(|()| compile(pattern)).map(Tenancy::Topic),
        _ => Err(format!("{WANTED}, not {from:?}")),
    };
    tenancy.unwrap_or_else(|what| {
        section.refuse("from", what);
        Tenancy::None
    })
}

fn snapshots(section: &Section<'_>) -> Snapshots {
    Snapshots {
        url: section.text("url", defaults::SNAPSHOTS_URL, storage_url),
        url_is_said: section.has("url"),
        interval_seconds: section.whole("interval_seconds", defaults::SNAPSHOT_INTERVAL_SECONDS, 1..=7 * DAY_SECONDS),
        history_days: section.whole("history_days", defaults::HISTORY_DAYS, 1..=36_500),
    }
}

fn models(section: &Section<'_>) -> Models {
    Models {
        url: section.text("url", defaults::MODELS_URL, storage_url),
        poll_seconds: section.whole("poll_seconds", defaults::POLL_SECONDS, 1..=DAY_SECONDS),
    }
}

fn scoring(section: &Section<'_>) -> Scoring {
    let strictly_between = |number: f64| match number > 0.0 && number < 1.0 {
        true => Ok(()),
        false => Err(format!("must be more than 0 and less than 1, not {number}")),
    };
    Scoring {
        horizon_days: section.whole("horizon_days", defaults::HORIZON_DAYS, 1..=3_650),
        change_threshold: section.number("change_threshold", defaults::CHANGE_THRESHOLD, within(0.0, 100.0)),
        reasons: section.whole("reasons", defaults::REASONS, 0..=MAX_REASONS),
        bands: bands(section),
        sweep_seconds: section.whole("sweep_seconds", defaults::SWEEP_SECONDS, 0..=YEAR_SECONDS),
        anchor_probability: section.number_if_said("anchor_probability", strictly_between),
    }
}

fn bands(section: &Section<'_>) -> Vec<(String, u8)> {
    let default = || defaults::BANDS.iter().map(|&(name, low)| (name.to_owned(), low)).collect();
    let Some(said) = section.numbers_by_name("bands", 0..=100) else { return default() };
    let mut bands: Vec<(String, u8)> = Vec::with_capacity(said.len());
    for (name, low) in said {
        if words(&name).is_err() {
            section.refuse("bands", "has a band without a name");
        }
        match bands.last() {
            Some((higher, floor)) if u64::from(*floor) <= low => {
                section.refuse("bands", format!("must go down: {name} = {low} comes after {higher} = {floor}"));
                return default();
            }
            _ => bands.push((name, u8::try_from(low).unwrap_or(u8::MAX))),
        }
    }
    if bands.last().is_none_or(|(_, low)| *low != 0) {
        section
            .refuse("bands", "must end with a band at 0, as in { A = 80, B = 40, C = 0 }, so that every score has one");
    }
    bands
}

fn training(section: &Section<'_>) -> Training {
    Training {
        every_hours: section.whole("every_hours", 0, 0..=YEAR_SECONDS / 3_600),
        budget_minutes: section.whole("budget_minutes", defaults::BUDGET_MINUTES, 1..=10_080),
        threads: section.whole("threads", 0, 0..=1_024),
        max_rows: section.whole("max_rows", defaults::MAX_ROWS, 1..=1_000_000_000_000),
        cost_missed: section.number("cost_missed", defaults::COST_MISSED, positive),
        cost_wasted: section.number("cost_wasted", defaults::COST_WASTED, positive),
        calls_per_day: section.number_if_said("calls_per_day", positive),
        exclude: section.texts("exclude", &[], words),
    }
}

fn exploration(section: &Section<'_>) -> Exploration {
    Exploration { share: section.number("share", 0.0, within(0.0, 1.0)) }
}

fn limits(section: &Section<'_>) -> Limits {
    Limits {
        record_bytes: section.whole("record_bytes", defaults::RECORD_BYTES, 1..=MAX_RECORD_BYTES),
        blocked_ids: section.texts("blocked_ids", defaults::BLOCKED_IDS, words),
    }
}

fn outcomes(section: &Section<'_>) -> Outcomes {
    let outcomes = Outcomes {
        positive: section.texts("positive", defaults::POSITIVE, words),
        negative: section.texts("negative", defaults::NEGATIVE, words),
        contact: section.texts("contact", defaults::CONTACT, words),
        repeat: section.flag("repeat", false),
    };
    let lists = [("positive", &outcomes.positive), ("negative", &outcomes.negative), ("contact", &outcomes.contact)];
    let mut users: BTreeMap<&str, &str> = BTreeMap::new();
    for (key, name) in lists.iter().flat_map(|(key, names)| names.iter().map(move |name| (*key, name))) {
        if let Some(other) = users.insert(name, key) {
            let (key, other) = if section.has(key) { (key, other) } else { (other, key) };
            section.refuse(key, format!("names {name:?}, which outcomes.{other} already does"));
        }
    }
    outcomes
}
