//! The answer in words.

use std::io::{self, Write};

use serde_json::Value;

use super::picture::{ChangeShown, FactsShown, Number, Part, Picture, ReplayShown, Score, Searched, TouchpointShown};

/// How much is wanted.
pub struct Taste {
    pub all_features: bool,
    pub changes: usize,
}

/// Writes every partition that holds the lead.
pub fn write(answer: &Picture, taste: &Taste, out: &mut impl Write) -> io::Result<()> {
    for (at, part) in answer.partitions.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}/{}, partition {}, as of {}", answer.tenant, answer.lead, part.partition, part.as_of)?;
        score(&part.score, out)?;
        said(part, out)?;
        if let Some(replay) = &part.replay {
            replayed(part.partition, replay, out)?;
        }
        facts(&part.facts, out)?;
        features(part, taste.all_features, out)?;
        changes(&part.changes, taste.changes, out)?;
        sources(part, out)?;
    }
    Ok(())
}

/// What was searched in vain.
pub fn not_found(answer: &Picture) -> String {
    let name = format!("{}/{}", answer.tenant, answer.lead);
    let of = |outcome: &str| answer.searched.iter().filter(|searched| searched.outcome == outcome).collect::<Vec<_>>();
    let (here, nothing, cut) = (of("not_here"), of("nothing_committed"), of("cut"));
    let mut text = if here.is_empty() && cut.is_empty() {
        let group = &answer.application;
        format!("{name} is not there: the group {group:?} has committed nothing on {}", numbers(&nothing))
    } else {
        let read: u64 = here.iter().map(|searched| searched.records_read).sum();
        format!("{name} was not found on {} (input records read: {read})", numbers(&here))
    };
    for searched in cut {
        let why = searched.why.as_deref().unwrap_or_default();
        text.push_str(&format!("; partition {} could not be searched: {why}", searched.partition));
    }
    text
}

/// `partition 3`, `partitions 0 to 3`, `partitions 0, 2`
fn numbers(searched: &[&Searched]) -> String {
    let numbers: Vec<i32> = searched.iter().map(|searched| searched.partition).collect();
    match numbers.as_slice() {
        [] => "any partition".to_owned(),
        [only] => format!("partition {only}"),
        [first, .., last] if (last - first) as usize == numbers.len() - 1 => format!("partitions {first} to {last}"),
        several => {
            let several: Vec<String> = several.iter().map(i32::to_string).collect();
            format!("partitions {}", several.join(", "))
        }
    }
}

fn score(score: &Score, out: &mut impl Write) -> io::Result<()> {
    let Score { points, probability, band, base, other, reasons, groups, model, .. } = score;
    let (percent, points) = (100.0 * probability.0, points.0);
    writeln!(out, "\nscore {} (band {band}): probability {percent:.2} %, {points:.2} points", score.score)?;
    let (value_width, name_width) =
        (width(reasons.iter().map(|r| number(r.value))), width(reasons.iter().map(|r| &r.feature)));
    for reason in reasons {
        let value = number(reason.value);
        let (points, feature, text) = (reason.points.0, &reason.feature, &reason.text);
        writeln!(out, "  {points:+8.2}  {feature:name_width$}  {value:>value_width$}  {text}")?;
    }
    writeln!(out, "  {:+8.2}  all other features", other.0)?;
    writeln!(out, "  {:+8.2}  base of model {} ({})", base.0, model.version, model.kind)?;
    let groups: Vec<String> = groups.iter().map(|group| format!("{} {:+.2}", group.group, group.points.0)).collect();
    writeln!(out, "  by group: {}", if groups.is_empty() { "nothing".to_owned() } else { groups.join(", ") })
}

fn said(part: &Part, out: &mut impl Write) -> io::Result<()> {
    match &part.said {
        Some(said) => writeln!(out, "\nlast said: {} as of {}", said.score, said.as_of)?,
        None => writeln!(out, "\nlast said: nothing")?,
    }
    if let Some(later) = part.said_later {
        writeln!(
            out,
            "  after that {later} was said, which compaction has taken from the topic: what follows is older"
        )?;
    }
    for rule in &part.rules {
        match &rule.until {
            Some(until) => writeln!(out, "  {}: said, and quiet until {until}", rule.rule)?,
            None if rule.state == "disarmed" => writeln!(out, "  {}: said, and not armed again yet", rule.rule)?,
            None => writeln!(out, "  {}: armed", rule.rule)?,
        }
    }
    Ok(())
}

fn replayed(partition: i32, replay: &ReplayShown, out: &mut impl Write) -> io::Result<()> {
    let ReplayShown { topic, offset, said, computed, .. } = replay;
    writeln!(out, "\n{topic}:{partition}:{offset}, once more")?;
    if !replay.is_a_record {
        return writeln!(out, "  no record lies there that was ever committed");
    }
    for change in computed {
        writeln!(out, "  computed now  {}", line(change))?;
    }
    if computed.is_empty() {
        writeln!(out, "  it brings this lead no new event")?;
    }
    for change in said {
        writeln!(out, "  said then     {}", line(change))?;
    }
    match replay.equal {
        None => writeln!(out, "  the topic holds no score change of it: none was said, or compaction has taken it"),
        Some(true) => writeln!(out, "  they are equal"),
        Some(false) => {
            for difference in &replay.differences {
                writeln!(out, "  NOT EQUAL: {} differs in {}", difference.id, difference.fields.join(", "))?;
            }
            let models = |changes: &[ChangeShown]| changes.first().map(|c| c.change.value["model"]["version"].clone());
            match models(said) == models(computed) {
                true => writeln!(
                    out,
                    "  by the same model: was the configuration changed, or has another input topic to be named?"
                ),
                false => writeln!(out, "  another model said it"),
            }
        }
    }
}

fn facts(facts: &FactsShown, out: &mut impl Write) -> io::Result<()> {
    let known = if facts.known { "known" } else { "anonymous" };
    let at = |touchpoint: &Option<TouchpointShown>| touchpoint.as_ref().map(|t| t.at.clone()).unwrap_or_default();
    let (first, last) = (at(&facts.first), at(&facts.last));
    writeln!(out, "\n{known}, {} touchpoints from {first} to {last}", facts.touchpoints)?;
    let outcomes = &facts.outcomes;
    for (what, at) in [
        ("positive outcome", &outcomes.positive_at),
        ("negative outcome", &outcomes.negative_at),
        ("contact by sales", &outcomes.contact_at),
    ] {
        if let Some(at) = at {
            writeln!(out, "  first {what} {at}")?;
        }
    }
    for known in &facts.traits {
        writeln!(out, "  {} = {}, said {}", known.name, known.value, known.at)?;
    }
    for (which, share) in [("best", facts.form_best), ("last", facts.form_last)] {
        if let Some(share) = share {
            writeln!(out, "  {which} form filled to {:.0} %", 100.0 * share.0)?;
        }
    }
    let shown = facts.timeline.len();
    match facts.touchpoints - shown {
        0 => writeln!(out, "\ntimeline, newest first")?,
        older => writeln!(out, "\ntimeline, newest first ({older} older ones live on in sums)")?,
    }
    facts.timeline.iter().try_for_each(|touchpoint| touchpoint_line(touchpoint, out))
}

fn touchpoint_line(touchpoint: &TouchpointShown, out: &mut impl Write) -> io::Result<()> {
    let TouchpointShown { at, kind, channel, themes, form, outcome } = touchpoint;
    let form = form.map(|step| format!("form {step}"));
    let outcome = outcome.map(|mark| if mark == "contact" { mark.to_owned() } else { format!("{mark} outcome") });
    let rest: Vec<String> = themes.iter().cloned().chain(form).chain(outcome).collect();
    let line = format!("  {at}  {kind:8}  {channel:16}  {}", rest.join(", "));
    writeln!(out, "{}", line.trim_end())
}

fn features(part: &Part, all: bool, out: &mut impl Write) -> io::Result<()> {
    let shown: Vec<_> = part.features.iter().filter(|feature| all || !feature.is_default).collect();
    match all {
        true => writeln!(out, "\nfeatures")?,
        false => {
            let (some, count) = (shown.len(), part.features.len());
            writeln!(
                out,
                "\nfeatures that are not at their default ({some} of {count}; --all-features shows the others)"
            )?;
        }
    }
    let (a, b) = (width(shown.iter().map(|f| &f.feature)), width(shown.iter().map(|f| number(f.value))));
    for feature in shown {
        writeln!(out, "  {:a$}  {:>b$}  {}", feature.feature, number(feature.value), feature.text)?;
    }
    Ok(())
}

fn changes(changes: &[ChangeShown], count: usize, out: &mut impl Write) -> io::Result<()> {
    match changes.len() {
        0 => writeln!(out, "\nscore changes: the topic holds none")?,
        held if held <= count => writeln!(out, "\nscore changes that the topic holds, newest first")?,
        held => writeln!(out, "\nscore changes that the topic holds, newest first ({count} of {held})")?,
    }
    changes.iter().take(count).try_for_each(|change| writeln!(out, "  {}", line(change)))
}

/// `71 (before 63, band B) as of 2026-… after events:2:48113, page "Pricing" m-991`
fn line(change: &ChangeShown) -> String {
    let value = &change.change.value;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let before = match &value["previous"] {
        Value::Null => "first".to_owned(),
        previous => format!("before {previous}"),
    };
    let (input, event) = (&value["input"], &value["event"]);
    let cause = match event {
        Value::Null => text(&value["cause"]),
        event => {
            let name = event["name"].as_str().map(|name| format!(" {name:?}")).unwrap_or_default();
            format!("{}{name} {}", text(&event["type"]), text(&event["id"]))
        }
    };
    format!(
        "{} ({before}, band {}) as of {} after {}:{}:{}, {cause}",
        value["score"],
        text(&value["band"]),
        text(&value["as_of"]),
        text(&input["topic"]),
        input["partition"],
        input["offset"],
    )
}

fn sources(part: &Part, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\nfrom")?;
    match part.snapshot {
        Some(number) => writeln!(out, "  snapshot {number} of partition {}", part.partition)?,
        None => writeln!(out, "  no snapshot: the input was read from where its fold began")?,
    }
    for passed_over in &part.passed_over {
        writeln!(out, "  {passed_over}")?;
    }
    for input in &part.inputs {
        let (topic, from, to) = (&input.topic, input.read_from, input.taken_in_to);
        let stays = if input.named == Some(false) { ": not named, so it stays there" } else { "" };
        writeln!(out, "  {topic}:{}, offsets {from} to {to}{stays}", part.partition)?;
    }
    writeln!(out, "  input records read: {}", part.records_read)
}

/// In the shortest form that reads back as the same number.
fn number(Number(value): Number) -> String {
    // Rust writes whole numbers without a fraction, and never with an exponent.
    format!("{value}")
}

fn width<T: AsRef<str>>(cells: impl Iterator<Item = T>) -> usize {
    cells.map(|cell| cell.as_ref().chars().count()).max().unwrap_or(0)
}
