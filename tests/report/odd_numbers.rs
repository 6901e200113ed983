//! Numbers that are none, and places that are nowhere, are passed over: no panic, and nothing of them on the page.

use needle::training::report::data::{Confusion, Estimate, Node, Split, ThresholdRow, Tree};
use needle::training::report::{Report, html, json};
use serde_json::Value;

use crate::report_support::full;

/// Every number with a decimal point in it, instead: `with`.
fn replaced(report: &Report, with: f64) -> Report {
    let mut report = report.clone();
    for band in &mut report.bands {
        (band.rows, band.positives, band.conversion) = (with, with, Estimate::between(with, with, with));
    }
    let thresholds = report.thresholds.as_mut().unwrap();
    for row in &mut thresholds.rows {
        let confusion =
            Confusion { true_positives: with, false_positives: with, false_negatives: with, true_negatives: with };
        *row = ThresholdRow { score: with, probability: with, confusion, calls_per_day: with };
    }
    let curves = report.curves.as_mut().unwrap();
    for line in curves.roc.iter_mut().chain(&mut curves.precision_recall).chain(&mut curves.gain) {
        line.points.iter_mut().for_each(|point| *point = [with, with]);
    }
    curves.base_rate = with;
    for bin in &mut curves.calibration {
        (bin.foretold, bin.observed, bin.rows) = (with, Estimate::between(with, with, with), with);
    }
    for bin in &mut curves.histogram {
        (bin.positives, bin.negatives) = (with, with);
    }
    let learning = curves.learning.as_mut().unwrap();
    learning.train.iter_mut().chain(&mut learning.validation).for_each(|point| *point = [with, with]);
    learning.stopped_at = Some(with);
    let learned = report.learned.as_mut().unwrap();
    learned.base_points = with;
    for factor in &mut learned.factors {
        factor.mean_abs_points = with;
        factor.effects.iter_mut().for_each(|effect| (effect.mean_points, effect.rows) = (with, with));
        factor.dots.iter_mut().for_each(|dot| (dot.rank, dot.points) = (Some(with), with));
    }
    for group in &mut learned.groups {
        group.mean_abs_points = with;
    }
    for node in &mut report.tree.as_mut().unwrap().nodes {
        (node.rows, node.probability) = (with, with);
    }
    for contestant in &mut report.contest.as_mut().unwrap().contestants {
        contestant.figures.iter_mut().for_each(|figure| figure.estimate = Estimate::between(with, with, with));
        contestant.fit_seconds = Some(with);
    }
    let comparison = report.verdict.comparison.as_mut().unwrap();
    comparison.difference = Estimate::between(with, with, with);
    report.drift.as_mut().unwrap().features.iter_mut().for_each(|feature| feature.psi = with);
    report.meta.horizon_days = with;
    report
}

#[test]
fn what_is_no_number_is_not_written() {
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300] {
        let report = replaced(&full(), odd);
        let page = html(&report);
        let own = page.replace("isNaN", "");
        for text in ["NaN", "inf\"", ">inf", " inf ", "-inf"] {
            assert!(!own.contains(text), "{odd}: {text} in …{}…", around(&own, text));
        }
        serde_json::from_str::<Value>(&json(&report)).unwrap();
    }
}

fn around<'a>(page: &'a str, text: &str) -> &'a str {
    let at = page.find(text).unwrap_or(0);
    page.get(at.saturating_sub(60)..(at + 60).min(page.len())).unwrap_or_default()
}

#[test]
fn a_tree_that_bites_its_tail_is_cut() {
    let ask = |yes, no| Node {
        split: Some(Split { feature: "f".into(), question: "q?".into(), yes, no }),
        rows: 1.0,
        probability: 0.5,
    };
    for nodes in [
        vec![ask(0, 0)],
        vec![ask(1, 2), ask(0, 2), ask(9, 1)],
        vec![ask(usize::MAX, 1)],
        (1..5000).map(|n| ask(n, n)).collect(),
    ] {
        let mut report = full();
        report.tree = Some(Tree { nodes });
        assert!(html(&report).contains("The decision tree"));
    }
}

#[test]
fn a_chosen_threshold_that_is_nowhere_takes_the_part_away() {
    let mut report = full();
    assert!(html(&report).contains("id=\"threshold"));
    report.thresholds.as_mut().unwrap().chosen = 101;
    assert!(!html(&report).contains("id=\"threshold"));
}
