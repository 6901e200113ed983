//! A challenger takes over only where it is better beyond noise.

use needle::training::contestants::Context;
use needle::training::matrix::Matrix;
use needle::training::part::Part;
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
