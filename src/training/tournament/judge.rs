//! From margins to figures, to the winner, to the verdict.

use super::bootstrap::{Draws, Figure, Resampled};
use super::curves::{calibration, confusions, curves, thresholds};
use super::metrics::metrics;
use super::outcome::{Entry, Judged, ServedEntry, Verdict};
use super::plan::Plan;
use super::ranking::{Ranking, lead_numbers};
use super::runner::{Ran, log_odds};
use super::threshold::{Policy, Seen, Threshold};
use super::verdict::{Rivals, verdict};
use super::{Incumbent, Settings};
use crate::model::scale;
use crate::training::contestants::Class;
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// Everything on the way from the contestants to the verdict.
pub struct Judge<'a> {
    pub matrix: &'a Matrix,
    pub plan: &'a Plan,
    pub draws: Draws,
    seed: u64,
}

/// The folds' leads are drawn apart from the holdout's.
const FOLDS: u64 = 0x6a09_e667_f3bc_c908;

/// A scorer on the holdout.
pub struct OnHoldout {
    pub log_odds: Vec<f64>,
    ranking: Ranking,
    resampled: Option<Resampled>,
}

impl<'a> Judge<'a> {
    pub fn new(matrix: &'a Matrix, plan: &'a Plan, settings: &Settings, seed: u64) -> Self {
        let leads = lead_numbers(matrix, &plan.holdout.later).into_iter().max();
        let leads = leads.map_or(0, |last| last as usize + 1);
        Self { matrix, plan, draws: Draws::new(leads, settings.draws, seed), seed }
    }

    /// The one of least log loss out of fold among those that can be served; the simpler one where two are equal.
    pub fn winner(&self, entries: &[Entry], ran: &[Option<Ran>]) -> Option<usize> {
        let able = entries.iter().zip(ran).enumerate().filter(|(_, (entry, ran))| {
            ran.is_some() && entry.not_served.is_none() && entry.class != Class::Unsupervised
        });
        let losses = able.filter_map(|(place, (entry, _))| Some((place, entry.class, entry.out_of_fold?.log_loss)));
        let least = losses.min_by(|a, b| a.2.total_cmp(&b.2).then(a.1.cmp(&b.1)));
        least.map(|(place, ..)| place)
    }

    /// By what the winner said out of fold.
    pub fn threshold(&self, ran: &Ran, policy: Policy) -> Threshold {
        let log_odds = log_odds(&ran.margins, ran.calibration);
        let ranking = self.out_of_fold_ranking(&log_odds);
        let probabilities: Vec<f64> = log_odds.iter().map(|log_odds| scale::probability(*log_odds)).collect();
        let confusions = confusions(&ranking);
        let seen = Seen {
            matrix: self.matrix,
            part: &self.plan.judged,
            probabilities: &probabilities,
            confusions: &confusions,
        };
        policy.threshold(&seen)
    }

    /// Fills in what is known out of fold.
    pub fn out_of_fold(&self, entry: &mut Entry, ran: &Ran, threshold: f64) {
        let ranking = self.out_of_fold_ranking(&log_odds(&ran.margins, ran.calibration));
        entry.out_of_fold = metrics(&ranking, &[], threshold);
    }

    fn out_of_fold_ranking(&self, log_odds: &[f64]) -> Ranking {
        Ranking::of(self.matrix, &self.plan.judged, log_odds)
    }

    pub fn on_holdout(&self, log_odds: Vec<f64>, threshold: f64) -> OnHoldout {
        let ranking = Ranking::of(self.matrix, &self.plan.holdout.later, &log_odds);
        let resampled = self.draws.figures(&ranking, threshold);
        OnHoldout { log_odds, ranking, resampled }
    }

    /// The base rate of what was learned from.
    pub fn base_rate(&self, threshold: f64) -> OnHoldout {
        let Plan { holdout, .. } = self.plan;
        let rate = holdout.earlier.base_rate(self.matrix).unwrap_or(0.5).clamp(1e-9, 1.0 - 1e-9);
        self.on_holdout(vec![scale::log_odds(rate); holdout.later.len()], threshold)
    }

    /// The served model on the same rows.
    pub fn served(&self, incumbent: Incumbent<'_>, threshold: f64) -> OnHoldout {
        let Part { rows, .. } = &self.plan.holdout.later;
        self.on_holdout(rows.iter().map(|&row| incumbent.log_odds[row]).collect(), threshold)
    }

    /// Log loss less that of the base rate, out of fold.
    fn in_folds(&self, ran: &Ran) -> Option<Figure> {
        let Self { matrix, plan, seed, draws } = self;
        let part = &plan.judged;
        let leads = lead_numbers(matrix, part).into_iter().max()? as usize + 1;
        let draws = Draws::new(leads, draws.count(), seed ^ FOLDS);
        let rate = part.base_rate(matrix)?.clamp(1e-9, 1.0 - 1e-9);
        let flat = vec![scale::log_odds(rate); part.len()];
        let figures = |log_odds: &[f64]| draws.figures(&self.out_of_fold_ranking(log_odds), 0.5);
        Some(figures(&log_odds(&ran.margins, ran.calibration))?.less(&figures(&flat)?).log_loss)
    }

    /// `None` where the holdout lacks an outcome, which the plan rules out.
    pub fn verdict(
        &self,
        winner: (&'static str, &Ran, &OnHoldout),
        served: Option<(&str, &OnHoldout)>,
        threshold: f64,
    ) -> Option<Verdict> {
        let base_rate = self.base_rate(threshold);
        let served = match served {
            Some((version, served)) => Some((version, served.resampled.as_ref()?)),
            None => None,
        };
        let (name, ran, judged) = (winner.0, winner.1, winner.2.resampled.as_ref()?);
        let (base_rate, in_folds) = (base_rate.resampled.as_ref()?, self.in_folds(ran)?);
        Some(verdict(&Rivals { winner: name, judged, base_rate, in_folds, served }))
    }
}

impl OnHoldout {
    pub fn judged(&self) -> Option<Judged> {
        let all = confusions(&self.ranking);
        Some(Judged {
            figures: self.resampled.as_ref()?.figures(),
            curves: curves(&all),
            calibration: calibration(&self.ranking),
            thresholds: thresholds(&all),
        })
    }

    pub fn entry(&self, version: &str) -> Option<ServedEntry> {
        Some(ServedEntry { version: version.to_owned(), holdout: self.judged()? })
    }
}
