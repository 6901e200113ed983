//! From what a tournament found to what a report says. Pure: the same findings give the same report.
//!
//! ```text
//! Account ────► data ────────┐
//! Outcome ────► contest      ├─► Report
//! log-odds ───► curves       │
//! Explored ───► exploration  │
//! two times ──► drift        │
//! model, rows ► learned ─────┘
//! ```

use super::report::data::{Comparison, Decision, Estimate, Meta, Metric, Report, Verdict};
use super::tournament::bootstrap::Figure;
use super::tournament::enough::Stage;
use super::tournament::outcome::Outcome;
use crate::model::scale::Scale;

pub mod contest;
pub mod curves;
pub mod data;
pub mod drift;
pub mod exploration;
pub mod learned;
pub mod lint;
pub mod tree;

/// The run that is told of.
#[derive(Clone, Debug, Default)]
pub struct Occasion {
    pub tenant: String,
    pub made_at_ms: i64,
    pub horizon_days: f64,
    /// Names of the events that count as a positive outcome.
    pub outcomes: Vec<String>,
    /// Version of the model that was made, and of the one that served.
    pub version: Option<String>,
    pub served_version: Option<String>,
    pub seed: u64,
    pub excluded: Vec<String>,
    pub features: usize,
    pub max_rows: u64,
    /// Draws of the bootstrap behind each interval.
    pub draws: usize,
    /// Highest first: name, lowest score.
    pub bands: Vec<(String, u8)>,
}

/// Everything but what needs the model itself.
pub fn report(occasion: &Occasion, outcome: &Outcome) -> Report {
    let Occasion { tenant, made_at_ms, horizon_days, outcomes, version, served_version, seed, .. } = occasion;
    Report {
        meta: Meta {
            tenant: tenant.clone(),
            made_at_ms: *made_at_ms,
            horizon_days: *horizon_days,
            outcomes: outcomes.clone(),
            version: version.clone(),
            served_version: served_version.clone(),
            anchor_probability: Some(outcome.anchor_probability),
            seed: *seed,
            needle_version: env!("CARGO_PKG_VERSION").to_owned(),
            run_seconds: None,
        },
        verdict: verdict(outcome),
        contest: contest::contest(outcome, occasion.draws),
        curves: curves::curves(outcome),
        thresholds: curves::thresholds(outcome),
        ..Report::default()
    }
}

fn verdict(outcome: &Outcome) -> Verdict {
    let said = &outcome.verdict;
    let nothing = outcome.stage == Stage::Rules || outcome.holdout.is_none();
    let (decision, headline) = match (said.takes_over, nothing) {
        (true, _) => (Decision::TakesOver, "The new model takes over."),
        (false, true) => (Decision::NothingFitted, "There is too little to learn from yet; the served model goes on."),
        (false, false) => (Decision::Stays, "The served model stays."),
    };
    let mut reasons = said.sentences.clone();
    if !nothing {
        reasons.push(outcome.stage_reason.clone());
    }
    Verdict {
        decision,
        headline: headline.to_owned(),
        reasons,
        next_steps: next_steps(outcome, decision),
        comparison: comparison(outcome),
    }
}

fn next_steps(outcome: &Outcome, decision: Decision) -> Vec<String> {
    let steps: &[&str] = match decision {
        Decision::NothingFitted if outcome.all.positive_leads == 0 => &[
            "No lead has a positive outcome: check that outcomes.positive names the events that your CRM sends, and that they \
             arrive under the lead's own id.",
            "History helps at once: send past events through `needle replay` with snapshots.url set.",
        ],
        Decision::NothingFitted => &[
            "Let it run on: every outcome counts, and training is tried again by itself where training.every_hours is set.",
            "History helps at once: send past events through `needle replay` with snapshots.url set.",
            "Earlier stages convert more often: a milestone such as a booked meeting can be named in outcomes.positive too.",
        ],
        Decision::Stays => {
            &["Nothing has to be done. More outcomes, or themes and traits that tell leads apart, make a better model."]
        }
        Decision::TakesOver => &[
            "Look at who moves, below, before the next call list is made.",
            "`needle models rollback` brings the old model back in one command.",
        ],
    };
    steps.iter().map(|step| (*step).to_owned()).collect()
}

fn comparison(outcome: &Outcome) -> Option<Comparison> {
    let verdict = &outcome.verdict;
    let winner = outcome.contestants.iter().find(|entry| Some(entry.name) == verdict.winner)?;
    Some(Comparison {
        metric: Metric::LogLoss,
        new: estimate(winner.holdout.as_ref()?.figures.log_loss),
        served: estimate(outcome.served.as_ref()?.holdout.figures.log_loss),
        difference: estimate(verdict.against_served?.log_loss),
    })
}

/// A figure in the report's form.
fn estimate(Figure { value, low, high }: Figure) -> Estimate {
    Estimate::between(value, low, high)
}

/// The scale of the outcome's anchor.
fn scale(outcome: &Outcome) -> Option<Scale> {
    Scale::new(outcome.anchor_probability)
}
