//! A simulation that was watched to its end, and what became of its leads.

use std::collections::HashMap;

use needle::simulate::law::Law;
use needle::simulate::outlook::Outlook;
use needle::simulate::truth::Truth;
use needle::simulate::{DAY_MS, Happening, Journeys, Plan, START_MS, Seen};

pub const HORIZON_DAYS: u32 = 30;

pub fn plan(seed: u64, leads: u32, days: u32) -> Plan {
    Plan { seed, leads, start_ms: START_MS, days }
}

/// A truth, and whether a positive outcome came within the horizon. Rows younger than the horizon are left out.
pub struct Row {
    pub truth: Truth,
    pub label: bool,
    /// Known and anonymous leads of one person are one.
    pub person: String,
}

/// All rows of a simulation by `law`, with the truth as `outlook` sees it.
pub fn rows(plan: &Plan, law: Law, outlook: Outlook) -> Vec<Row> {
    let (mut truths, mut known, mut bought) = (Vec::new(), HashMap::new(), HashMap::new());
    let mut journeys = Journeys::by(plan, law, Some(outlook));
    while let Some(seen) = journeys.watch() {
        match seen {
            Seen::Event(happening, truth) => {
                if says(&happening, r#""type":"identify""#) {
                    known.insert(anonymous(&happening), happening.key.clone());
                }
                if is_positive(&happening) {
                    bought.insert(happening.key.clone(), happening.at_ms);
                }
                truths.extend(truth);
            }
            Seen::Silence(truth) => truths.push(truth),
        }
    }
    let horizon_ms = i64::from(HORIZON_DAYS) * DAY_MS;
    truths.retain(|truth: &Truth| truth.at_ms + horizon_ms < plan.end_ms());
    let row = |truth: Truth| {
        let person = known.get(&truth.lead).unwrap_or(&truth.lead).clone();
        let within = truth.at_ms + 1..=truth.at_ms + horizon_ms;
        let label = bought.get(&person).is_some_and(|at_ms| within.contains(at_ms));
        Row { truth, label, person }
    };
    truths.into_iter().map(row).collect()
}

pub fn is_positive(happening: &Happening) -> bool {
    says(happening, r#""event":"Opportunity Won""#) || says(happening, r#""event":"Lead Accepted""#)
}

/// Whether an event's text holds `words`.
pub fn says(happening: &Happening, words: &str) -> bool {
    happening.event.windows(words.len()).any(|part| part == words.as_bytes())
}

fn anonymous(happening: &Happening) -> String {
    let text = String::from_utf8_lossy(&happening.event);
    let (_, rest) = text.split_once(r#""anonymousId":""#).expect("an anonymousId");
    rest.split('"').next().expect("an id").to_owned()
}
