//! The page stays small, whatever it is given.

use needle::training::report::data::{Dot, FeatureDrift, Finding, LeftOut, Severity, Tree};
use needle::training::report::html;

use crate::report_support::full;

const MOST_BYTES: usize = 500_000;

/// As many of them, over and over.
fn times<T: Clone>(items: &mut Vec<T>, count: usize) {
    *items = items.iter().cloned().cycle().take(count).collect();
}

#[test]
fn a_usual_report_is_small() {
    let bytes = html(&full()).len();
    assert!(bytes < MOST_BYTES / 2, "{bytes}");
}

#[test]
fn a_report_of_too_much_is_cut() {
    let mut report = full();
    times(&mut report.moves.as_mut().unwrap().leads, 50_000);
    times(&mut report.thresholds.as_mut().unwrap().rows, 10_000);
    times(&mut report.verdict.reasons, 1_000);
    times(&mut report.contest.as_mut().unwrap().contestants, 500);
    times(&mut report.contest.as_mut().unwrap().folds, 500);
    let learned = report.learned.as_mut().unwrap();
    times(&mut learned.factors, 2_000);
    times(&mut learned.groups, 2_000);
    times(&mut learned.sentences, 2_000);
    for factor in &mut learned.factors {
        factor.dots = (0..1_000).map(|n| Dot { rank: Some(0.5), points: f64::from(n % 37) - 18.0 }).collect();
    }
    let curves = report.curves.as_mut().unwrap();
    times(&mut curves.calibration, 5_000);
    times(&mut curves.histogram, 5_000);
    times(&mut curves.roc, 50);
    // A line that goes up and down at every point.
    curves.precision_recall[0].points = (0..50_000).map(|n| [f64::from(n) / 5e4, f64::from(n % 2)]).collect();
    for line in &mut curves.gain {
        line.points = (0..200_000).map(|n| [f64::from(n) / 2e5, (f64::from(n) / 2e5).sqrt()]).collect();
    }
    times(&mut report.bands, 2_000);
    let Tree { nodes } = report.tree.as_mut().unwrap();
    times(nodes, 10_000);
    let finding =
        Finding { feature: "f".into(), severity: Severity::Leak, text: "t".into(), auroc: None, left_out: true };
    report.lint = vec![finding; 5_000];
    report.data.left_out = vec![LeftOut { reason: "r".into(), text: "t".into(), rows: 1 }; 5_000];
    report.data.excluded_features = vec!["f".repeat(5_000); 5_000];
    report.drift.as_mut().unwrap().features =
        vec![FeatureDrift { feature: "f".into(), text: "t".into(), psi: 0.1 }; 5_000];
    let bytes = html(&report).len();
    assert!(bytes < MOST_BYTES, "{bytes}");
}
