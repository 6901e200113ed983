//! Real leads with known leaks: traits that a school's salespeople filled in while they knew. The lint names the worst of them when they are
//! left in, and nothing when they are left out.
//!
//! The leads are in `../shared/data/xeducation`; where that is absent the test is skipped.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use needle::training::lint::{Finding, too_good};

use crate::training_support::replayed::{Replayed, shared};
use crate::training_support::{DAY_MS, START_MS, wanted};

const NUMBERS: [&str; 5] = [
    "TotalVisits",
    "Total Time Spent on Website",
    "Page Views Per Visit",
    "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
];
const NOT_TRAITS: [&str; 3] = ["Prospect ID", "Lead Number", "Converted"];
const LEAKS: [&str; 8] = [
    "tags",
    "lead_quality",
    "lead_profile",
    "asymmetrique_activity_index",
    "asymmetrique_profile_index",
    "asymmetrique_activity_score",
    "asymmetrique_profile_score",
    "last_notable_activity",
];

/// Fields of a line; some are in quotes.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for c in line.trim_end().chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().expect("a field").push(c),
        }
    }
    fields
}

fn snake(name: &str) -> String {
    name.to_lowercase().replace(' ', "_")
}

struct School {
    toml: String,
    events: String,
    converted: usize,
}

/// Each lead identifies itself, in the order of the list; who converts does so five days later.
fn school(text: &str) -> School {
    let mut lines = text.lines();
    let header = fields(lines.next().expect("a header"));
    let traits: Vec<(usize, &String)> =
        header.iter().enumerate().filter(|(_, name)| !NOT_TRAITS.contains(&name.as_str())).collect();
    let mut toml = "scoring = { horizon_days = 30, change_threshold = 100 }\ntraits = [\n".to_owned();
    for (_, name) in &traits {
        let kind = if NUMBERS.contains(&name.as_str()) { "number" } else { "category" };
        let name = snake(name);
        writeln!(toml, "{{ name = \"{name}\", path = [\"/{name}\"], kind = \"{kind}\" }},").expect("room");
    }
    toml.push(']');
    let converted_at = header.iter().position(|name| name == "Converted").expect("a column");
    let (mut events, mut converted) = (Vec::new(), 0);
    for (number, line) in lines.enumerate() {
        let fields = fields(line);
        let at_ms = START_MS + number as i64 * 60_000;
        let said = traits.iter().filter(|(at, _)| !fields[*at].is_empty()).map(|(at, name)| {
            let value = match NUMBERS.contains(&name.as_str()) {
                true => serde_json::json!(fields[*at].parse::<f64>().expect("a number")),
                false => serde_json::json!(fields[*at]),
            };
            (snake(name), value)
        });
        let said: serde_json::Map<_, _> = said.collect();
        events.push((at_ms, serde_json::json!({"type": "identify", "userId": format!("u{number}"), "traits": said})));
        if fields[converted_at] == "1" {
            converted += 1;
            let won = serde_json::json!({"type": "track", "event": "Lead Accepted", "userId": format!("u{number}")});
            events.push((at_ms + 5 * DAY_MS, won));
        }
    }
    events.push((START_MS + 200 * DAY_MS, serde_json::json!({"type": "page", "userId": "last"})));
    events.sort_by_key(|(at_ms, _)| *at_ms);
    let mut lines = String::new();
    for (number, (at_ms, mut event)) in events.into_iter().enumerate() {
        event["timestamp"] = at_ms.into();
        event["receivedAt"] = at_ms.into();
        event["messageId"] = format!("m{number}").into();
        writeln!(lines, "{event}").expect("room");
    }
    School { toml, events: lines, converted }
}

fn named(findings: &[Finding]) -> BTreeSet<&str> {
    findings.iter().map(|finding| finding.feature.as_str()).collect()
}

#[test]
fn the_worst_of_them_and_no_others() {
    let Some(text) = shared("xeducation/leads.csv") else { return };
    let school = school(&text);
    let replayed = Replayed::new(&school.events, &school.toml, 86_400);
    let all = replayed.read(&wanted());
    let on_events = all.matrix.rows.iter().filter(|row| row.silent_ms == 0);
    let (positives, leads) =
        on_events.fold((0, 0), |(positives, leads), row| (positives + usize::from(row.positive), leads + 1));
    assert_eq!((positives, leads), (school.converted, 9240), "{:?}", all.account);
    let findings = too_good(&all.matrix);
    let named_leaks = named(&findings);
    assert!(named_leaks.contains("trait_tags") && named_leaks.contains("trait_lead_quality"), "{findings:#?}");
    let known: BTreeSet<String> = LEAKS.iter().map(|leak| format!("trait_{leak}")).collect();
    assert!(named_leaks.iter().all(|name| known.contains(*name)), "{findings:#?}");

    let mut config = replayed.config.clone();
    config.training.exclude = known.iter().flat_map(|name| [name.clone(), format!("{name}_missing")]).collect();
    let honest = &replayed.read_by(&config, &wanted())[0].matrix;
    assert_eq!(honest.width(), all.matrix.width() - 2 * LEAKS.len());
    let findings = too_good(honest);
    assert_eq!(named(&findings), BTreeSet::new(), "{findings:#?}");
}
