//! What holds where nobody said otherwise.

use super::{JumpRule, JumpWhen, Theme, Trait, TraitKind};

pub const APPLICATION: &str = "needle";
pub const COMMIT_INTERVAL_MS: u64 = 20;
pub const LISTEN: &str = "0.0.0.0:9464";

pub const EVENTS: &[&str] = &["events"];
pub const SCORE_CHANGES: &str = "score-changes";
pub const SCORE_JUMPS: &str = "score-jumps";
pub const DEAD_LETTERS: &str = "dead-letters";

pub const SNAPSHOTS_URL: &str = "file:./data/snapshots";
pub const SNAPSHOT_INTERVAL_SECONDS: u64 = 300;
pub const HISTORY_DAYS: u32 = 400;
pub const MODELS_URL: &str = "file:./data/models";
pub const POLL_SECONDS: u64 = 10;

pub const HORIZON_DAYS: u32 = 30;
pub const CHANGE_THRESHOLD: f64 = 1.0;
pub const REASONS: usize = 5;
pub const BANDS: &[(&str, u8)] = &[("A", 80), ("B", 60), ("C", 40), ("D", 0)];
pub const SWEEP_SECONDS: u64 = 3_600;

pub const BUDGET_MINUTES: u64 = 10;
pub const MAX_ROWS: u64 = 2_000_000;
pub const COST_MISSED: f64 = 10.0;
pub const COST_WASTED: f64 = 1.0;

pub const RECORD_BYTES: usize = 1_048_576;
pub const BLOCKED_IDS: &[&str] = &["null", "undefined", "anonymous", "0", "none", "guest"];

pub const POSITIVE: &[&str] = &["Lead Accepted", "Opportunity Won"];
pub const NEGATIVE: &[&str] = &["Lead Rejected", "Opportunity Lost"];
pub const CONTACT: &[&str] = &["Sales Contacted"];

pub const WITHIN_HOURS: f64 = 24.0;
pub const COOLDOWN_HOURS: f64 = 24.0;
/// Points that a crossing rule has to fall below its threshold before it is armed again.
pub const REARM_GAP: f64 = 10.0;

/// The threshold below which a crossing rule is armed again, where only `above` was said.
pub fn rearm(above: f64) -> f64 {
    // A gap that reached zero would never arm again, because no score is below zero.
    if above > REARM_GAP { above - REARM_GAP } else { above }
}

/// A taxonomy that fits most sites that sell to companies.
pub fn themes() -> Vec<Theme> {
    let theme = |name: &str, url: &[&str], title: &[&str], event: &[&str], high_intent| Theme {
        name: name.to_owned(),
        url: owned(url),
        title: owned(title),
        event: owned(event),
        high_intent,
    };
    vec![
        theme("pricing", &["(?i)/(pricing|prices|plans)"], &["(?i)pric(e|ing)"], &["(?i)pricing"], true),
        theme(
            "demo",
            &["(?i)/((book|request|get)-)?(a-)?demo([/?.-]|$)", "(?i)/(contact-sales|free-trial)"],
            &["(?i)(book|request|get) a demo", "(?i)contact sales", "(?i)free trial"],
            &["(?i)demo (booked|requested|scheduled)", "(?i)trial started"],
            true,
        ),
        theme(
            "product",
            &["(?i)/(products?|features|solutions|integrations|docs|documentation|case-studies)([/?.-]|$)"],
            &["(?i)(documentation|case study)"],
            &["(?i)(product|feature|docs?) viewed"],
            false,
        ),
        theme(
            "careers",
            &["(?i)/(careers|jobs)([/?.-]|$)"],
            &["(?i)(careers|job openings)"],
            &["(?i)job viewed"],
            false,
        ),
    ]
}

/// Traits under the names that Segment's spec reserves, and the most common others.
pub fn traits() -> Vec<Trait> {
    let of = |name: &str, path: &[&str], kind| Trait { name: name.to_owned(), path: owned(path), kind };
    vec![
        of("employees", &["/company/employee_count", "/employees"], TraitKind::Number),
        of("industry", &["/company/industry", "/industry"], TraitKind::Category),
        of("title", &["/title", "/job_title", "/jobTitle"], TraitKind::Title),
        of("newsletter", &["/newsletter", "/subscribed"], TraitKind::Flag),
    ]
}

pub fn jumps() -> Vec<JumpRule> {
    vec![
        JumpRule { name: "hot".to_owned(), when: JumpWhen::Crossing { above: 80.0, rearm: 70.0 } },
        JumpRule {
            name: "surge".to_owned(),
            when: JumpWhen::Surge { rise: 30.0, within_hours: WITHIN_HOURS, cooldown_hours: COOLDOWN_HOURS },
        },
    ]
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}
