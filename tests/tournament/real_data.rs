//! On real leads the contestants reach what plain LightGBM in Python reaches. Skipped where `../shared/data` is absent.

use needle::random::Random;
use needle::training::contestants::{Boosting, Contestant, Context};
use needle::training::part::Part;
use needle::training::tournament::metrics::metrics;
use needle::training::tournament::ranking::Ranking;
use needle::training::tournament::{Settings, everyone, hold};

use crate::tournament_support::{rules, xeducation};

/// Without the columns that leak: .904 over five folds.
#[test]
fn boosting_reaches_the_yardstick_of_five_folds() {
    let Some(matrix) = xeducation::matrix() else {
        return eprintln!("skipped: no ../shared/data/xeducation");
    };
    let mut places: Vec<usize> = (0..matrix.rows.len()).collect();
    Random::new(1).shuffle(&mut places);
    let mut fold_of = vec![0; places.len()];
    places.iter().enumerate().for_each(|(n, place)| fold_of[*place] = n % 5);
    let part = |keep: &dyn Fn(usize) -> bool| {
        let rows: Vec<usize> = (0..fold_of.len()).filter(|row| keep(fold_of[*row])).collect();
        Part { weights: vec![1.0; rows.len()], rows }
    };
    let auroc = |fold: usize| {
        let (train, later) = (part(&|of| of != fold), part(&|of| of == fold));
        let fitted = Boosting::default().fit(&matrix, &train, &Context::seeded(7)).unwrap();
        let ranking = Ranking::of(&matrix, &later, &fitted.margins(&matrix, &later.rows));
        metrics(&ranking, &[], 0.0).unwrap().auroc
    };
    let mean = (0..5).map(auroc).sum::<f64>() / 5.0;
    println!("AUROC over five folds: {mean:.4}");
    assert!(mean > 0.894 && mean < 0.935, "AUROC over five folds is {mean}; without a leak it is about .904");
}

/// The last quarter by number: .892.
#[test]
fn the_tournament_reaches_the_yardstick_of_the_last_quarter() {
    let Some(matrix) = xeducation::matrix() else {
        return eprintln!("skipped: no ../shared/data/xeducation");
    };
    let settings = Settings { horizon_ms: 0, holdout_share: 0.25, ..Settings::default() };
    let contestants = everyone(rules());
    let tournament = hold(&matrix, contestants, None, &settings, &Context::seeded(7));
    let outcome = &tournament.outcome;
    for entry in &outcome.contestants {
        let at = |judged: &needle::training::tournament::outcome::Judged| {
            let f = &judged.figures;
            format!(
                "AUROC {:.4} [{:.4}, {:.4}] AUPRC {:.4} log loss {:.4} ECE {:.4} lift {:.2}",
                f.auroc.value,
                f.auroc.low,
                f.auroc.high,
                f.average_precision.value,
                f.log_loss.value,
                f.calibration_error.value,
                f.lift.value
            )
        };
        println!(
            "{:20} {:?} {:?} {}",
            entry.name,
            entry.status,
            entry.settings,
            entry.holdout.as_ref().map(at).unwrap_or_default()
        );
    }
    println!("{:#?}", outcome.verdict.sentences);
    assert_eq!(outcome.verdict.winner, Some("gradient boosting"), "{:?}", outcome.verdict);
    let boosting = outcome.contestants.iter().find(|entry| entry.name == "gradient boosting").unwrap();
    let auroc = boosting.holdout.as_ref().unwrap().figures.auroc.value;
    assert!(auroc > 0.882, "AUROC on the last quarter is {auroc}");
}
