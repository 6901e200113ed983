//! Curves, thresholds, bands and the histogram of scores, all of the holdout.

use super::{Occasion, scale};
use crate::decision::Bands;
use crate::model::scale::{Scale, log_odds};
use crate::training::matrix::Matrix;
use crate::training::part::Part;
use crate::training::report::data::{
    Band, CalibrationBin, Confusion, Curves, Estimate, LearningCurve, Line, Metric, ScoreBin, ThresholdRow,
    ThresholdRule, Thresholds,
};
use crate::training::tournament::outcome::{Entry, Outcome};
use crate::training::tournament::threshold::Policy;

/// Width of a bar of the histogram, in points.
const BAR: f64 = 5.0;
/// Lines that are drawn at most.
const LINES: usize = 4;
const DAY_MS: f64 = 24.0 * 3600.0 * 1000.0;
/// 95 of 100 draws of a normal variable lie within so many standard deviations.
const Z: f64 = 1.959_963_984_540_054;

fn winner(outcome: &Outcome) -> Option<&Entry> {
    outcome.contestants.iter().find(|entry| Some(entry.name) == outcome.verdict.winner)
}

pub fn curves(outcome: &Outcome) -> Option<Curves> {
    let winner = winner(outcome)?;
    let judged = winner.holdout.as_ref()?;
    let served = outcome.served.iter().map(|served| (served.version.as_str(), &served.holdout.curves));
    let others = outcome.contestants.iter().filter(|entry| entry.name != winner.name);
    let others = others.filter_map(|entry| Some((entry.name, &entry.holdout.as_ref()?.curves)));
    // Of the others those that the winner is best understood beside: what is served, and the simplest.
    let shown: Vec<_> =
        std::iter::once((winner.name, &judged.curves)).chain(served).chain(others.skip(1)).take(LINES).collect();
    let lines = |of: &dyn Fn(&crate::training::tournament::curves::Curves) -> Vec<[f64; 2]>| -> Vec<Line> {
        shown.iter().map(|(name, curves)| Line { name: (*name).to_owned(), points: of(curves) }).collect()
    };
    let bins = judged.calibration.iter().map(|bin| CalibrationBin {
        foretold: bin.predicted,
        observed: share(bin.observed * bin.rows as f64, bin.rows as f64),
        rows: bin.weight,
    });
    Some(Curves {
        roc: lines(&|curves| curves.roc.clone()),
        precision_recall: lines(&|curves| {
            let mut points = curves.precision_recall.clone();
            points.sort_by(|a, b| a[0].total_cmp(&b[0]));
            points
        }),
        gain: lines(&|curves| curves.gain.clone()),
        base_rate: outcome.holdout.as_ref().map_or(f64::NAN, |holdout| holdout.base_rate),
        calibration: bins.collect(),
        histogram: Vec::new(),
        learning: learning(outcome),
    })
}

fn learning(outcome: &Outcome) -> Option<LearningCurve> {
    let entry = outcome.contestants.iter().find(|entry| entry.learning_curve.is_some())?;
    let curve = entry.learning_curve.as_ref()?;
    let points = |losses: &[f64]| (1..).zip(losses).map(|(round, loss)| [f64::from(round), *loss]).collect();
    Some(LearningCurve {
        name: entry.name.to_owned(),
        metric: Metric::LogLoss,
        unit: "trees".to_owned(),
        train: points(&curve.train),
        validation: points(&curve.validation),
        stopped_at: Some(curve.best as f64),
    })
}

/// What each threshold would do; the one that was chosen among them.
pub fn thresholds(outcome: &Outcome) -> Option<Thresholds> {
    let (threshold, scale) = (outcome.threshold.as_ref()?, scale(outcome)?);
    let holdout = outcome.holdout.as_ref()?;
    let days = ((holdout.to_ms - holdout.from_ms) as f64 / DAY_MS).max(1.0);
    let judged = winner(outcome)?.holdout.as_ref()?;
    let mut rows: Vec<ThresholdRow> = judged.thresholds.iter().map(|at| row(at, scale, days)).collect();
    rows.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    // Whoever is called at the chosen threshold is called at the lowest one that is not below it.
    let chosen =
        rows.iter().position(|row| row.probability >= threshold.probability).unwrap_or(rows.len().checked_sub(1)?);
    let rule = match threshold.policy {
        Policy::BestF1 => ThresholdRule::BestF1,
        Policy::Costs { missed, wasted } => ThresholdRule::Costs { missed, wasted },
        Policy::Capacity { calls_per_day } => ThresholdRule::Capacity { calls_per_day },
    };
    Some(Thresholds { rule, rows, chosen, days })
}

fn row(at: &crate::training::tournament::curves::Confusion, scale: Scale, days: f64) -> ThresholdRow {
    let confusion = Confusion {
        true_positives: at.true_positives,
        false_positives: at.false_positives,
        false_negatives: at.false_negatives,
        true_negatives: at.true_negatives,
    };
    ThresholdRow {
        // To a tenth of a point: more says nothing.
        score: (10.0 * scale.points(log_odds(at.probability)).clamp(0.0, 100.0)).round() / 10.0,
        probability: at.probability,
        confusion,
        calls_per_day: confusion.called() / days,
    }
}

/// The winner's scores on the holdout: by bar of the histogram, and by band.
pub fn scores(
    occasion: &Occasion,
    outcome: &Outcome,
    matrix: &Matrix,
    holdout: &Part,
    log_odds: &[f64],
) -> (Vec<ScoreBin>, Vec<Band>) {
    let Some(scale) = scale(outcome) else { return (Vec::new(), Vec::new()) };
    let bars = (100.0 / BAR) as usize;
    let bar = |at: usize| ScoreBin { from: at as f64 * BAR, to: (at + 1) as f64 * BAR, ..ScoreBin::default() };
    let mut histogram: Vec<ScoreBin> = (0..bars).map(bar).collect();
    let names = Bands::new(&occasion.bands);
    let mut bands: Vec<(Band, f64)> = ranges(&occasion.bands).into_iter().map(|band| (band, 0.0)).collect();
    for ((&row, &weight), &log_odds) in holdout.rows.iter().zip(&holdout.weights).zip(log_odds) {
        let scored = scale.scored(log_odds);
        let bin = &mut histogram[((scored.points.clamp(0.0, 100.0) / BAR) as usize).min(bars - 1)];
        let positive = matrix.rows[row].positive;
        *(if positive { &mut bin.positives } else { &mut bin.negatives }) += weight;
        if let Some((band, rows)) = bands.iter_mut().find(|(band, _)| band.name == names.name(scored.score)) {
            band.rows += weight;
            band.positives += if positive { weight } else { 0.0 };
            *rows += 1.0;
        }
    }
    for (band, rows) in &mut bands {
        band.conversion = share(*rows * band.positives / band.rows, *rows);
    }
    (histogram, bands.into_iter().map(|(band, _)| band).collect())
}

/// Highest first.
fn ranges(bands: &[(String, u8)]) -> Vec<Band> {
    let mut upper = 100.0;
    let mut ranges = Vec::new();
    for (name, low) in bands {
        ranges.push(Band { name: name.clone(), from: f64::from(*low), to: upper, ..Band::default() });
        upper = f64::from(*low);
    }
    ranges
}

/// A share of so many, with the interval of Wilson (1927).
fn share(hits: f64, of: f64) -> Estimate {
    if of <= 0.0 {
        return Estimate::exact(f64::NAN);
    }
    let p = hits / of;
    let (spread, middle) = (1.0 + Z * Z / of, p + Z * Z / (2.0 * of));
    let reach = Z * (p * (1.0 - p) / of + Z * Z / (4.0 * of * of)).max(0.0).sqrt();
    Estimate::between(p, ((middle - reach) / spread).max(0.0), ((middle + reach) / spread).min(1.0))
}
