//! The answer as data, which `--json` prints and `text` words. Its fields are described by `schemas/lead.json`.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::args::LeadName;
use super::question::Question;
use super::said::{Change, Replay};
use super::search::{Found, Stand};
use crate::commands::assembly::Assembly;
use crate::config::Config;
use crate::decision::{Bands, Standing};
use crate::features::Schema;
use crate::lead::facts::{Dimension, Facts, TraitFact, TraitValue};
use crate::model::{Explanation, Reasons, Scratch};
use crate::touchpoint::{FormStep, Mark, Touchpoint};
use crate::wire::instant::event_time;

/// A number, written as score changes have it: a whole one without a fraction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = self.0 as i64;
        match whole.unsigned_abs() < 1 << 53 && whole as f64 == self.0 {
            true => serializer.serialize_i64(whole),
            false => serializer.serialize_f64(self.0),
        }
    }
}

/// The whole answer.
#[derive(Debug, Serialize)]
pub struct Picture {
    pub tenant: String,
    pub lead: String,
    pub found: bool,
    pub application: String,
    /// Those that hold the lead.
    pub partitions: Vec<Part>,
    pub searched: Vec<Searched>,
}

/// A partition that was looked into.
#[derive(Debug, Serialize)]
pub struct Searched {
    pub partition: i32,
    pub records_read: u64,
    /// `found`, `not_here`, `nothing_committed`, `cut`
    pub outcome: &'static str,
    /// Why it could not be searched.
    pub why: Option<String>,
}

/// The lead as one partition holds it.
#[derive(Debug, Serialize)]
pub struct Part {
    pub partition: i32,
    pub inputs: Vec<InputStand>,
    pub snapshot: Option<u64>,
    /// Why newer snapshots were of no use.
    pub passed_over: Vec<String>,
    pub records_read: u64,
    pub as_of: String,
    pub score: Score,
    pub said: Option<LastSaid>,
    /// A score that was said after `said` and before these positions, of which compaction has left no more.
    pub said_later: Option<i64>,
    pub rules: Vec<Rule>,
    pub facts: FactsShown,
    pub features: Vec<FeatureShown>,
    /// Newest first.
    pub changes: Vec<ChangeShown>,
    pub replay: Option<ReplayShown>,
}

#[derive(Debug, Serialize)]
pub struct InputStand {
    pub topic: String,
    /// The snapshot's position, else where the fold began.
    pub read_from: i64,
    /// Records below this are taken in.
    pub taken_in_to: i64,
    /// Whether `--at` has named it; null for an answer as of now.
    pub named: Option<bool>,
}

#[derive(Debug, Serialize)]
pub struct Score {
    pub score: u8,
    pub points: Number,
    pub probability: Number,
    pub band: String,
    pub base: Number,
    pub other: Number,
    pub reasons: Vec<ReasonShown>,
    pub groups: Vec<GroupShown>,
    pub model: ModelShown,
}

/// What all features of one group add.
#[derive(Debug, Serialize)]
pub struct GroupShown {
    pub group: &'static str,
    pub points: Number,
}

#[derive(Debug, Serialize)]
pub struct ReasonShown {
    pub feature: String,
    pub value: Number,
    pub points: Number,
    pub text: String,
}

#[derive(Debug, Serialize)]
pub struct ModelShown {
    pub version: String,
    pub kind: &'static str,
}

#[derive(Debug, Serialize)]
pub struct LastSaid {
    pub score: u8,
    pub as_of: String,
}

#[derive(Debug, Serialize)]
pub struct Rule {
    pub rule: String,
    /// `armed`, `disarmed`, `quiet`
    pub state: &'static str,
    /// Until when it is quiet.
    pub until: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct FactsShown {
    pub known: bool,
    pub touchpoints: usize,
    pub first: Option<TouchpointShown>,
    pub last: Option<TouchpointShown>,
    /// The newest ones, newest first.
    pub timeline: Vec<TouchpointShown>,
    pub outcomes: OutcomesShown,
    pub traits: Vec<TraitShown>,
    pub form_best: Option<Number>,
    pub form_last: Option<Number>,
}

#[derive(Debug, Serialize)]
pub struct TouchpointShown {
    pub at: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub channel: &'static str,
    pub themes: Vec<String>,
    /// `started`, `submitted`
    pub form: Option<&'static str>,
    /// `positive`, `negative`, `contact`
    pub outcome: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub struct OutcomesShown {
    pub positive_at: Option<String>,
    pub negative_at: Option<String>,
    pub contact_at: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct TraitShown {
    #[serde(rename = "trait")]
    pub name: String,
    /// A number, a flag, a text; null where it was said to be nothing.
    pub value: serde_json::Value,
    pub at: String,
}

#[derive(Debug, Serialize)]
pub struct FeatureShown {
    pub feature: String,
    pub value: Number,
    pub text: String,
    /// Whether this is what a lead of whom nothing is known has.
    pub is_default: bool,
}

#[derive(Debug, Serialize)]
pub struct ChangeShown {
    /// Where it lies in the topic of score changes.
    pub offset: Option<i64>,
    pub score_change: Box<RawValue>,
    #[serde(skip)]
    pub change: Change,
}

/// The record at the position that was named last, once more.
#[derive(Debug, Serialize)]
pub struct ReplayShown {
    pub topic: String,
    pub offset: i64,
    /// No: the log has none there, but a transaction's mark, or one that was undone.
    pub is_a_record: bool,
    pub said: Vec<ChangeShown>,
    pub computed: Vec<ChangeShown>,
    /// Whether what was said is what is computed now, but for `previous`; null where the topic holds nothing that was said of it.
    pub equal: Option<bool>,
    pub differences: Vec<Difference>,
}

#[derive(Debug, Serialize)]
pub struct Difference {
    /// The CloudEvents id of the score change.
    pub id: String,
    pub fields: Vec<String>,
}

impl Picture {
    pub fn new(name: &LeadName, config: &Config) -> Self {
        let (tenant, lead) = (name.tenant.clone(), name.lead.clone());
        let application = config.service.application.clone();
        Self { tenant, lead, found: false, application, partitions: Vec::new(), searched: Vec::new() }
    }

    /// Keeps so many of the newest score changes of each partition.
    pub fn limit(&mut self, changes: usize) {
        self.partitions.iter_mut().for_each(|part| part.changes.truncate(changes));
    }
}

/// What was found, in names and words.
pub fn draw(assembly: &Assembly, question: &Question, found: Found) -> anyhow::Result<Part> {
    let Found { partition, inputs, head, passed_over, records, facts, decisions, overtaken, changes, replay } = found;
    let config = &assembly.config;
    // What a sweep has said as of an instant stands.
    let as_of_ms = facts.newest_ms().max(decisions.said().map_or(0, |said| said.at_ms));
    let (score, features) = scored(assembly, &question.name.tenant, &facts, as_of_ms);
    let standings = assembly.rules.standings(&decisions, as_of_ms);
    Ok(Part {
        partition,
        inputs: inputs.iter().map(|stand| input(config, question, stand)).collect(),
        snapshot: head.map(|head| head.number),
        passed_over,
        records_read: records,
        as_of: instant(as_of_ms),
        score,
        said: decisions.said().map(|said| LastSaid { score: said.score, as_of: instant(said.at_ms) }),
        said_later: overtaken,
        rules: standings.map(|(name, standing)| rule(name, standing)).collect(),
        facts: facts_shown(config, &facts),
        features,
        changes: changes.into_iter().rev().map(shown).collect(),
        replay: replay.map(|replay| replayed(config, replay)),
    })
}

/// Score and features as of an instant, by the lane's own functions.
fn scored(assembly: &Assembly, tenant: &str, facts: &Facts, as_of_ms: i64) -> (Score, Vec<FeatureShown>) {
    let Assembly { config, schema, models, .. } = assembly;
    let model = models.of(tenant);
    let mut row = vec![0.0; schema.width()];
    schema.extract(facts, as_of_ms, &mut row);
    let (mut scratch, mut scores) = (Scratch::default(), Vec::new());
    model.score(&row, schema.width(), &mut scratch, &mut scores);
    let scored = scores.first().copied().unwrap_or_default();
    let (mut explanation, mut reasons) = (Explanation::default(), Reasons::default());
    model.explain(&row, schema.width(), &mut scratch, std::slice::from_mut(&mut explanation));
    reasons.choose(&explanation, scored.points, config.scoring.reasons);
    let sentence = |feature: usize| {
        let mut text = String::new();
        schema.sentence(feature, row[feature], &mut text);
        text
    };
    let reason = |&(feature, points): &(usize, f64)| ReasonShown {
        feature: schema.features()[feature].name.clone(),
        value: Number(row[feature]),
        points: Number(points),
        text: sentence(feature),
    };
    let features = schema.features().iter().enumerate().map(|(at, feature)| FeatureShown {
        feature: feature.name.clone(),
        value: Number(row[at]),
        text: sentence(at),
        is_default: row[at] == feature.default,
    });
    let score = Score {
        score: scored.score,
        points: Number(scored.points),
        probability: Number(scored.probability),
        band: Bands::new(&config.scoring.bands).name(scored.score).to_owned(),
        base: Number(reasons.base),
        other: Number(reasons.other),
        reasons: reasons.strongest.iter().map(reason).collect(),
        groups: groups(schema, &explanation),
        model: ModelShown { version: model.version().to_owned(), kind: model.kind() },
    };
    (score, features.collect())
}

/// Points by group of features, strongest first.
fn groups(schema: &Schema, explanation: &Explanation) -> Vec<GroupShown> {
    let mut sums: BTreeMap<&'static str, f64> = BTreeMap::new();
    for (feature, points) in &explanation.contributions {
        *sums.entry(schema.features()[*feature].group.name()).or_default() += points;
    }
    let mut groups: Vec<_> = sums.into_iter().collect();
    groups.sort_by(|(_, one), (_, other)| other.abs().total_cmp(&one.abs()));
    groups.into_iter().map(|(group, points)| GroupShown { group, points: Number(points) }).collect()
}

fn input(config: &Config, question: &Question, stand: &Stand) -> InputStand {
    InputStand {
        topic: config.topics.events[stand.topic].clone(),
        read_from: stand.begin,
        taken_in_to: stand.next,
        named: (!question.at.is_empty()).then(|| question.named(stand.topic).is_some()),
    }
}

fn rule(name: &str, standing: Standing) -> Rule {
    let (state, until) = match standing {
        Standing::Armed => ("armed", None),
        Standing::Disarmed => ("disarmed", None),
        Standing::Quiet { until_ms } => ("quiet", Some(instant(until_ms))),
    };
    Rule { rule: name.to_owned(), state, until }
}

fn facts_shown(config: &Config, facts: &Facts) -> FactsShown {
    let older = facts.older.total(Dimension::ALL) as usize;
    let share = |thousandths: u16| Number(f64::from(thousandths) / 1000.0);
    let show = |touchpoint: &Touchpoint| touchpoint_shown(config, touchpoint);
    FactsShown {
        known: facts.known,
        touchpoints: facts.timeline.len() + older,
        first: facts.firsts().next().map(show),
        last: facts.timeline.last().map(show),
        timeline: facts.timeline.iter().rev().map(show).collect(),
        outcomes: OutcomesShown {
            positive_at: facts.outcomes.positive_ms.map(instant),
            negative_at: facts.outcomes.negative_ms.map(instant),
            contact_at: facts.outcomes.contact_ms.map(instant),
        },
        traits: facts.traits.iter().map(|fact| trait_shown(config, fact)).collect(),
        form_best: facts.form.best.map(share),
        form_last: facts.form.last.map(|(_, _, last)| share(last)),
    }
}

fn touchpoint_shown(config: &Config, touchpoint: &Touchpoint) -> TouchpointShown {
    let themes = config.themes.iter().enumerate().filter(|(bit, _)| touchpoint.themes >> bit & 1 == 1);
    TouchpointShown {
        at: instant(touchpoint.at_ms),
        kind: touchpoint.kind.name(),
        channel: touchpoint.channel.name(),
        themes: themes.map(|(_, theme)| theme.name.clone()).collect(),
        form: match touchpoint.form {
            FormStep::None => None,
            FormStep::Started => Some("started"),
            FormStep::Submitted => Some("submitted"),
        },
        outcome: match touchpoint.mark {
            Mark::None => None,
            Mark::Positive => Some("positive"),
            Mark::Negative => Some("negative"),
            Mark::Contact => Some("contact"),
        },
    }
}

fn trait_shown(config: &Config, fact: &TraitFact) -> TraitShown {
    let value = match &fact.value {
        TraitValue::Null => serde_json::Value::Null,
        TraitValue::Number(number) => serde_json::json!(Number(*number)),
        TraitValue::Flag(flag) => (*flag).into(),
        TraitValue::Text(text) => text.to_string().into(),
    };
    // Facts are read under this very configuration, so that there is a name.
    let name = config.traits.get(usize::from(fact.index)).map(|known| known.name.clone()).unwrap_or_default();
    TraitShown { name, value, at: instant(fact.at_ms) }
}

fn shown(change: Change) -> ChangeShown {
    ChangeShown { offset: change.offset, score_change: change.json.clone(), change }
}

fn replayed(config: &Config, replay: Replay) -> ReplayShown {
    let differences = replay.differences();
    let Replay { topic, offset, is_a_record, said, computed } = replay;
    ReplayShown {
        topic: config.topics.events[topic].clone(),
        offset,
        is_a_record,
        said: said.into_iter().map(shown).collect(),
        computed: computed.into_iter().map(shown).collect(),
        equal: differences.as_ref().map(Vec::is_empty),
        differences: differences.into_iter().flatten().map(|(id, fields)| Difference { id, fields }).collect(),
    }
}

/// `2026-11-21T09:14:03.120Z`
fn instant(at_ms: i64) -> String {
    let mut bytes = Vec::new();
    event_time(at_ms, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
