//! The course of a tournament, from the plan to the refit.

use super::enough::Stage;
use super::judge::{Judge, OnHoldout};
use super::outcome::{Entry, FoldSummary, LeftOut, Outcome, Status, Summary, Verdict};
use super::plan::Plan;
use super::runner::{Ran, calibrate, log_odds, run};
use super::{Incumbent, Settings, Tournament, Winner};
use crate::training::contestants::{Contestant, Context, Served, Unfit};
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// Until the winner is known there is no threshold to speak of; figures that need one are worked out again.
const NO_THRESHOLD: f64 = 0.5;

/// Holds the tournament. Rows are in order of time, as a [`Matrix`] has them; the same arguments give the same outcome.
pub fn hold(
    matrix: &Matrix,
    contestants: Vec<Box<dyn Contestant>>,
    incumbent: Option<Incumbent<'_>>,
    settings: &Settings,
    context: &Context<'_>,
) -> Tournament {
    let outcome = unplayed(matrix, settings, context.seed);
    match Plan::new(matrix, settings, context.seed) {
        Ok(plan) => Course { matrix, settings, context, plan: &plan }.play(contestants, incumbent, outcome),
        Err(too_little) => {
            let reason = format!("Nothing is fitted: {too_little}. {}", outcome.stage_reason);
            let verdict = Verdict { sentences: vec![reason.clone()], reason, ..Verdict::default() };
            let status = || Status::LeftOut("there is nothing to judge it by".to_owned());
            let left_out =
                contestants.iter().map(|one| Entry { status: status(), ..Entry::new(one.as_ref()) }).collect();
            let outcome = Outcome { verdict, contestants: left_out, ..outcome };
            Tournament { outcome, winner: None, one_tree: None, holdout: Part::default(), log_odds: Vec::new() }
        }
    }
}

/// What is known beforehand.
fn unplayed(matrix: &Matrix, settings: &Settings, seed: u64) -> Outcome {
    let all = Summary::of(matrix, &Part::all(matrix));
    let leads = all.positive_leads.min(all.negative_leads);
    let stage = Stage::of(leads);
    // The anchor is kept, or it is the base rate; neither 0 nor 1, which have no odds.
    let anchor_probability = settings.anchor_probability.unwrap_or(all.base_rate).clamp(1e-6, 1.0 - 1e-6);
    Outcome {
        seed,
        horizon_ms: settings.horizon_ms,
        all,
        stage,
        stage_reason: stage.reason(leads),
        learned_from: None,
        holdout: None,
        left_out: LeftOut::default(),
        folds: Vec::new(),
        anchor_probability,
        contestants: Vec::new(),
        served: None,
        threshold: None,
        verdict: Verdict::default(),
    }
}

struct Course<'a> {
    matrix: &'a Matrix,
    settings: &'a Settings,
    context: &'a Context<'a>,
    plan: &'a Plan,
}

impl Course<'_> {
    fn play(
        &self,
        contestants: Vec<Box<dyn Contestant>>,
        incumbent: Option<Incumbent<'_>>,
        mut outcome: Outcome,
    ) -> Tournament {
        self.divided(&mut outcome);
        let run = |contestant| run(self.matrix, contestant, self.plan, self.context);
        let (mut entries, ran): (Vec<Entry>, Vec<Option<Ran>>) = contestants.into_iter().map(run).unzip();
        let judge = Judge::new(self.matrix, self.plan, self.settings, self.context.seed);
        let fill = |entries: &mut [Entry], threshold| {
            let ran = entries.iter_mut().zip(&ran);
            ran.filter_map(|(entry, ran)| Some((entry, ran.as_ref()?)))
                .for_each(|(entry, ran)| judge.out_of_fold(entry, ran, threshold));
        };
        fill(&mut entries, NO_THRESHOLD);
        let place = judge.winner(&entries, &ran);
        let best = place.and_then(|place| ran[place].as_ref());
        let threshold = best.map(|ran| judge.threshold(ran, self.settings.policy));
        let at = threshold.as_ref().map_or(NO_THRESHOLD, |threshold| threshold.probability);
        fill(&mut entries, at);

        let scored = |ran: &Ran| judge.on_holdout(log_odds(&ran.holdout_margins, ran.calibration), at);
        let on_holdout: Vec<Option<OnHoldout>> = ran.iter().map(|ran| ran.as_ref().map(scored)).collect();
        for (entry, judged) in entries.iter_mut().zip(&on_holdout) {
            entry.holdout = judged.as_ref().and_then(OnHoldout::judged);
        }
        let served = incumbent.map(|incumbent| (incumbent.version, judge.served(incumbent, at)));
        outcome.served = served.as_ref().and_then(|(version, judged)| judged.entry(version));
        let rivals =
            place.and_then(|place| Some((entries[place].name, ran[place].as_ref()?, on_holdout[place].as_ref()?)));
        let served = served.as_ref().map(|(version, judged)| (*version, judged));
        let verdict = rivals.and_then(|rivals| judge.verdict(rivals, served, at));
        outcome.verdict = self.allowed(verdict.unwrap_or_else(nobody), &outcome);
        let winner = best.filter(|_| outcome.verdict.takes_over);
        let winner = winner.map(|ran| self.refit(ran, at, outcome.anchor_probability));
        let winner = match winner.transpose() {
            Ok(winner) => winner,
            Err(unfit) => {
                outcome.verdict.refused(format!("The winner could not be fitted on all rows: {unfit}."));
                None
            }
        };
        let log_odds =
            entries.iter().zip(on_holdout).filter_map(|(entry, judged)| Some((entry.name, judged?.log_odds)));
        let log_odds = log_odds.collect();
        (outcome.contestants, outcome.threshold) = (entries, threshold);
        Tournament { outcome, winner, one_tree: one_tree(&ran), holdout: self.plan.holdout.later.clone(), log_odds }
    }

    fn divided(&self, outcome: &mut Outcome) {
        let holdout = FoldSummary::of(self.matrix, &self.plan.holdout);
        outcome.learned_from = Some(holdout.learned_from);
        outcome.holdout = Some(holdout.judged_by);
        outcome.left_out = holdout.left_out;
        outcome.folds = self.plan.folds.iter().map(|fold| FoldSummary::of(self.matrix, fold)).collect();
    }

    /// Where nothing was fitted, nothing takes over.
    fn allowed(&self, mut verdict: Verdict, outcome: &Outcome) -> Verdict {
        if self.plan.stage == Stage::Rules {
            verdict.refused(outcome.stage_reason.clone());
        }
        verdict
    }

    /// The winner on all rows, calibrated by all that was said of rows not learned from.
    fn refit(&self, ran: &Ran, threshold: f64, anchor_probability: f64) -> Result<Winner, Unfit> {
        let fitted = ran.contestant.fit(self.matrix, &Part::all(self.matrix), self.context)?;
        let (judged, later) = (&self.plan.judged, &self.plan.holdout.later);
        let part = Part {
            rows: judged.rows.iter().chain(&later.rows).copied().collect(),
            weights: judged.weights.iter().chain(&later.weights).copied().collect(),
        };
        let margins: Vec<f64> = ran.margins.iter().chain(&ran.holdout_margins).copied().collect();
        let calibration = calibrate(self.matrix, &part, &margins)?;
        Ok(Winner { name: ran.contestant.name(), fitted, calibration, anchor_probability, threshold })
    }
}

/// Nobody ran that could be served.
fn nobody() -> Verdict {
    let reason = "No contestant that could be served has run.".to_owned();
    Verdict { sentences: vec![reason.clone()], reason, ..Verdict::default() }
}

fn one_tree(ran: &[Option<Ran>]) -> Option<String> {
    use crate::training::contestants::Class;
    let tree = ran.iter().flatten().find(|ran| ran.contestant.class() == Class::Tree)?;
    match &tree.served {
        Served::Trees { text, .. } => Some(text.clone()),
        _ => None,
    }
}

impl Verdict {
    fn refused(&mut self, reason: String) {
        self.takes_over = false;
        self.sentences.insert(0, reason.clone());
        self.reason = reason;
    }
}
