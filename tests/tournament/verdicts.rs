//! A challenger takes over only where it is better beyond noise.

use needle::model::scale;
use needle::training::contestants::{Class, Contestant, Context, Fitted, Scorer, Served, Unfit, log_loss};
use needle::training::matrix::Matrix;
use needle::training::part::Part;
use needle::training::tournament::metrics::Metrics;
use needle::training::tournament::outcome::Outcome;
use needle::training::tournament::plan::Plan;
use needle::training::tournament::{Incumbent, Settings, Tournament, everyone, hold};

use crate::tournament_support::{DAY_MS, Truth, log_odds, rules, world};

fn settings() -> Settings {
    Settings { horizon_ms: 10 * DAY_MS, ..Settings::default() }
}

fn held(matrix: &Matrix, served: Option<&[f64]>, seed: u64) -> Tournament {
    let incumbent = served.map(|log_odds| Incumbent { version: "v1", log_odds });
    hold(matrix, everyone(rules()), incumbent, &settings(), &Context { candidates: 2, ..Context::seeded(seed) })
}

fn all_margins(matrix: &Matrix, tournament: &Tournament) -> Vec<f64> {
    let winner = tournament.winner.as_ref().unwrap();
    let margins = winner.fitted.margins(matrix, &Part::all(matrix).rows);
    margins.into_iter().map(|margin| winner.calibration.log_odds(margin)).collect()
}

#[test]
fn noise_never_takes_over() {
    for seed in 0..4 {
        let matrix = world(2500, Truth::Noise, 100 + seed);
        // Whether against nothing, or against rules that know the base rate no better.
        let flat = vec![-4.6; matrix.rows.len()];
        for served in [None, Some(&flat[..])] {
            let outcome = held(&matrix, served, seed).outcome;
            assert!(!outcome.verdict.takes_over, "seed {seed}: {}", outcome.verdict.reason);
            assert!(outcome.verdict.winner.is_some());
        }
    }
}

#[test]
fn a_signal_takes_over_from_nothing_and_from_worse() {
    let matrix = world(2500, Truth::Signal, 1);
    assert!(held(&matrix, None, 1).outcome.verdict.takes_over);
    let flat = vec![-2.0; matrix.rows.len()];
    let tournament = held(&matrix, Some(&flat), 1);
    let verdict = &tournament.outcome.verdict;
    assert!(verdict.takes_over, "{}", verdict.reason);
    assert!(verdict.against_served.unwrap().auroc.low > 0.0);
    assert!(tournament.winner.is_some());
}

#[test]
fn a_served_model_that_is_as_good_stays() {
    let matrix = world(2500, Truth::Signal, 1);
    let first = held(&matrix, None, 1);
    let served = all_margins(&matrix, &first);
    let again = held(&matrix, Some(&served), 1);
    assert!(!again.outcome.verdict.takes_over, "{}", again.outcome.verdict.reason);
    assert!(again.winner.is_none());
    assert!(again.outcome.verdict.reason.starts_with("v1 stays"), "{}", again.outcome.verdict.reason);
}

#[test]
fn the_very_same_scores_stay() {
    let matrix = world(2500, Truth::Signal, 1);
    let first = held(&matrix, None, 1);
    let name = first.outcome.verdict.winner.unwrap();
    let own = &first.log_odds.iter().find(|(of, _)| *of == name).unwrap().1;
    let mut served = vec![0.0; matrix.rows.len()];
    first.holdout.rows.iter().zip(own).for_each(|(&row, &log_odds)| served[row] = log_odds);
    let verdict = held(&matrix, Some(&served), 1).outcome.verdict;
    let difference = verdict.against_served.unwrap();
    assert_eq!((difference.log_loss.value, difference.log_loss.high), (0.0, 0.0));
    assert!(!verdict.takes_over);
}

#[test]
fn nobody_takes_over_from_the_truth() {
    let matrix = world(2500, Truth::Signal, 1);
    let truth: Vec<f64> = (0..matrix.rows.len()).map(|row| log_odds(matrix.row(row))).collect();
    let outcome = held(&matrix, Some(&truth), 1).outcome;
    assert!(!outcome.verdict.takes_over, "{}", outcome.verdict.reason);
    let judged = |auroc: f64| format!("{auroc:.3}");
    let best = outcome.served.unwrap().holdout.figures.auroc;
    let winner = outcome.contestants.iter().find(|entry| Some(entry.name) == outcome.verdict.winner).unwrap();
    let ours = winner.holdout.as_ref().unwrap().figures.auroc.value;
    assert!(
        ours > 0.9 * best.value && ours < best.high,
        "{} of {} that could be had",
        judged(ours),
        judged(best.value)
    );
}

#[test]
fn the_anchor_is_kept_or_the_base_rate() {
    let matrix = world(1200, Truth::Signal, 1);
    let base = Part::all(&matrix).base_rate(&matrix).unwrap();
    assert_eq!(held(&matrix, None, 1).winner.unwrap().anchor_probability, base);
    let kept = Settings { anchor_probability: Some(0.03), ..settings() };
    let winner = hold(&matrix, everyone(rules()), None, &kept, &Context { candidates: 1, ..Context::seeded(1) }).winner;
    assert_eq!(winner.unwrap().anchor_probability, 0.03);
}

/// Knows the truth, and says something of it.
struct Oracle {
    name: &'static str,
    says: fn(f64) -> f64,
    served: Served,
}

impl Contestant for Oracle {
    fn name(&self) -> &'static str {
        self.name
    }

    fn sentence(&self) -> &'static str {
        "Knows."
    }

    fn class(&self) -> Class {
        Class::Linear
    }

    fn fit(&self, _: &Matrix, _: &Part, _: &Context<'_>) -> Result<Fitted, Unfit> {
        Ok(Fitted { scorer: Box::new(Says(self.says)), served: self.served.clone() })
    }
}

struct Says(fn(f64) -> f64);

impl Scorer for Says {
    fn margins(&self, rows: &[f64], width: usize, margins: &mut [f64]) {
        rows.chunks_exact(width).zip(margins).for_each(|(row, margin)| *margin = self.0(log_odds(row)));
    }
}

fn played(contestants: Vec<Box<dyn Contestant>>) -> Outcome {
    let matrix = world(2500, Truth::Signal, 1);
    hold(&matrix, contestants, None, &settings(), &Context { candidates: 1, ..Context::seeded(1) }).outcome
}

fn out_of_fold(outcome: &Outcome, name: &str) -> Metrics {
    let entry = outcome.contestants.iter().find(|entry| entry.name == name).unwrap();
    entry.out_of_fold.unwrap()
}

#[test]
fn what_cannot_be_served_does_not_win() {
    let mut contestants = everyone(rules());
    contestants.push(Box::new(Oracle { name: "oracle", says: |truth| truth, served: Served::Not("it is a secret") }));
    let outcome = played(contestants);
    let winner = outcome.verdict.winner.unwrap();
    let [ours, theirs] = [winner, "oracle"].map(|name| out_of_fold(&outcome, name).log_loss);
    assert!(winner != "oracle" && theirs < ours, "{winner} wins");
}

/// No line makes good probabilities of the cube, however well it ranks.
#[test]
fn truer_probabilities_win() {
    let cube = Oracle { name: "cube", says: |truth| (truth + 1.0).powi(3), served: Served::Linear(rules()) };
    let steps = Oracle { name: "steps", says: |truth| (2.0 * truth).round(), served: Served::Linear(rules()) };
    let outcome = played(vec![Box::new(cube), Box::new(steps)]);
    let [cube, steps] = ["cube", "steps"].map(|name| out_of_fold(&outcome, name));
    assert!(cube.auroc > steps.auroc && cube.log_loss > steps.log_loss, "{cube:?} {steps:?}");
    assert_eq!(outcome.verdict.winner, Some("steps"));
}

/// What the winner has to beat is what was known before the holdout: the share that converted until then.
#[test]
fn the_base_rate_is_that_of_what_was_learned_from() {
    let matrix = world(2500, Truth::Signal, 1);
    let outcome = held(&matrix, None, 1).outcome;
    let plan = Plan::new(&matrix, &settings(), 1).unwrap();
    let known = scale::log_odds(plan.holdout.earlier.base_rate(&matrix).unwrap());
    let later = &plan.holdout.later;
    let rows = later.labels(&matrix).into_iter().zip(&later.weights);
    let (total, loss) = rows
        .fold((0.0, 0.0), |(total, loss), (label, weight)| (total + weight, loss + weight * log_loss(known, label)));
    let winner = outcome.contestants.iter().find(|entry| Some(entry.name) == outcome.verdict.winner).unwrap();
    let less = winner.holdout.as_ref().unwrap().figures.log_loss.value - loss / total;
    let said = outcome.verdict.against_base_rate.unwrap().log_loss.value;
    assert!((said - less).abs() < 1e-12, "{said} less than the base rate, by hand {less}");
}
