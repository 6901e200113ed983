//! Each condition of taking over keeps a challenger out by itself, where every other one is met; and noise alone is no reason either way.

use needle::training::tournament::bootstrap::{Figure, Resampled};
use needle::training::tournament::metrics::Metrics;
use needle::training::tournament::outcome::Verdict;
use needle::training::tournament::verdict::{Rivals, verdict};

/// Log loss and AUROC, each with how far its draws lie apart.
fn figures(log_loss: (f64, f64), auroc: (f64, f64)) -> Resampled {
    let at = |share: f64| Metrics {
        log_loss: log_loss.0 + share * log_loss.1,
        auroc: auroc.0 + share * auroc.1,
        ..Metrics::default()
    };
    let draws = (-100..=100).map(|step| Some(at(f64::from(step) / 100.0))).collect();
    Resampled { all: at(0.0), draws }
}

/// What the challenger is set beside; all of it is beaten, unless a case says otherwise.
struct Case {
    base_rate: Resampled,
    in_folds: Figure,
    served: Option<Resampled>,
}

fn beaten() -> Case {
    Case {
        base_rate: figures((0.40, 0.0), (0.5, 0.0)),
        in_folds: Figure { value: -0.1, low: -0.12, high: -0.08 },
        served: Some(figures((0.36, 0.0), (0.70, 0.0))),
    }
}

/// Of a challenger whose log loss is .30 ± .02 and whose AUROC is .75 ± .02.
fn judge(case: &Case) -> Verdict {
    let judged = figures((0.30, 0.02), (0.75, 0.02));
    verdict(&Rivals {
        winner: "challenger",
        judged: &judged,
        base_rate: &case.base_rate,
        in_folds: case.in_folds,
        served: case.served.as_ref().map(|served| ("v1", served)),
    })
}

#[test]
fn where_all_are_met_it_takes_over() {
    assert!(judge(&beaten()).takes_over);
    assert!(judge(&Case { served: None, ..beaten() }).takes_over);
}

#[test]
fn the_base_rate_within_noise() {
    for served in [None, beaten().served] {
        // Better by .01 where draws lie .02 apart.
        let verdict = judge(&Case { base_rate: figures((0.31, 0.0), (0.5, 0.0)), served, ..beaten() });
        assert!(!verdict.takes_over && verdict.reason.contains("base rate"), "{}", verdict.reason);
    }
}

#[test]
fn out_of_fold_within_noise() {
    for served in [None, beaten().served] {
        let in_folds = Figure { value: -0.01, low: -0.03, high: 0.01 };
        let verdict = judge(&Case { in_folds, served, ..beaten() });
        assert!(!verdict.takes_over && verdict.reason.contains("out of fold"), "{}", verdict.reason);
    }
}

#[test]
fn the_served_model_within_noise() {
    let verdict = judge(&Case { served: Some(figures((0.31, 0.0), (0.70, 0.0))), ..beaten() });
    assert!(!verdict.takes_over && verdict.reason.starts_with("v1 stays"), "{}", verdict.reason);
    // The same noise in both cancels: better by .01 in each draw.
    assert!(judge(&Case { served: Some(figures((0.31, 0.02), (0.70, 0.0))), ..beaten() }).takes_over);
}

#[test]
fn truer_probabilities_in_a_worse_order() {
    let verdict = judge(&Case { served: Some(figures((0.36, 0.0), (0.80, 0.0))), ..beaten() });
    assert!(!verdict.takes_over && verdict.reason.contains("ranks worse"), "{}", verdict.reason);
    // Worse by .01 where draws lie .02 apart: that is noise.
    assert!(judge(&Case { served: Some(figures((0.36, 0.0), (0.76, 0.0))), ..beaten() }).takes_over);
}
