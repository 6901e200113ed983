//! Draws the answer: what was found, in names and words, scored by the lane's own functions.

use std::collections::BTreeMap;

use super::picture::{
    ChangeShown, Difference, FactsShown, FeatureShown, GroupShown, InputStand, LastSaid, ModelShown, Number,
    OutcomesShown, Part, ReasonShown, ReplayShown, Rule, Score, TouchpointShown, TraitShown,
};
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
