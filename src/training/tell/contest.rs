//! Who contended, in the report's form.

use super::estimate;
use crate::training::contestants::Class;
use crate::training::report::data::{Contest, Contestant, Estimate, Figure, Fold, Metric, Role, Setting, Span};
use crate::training::tournament::bootstrap;
use crate::training::tournament::metrics::Metrics;
use crate::training::tournament::outcome::{Entry, Outcome, Status, Summary};

const DAY_MS: f64 = 24.0 * 3600.0 * 1000.0;
/// Of every interval.
const CONFIDENCE: f64 = 0.95;

/// `None` where nothing could be divided, and so nobody ran.
pub fn contest(outcome: &Outcome, draws: usize) -> Option<Contest> {
    let holdout = outcome.holdout.as_ref()?;
    let folds = outcome.folds.iter();
    let contestants = outcome.contestants.iter().map(|entry| contestant(entry, outcome.verdict.winner));
    Some(Contest {
        decided_by: Metric::LogLoss,
        holdout: span(holdout),
        folds: folds.map(|fold| Fold { train: span(&fold.learned_from), test: span(&fold.judged_by) }).collect(),
        gap_days: outcome.horizon_ms as f64 / DAY_MS,
        confidence: CONFIDENCE,
        resamples: draws as u64,
        contestants: served(outcome).into_iter().chain(contestants).collect(),
    })
}

fn span(summary: &Summary) -> Span {
    Span {
        from_ms: summary.from_ms,
        to_ms: summary.to_ms,
        rows: summary.rows as u64,
        leads: summary.leads as u64,
        positive_leads: summary.positive_leads as u64,
    }
}

fn served(outcome: &Outcome) -> Option<Contestant> {
    let served = outcome.served.as_ref()?;
    Some(Contestant {
        name: served.version.clone(),
        text: "The model that serves today.".to_owned(),
        role: Role::Served,
        chosen: false,
        eligible: false,
        why_not: None,
        figures: figures(&served.holdout.figures),
        on_folds: None,
        fit_seconds: None,
        settings: Vec::new(),
    })
}

fn contestant(entry: &Entry, winner: Option<&str>) -> Contestant {
    let why_not = match &entry.status {
        Status::LeftOut(why) => Some(format!("Not tried: {why}.")),
        Status::Failed(why) => Some(format!("It failed: {why}.")),
        Status::Ran => entry.not_served.map(|why| format!("It could not be served: {why}.")),
    };
    let role = if entry.class == Class::Baseline { Role::Baseline } else { Role::Contestant };
    let settings = entry.settings.iter().map(|value| Setting { name: "settled".to_owned(), value: value.clone() });
    Contestant {
        name: entry.name.to_owned(),
        text: entry.sentence.to_owned(),
        role,
        chosen: winner == Some(entry.name),
        eligible: why_not.is_none() && role == Role::Contestant,
        why_not,
        figures: entry.holdout.as_ref().map(|judged| figures(&judged.figures)).unwrap_or_default(),
        on_folds: entry.out_of_fold.map(|metrics| Estimate::exact(metrics.log_loss)),
        fit_seconds: None,
        settings: settings.collect(),
    }
}

fn figures(metrics: &Metrics<bootstrap::Figure>) -> Vec<Figure> {
    [
        (Metric::Auroc, metrics.auroc),
        (Metric::Auprc, metrics.average_precision),
        (Metric::LogLoss, metrics.log_loss),
        (Metric::Brier, metrics.brier),
        (Metric::CalibrationError, metrics.calibration_error),
        (Metric::Precision, metrics.precision),
        (Metric::Recall, metrics.recall),
        (Metric::F1, metrics.f1),
        (Metric::SharePredicted, metrics.share_positive),
        (Metric::LiftTop10, metrics.lift),
    ]
    .map(|(metric, figure)| Figure { metric, estimate: estimate(figure) })
    .to_vec()
}
