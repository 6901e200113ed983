//! One contestant on every fold and before the holdout.

use super::metrics::metrics;
use super::outcome::{Entry, Status};
use super::plan::Plan;
use super::platt::{self, Observed};
use super::ranking::Ranking;
use super::split::Split;
use crate::model::scale::Calibration;
use crate::training::contestants::{Class, Contestant, Context, Served, Tuned, Unfit};
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// A contestant that ran.
pub struct Ran {
    /// With its settings settled.
    pub contestant: Box<dyn Contestant>,
    /// Out of fold, one for each row that the folds judge.
    pub margins: Vec<f64>,
    /// Of a model that knows the earlier side alone, one for each row of the holdout.
    pub holdout_margins: Vec<f64>,
    pub calibration: Calibration,
    /// As it was learned from the earlier side.
    pub served: Served,
}

/// Runs a contestant, and fills its entry as far as the folds go.
pub fn run(
    matrix: &Matrix,
    contestant: Box<dyn Contestant>,
    plan: &Plan,
    context: &Context<'_>,
) -> (Entry, Option<Ran>) {
    let mut entry = Entry::new(contestant.as_ref());
    let class = contestant.class();
    if !plan.stage.allows(class) {
        entry.status = Status::LeftOut("too little data for its kind".to_owned());
    } else if class > Class::Linear && (context.time_is_up)() {
        entry.status = Status::LeftOut("the time was used up".to_owned());
    } else {
        match attempt(matrix, contestant, plan, context, &mut entry) {
            Ok(ran) => return (entry, Some(ran)),
            Err(unfit) => entry.status = Status::Failed(unfit.to_string()),
        }
    }
    (entry, None)
}

fn attempt(
    matrix: &Matrix,
    contestant: Box<dyn Contestant>,
    plan: &Plan,
    context: &Context<'_>,
    entry: &mut Entry,
) -> Result<Ran, Unfit> {
    let contestant = settle(matrix, contestant, plan, context, entry)?;
    let mut margins = Vec::with_capacity(plan.judged.len());
    for fold in &plan.folds {
        let fitted = contestant.fit(matrix, &fold.earlier, context)?;
        margins.extend(fitted.margins(matrix, &fold.later.rows));
    }
    let calibration = calibrate(matrix, &plan.judged, &margins)?;
    entry.calibration = Some(calibration);
    let mut start = 0;
    for fold in &plan.folds {
        let end = start + fold.later.len();
        entry.folds.extend(figures(matrix, fold, &margins[start..end], calibration));
        start = end;
    }
    let fitted = contestant.fit(matrix, &plan.holdout.earlier, context)?;
    let holdout_margins = fitted.margins(matrix, &plan.holdout.later.rows);
    if let Served::Not(why) = fitted.served {
        entry.not_served = Some(why);
    }
    Ok(Ran { contestant, margins, holdout_margins, calibration, served: fitted.served })
}

/// Tunes on the last fold.
fn settle(
    matrix: &Matrix,
    contestant: Box<dyn Contestant>,
    plan: &Plan,
    context: &Context<'_>,
    entry: &mut Entry,
) -> Result<Box<dyn Contestant>, Unfit> {
    let Split { earlier, later, .. } = plan.last();
    let candidates = if plan.stage.searches() { context.candidates } else { 1 };
    let context = Context { candidates, ..*context };
    Ok(match contestant.tuned(matrix, earlier, later, &context)? {
        None => contestant,
        Some(Tuned { contestant, settings, tried, candidates, curve }) => {
            entry.settings = Some(settings);
            (entry.tried, entry.candidates, entry.learning_curve) = (tried, candidates, curve);
            contestant
        }
    })
}

/// Platt scaling on rows that were not learned from.
pub fn calibrate(matrix: &Matrix, part: &Part, margins: &[f64]) -> Result<Calibration, Unfit> {
    let labels = part.labels(matrix);
    platt::fit(Observed { margins, labels: &labels, weights: &part.weights }).ok_or(Unfit::OneOutcome)
}

fn figures(
    matrix: &Matrix,
    fold: &Split,
    margins: &[f64],
    calibration: Calibration,
) -> Option<super::metrics::Metrics> {
    // No threshold is known yet.
    metrics(&Ranking::of(matrix, &fold.later, &log_odds(margins, calibration)), &[], 0.0)
}

/// Calibrated margins.
pub fn log_odds(margins: &[f64], calibration: Calibration) -> Vec<f64> {
    margins.iter().map(|&margin| calibration.log_odds(margin)).collect()
}

impl Entry {
    /// One that has not run yet.
    pub fn new(contestant: &dyn Contestant) -> Self {
        Self {
            name: contestant.name(),
            sentence: contestant.sentence(),
            class: contestant.class(),
            status: Status::Ran,
            settings: None,
            tried: 0,
            candidates: 0,
            not_served: None,
            calibration: None,
            folds: Vec::new(),
            out_of_fold: None,
            holdout: None,
            learning_curve: None,
        }
    }
}
