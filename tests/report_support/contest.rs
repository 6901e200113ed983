//! An invented tournament.

use needle::training::report::data::{Contest, Contestant, Estimate, Figure, Fold, Metric, Role, Setting};

use super::span;

/// Name, what it is, figures of each: AUROC, AUPRC, precision, recall, F1, lift, gain, Brier, log loss, calibration error, share.
type Row = (&'static str, &'static str, [f64; 11], f64);

const ROWS: [Row; 7] = [
    (
        "Gradient boosting",
        "400 small trees, each correcting those before (LightGBM).",
        [0.842, 0.281, 0.131, 0.742, 0.223, 4.61, 0.655, 0.0331, 0.129, 0.0061, 0.212],
        48.2,
    ),
    (
        "Random forest",
        "Many deep trees, each on a part of the data, on average.",
        [0.836, 0.268, 0.127, 0.731, 0.216, 4.42, 0.642, 0.0335, 0.132, 0.0092, 0.216],
        61.9,
    ),
    (
        "Neural network",
        "Two layers of 32 units on standardised features.",
        [0.829, 0.259, 0.124, 0.722, 0.212, 4.29, 0.631, 0.0338, 0.134, 0.0104, 0.218],
        95.4,
    ),
    (
        "Logistic regression",
        "A weight for each feature, kept small by regularisation.",
        [0.818, 0.241, 0.118, 0.706, 0.202, 4.02, 0.611, 0.0343, 0.137, 0.0077, 0.224],
        6.1,
    ),
    (
        "Decision tree",
        "One tree of at most 16 leaves: easy to read.",
        [0.781, 0.192, 0.101, 0.668, 0.175, 3.31, 0.552, 0.0351, 0.143, 0.0083, 0.248],
        2.3,
    ),
    (
        "Recency only",
        "The later the last touchpoint, the better.",
        [0.693, 0.094, 0.068, 0.604, 0.122, 2.04, 0.398, 0.0367, 0.158, 0.0051, 0.332],
        0.0,
    ),
    (
        "Base rate",
        "The same probability for everyone.",
        [0.5, 0.037, 0.037, 1.0, 0.071, 1.0, 0.2, 0.0372, 0.161, 0.0012, 1.0],
        0.0,
    ),
];

const METRICS: [Metric; 11] = [
    Metric::Auroc,
    Metric::Auprc,
    Metric::Precision,
    Metric::Recall,
    Metric::F1,
    Metric::LiftTop10,
    Metric::GainTop20,
    Metric::Brier,
    Metric::LogLoss,
    Metric::CalibrationError,
    Metric::SharePredicted,
];

pub fn contest() -> Contest {
    let contestant = |(nth, (name, text, values, seconds)): (usize, &Row)| {
        let figure = |(metric, value): (&Metric, &f64)| {
            let half = value * 0.021;
            Figure { metric: *metric, estimate: Estimate::between(*value, value - half, value + half) }
        };
        let baseline = nth >= 5;
        Contestant {
            name: name.to_string(),
            text: text.to_string(),
            role: if baseline { Role::Baseline } else { Role::Contestant },
            chosen: nth == 0,
            eligible: !baseline,
            figures: METRICS.iter().zip(values).map(figure).collect(),
            on_folds: Some(Estimate::exact(values[0] - 0.006)),
            fit_seconds: (!baseline).then_some(*seconds),
            settings: if nth == 0 { settings() } else { vec![] },
            ..Contestant::default()
        }
    };
    let mut contestants: Vec<_> = ROWS.iter().enumerate().map(contestant).collect();
    let served = Contestant {
        name: "Serves today: logistic regression".into(),
        text: "Version 2027-01-14T06-00-00Z-91aa.".into(),
        role: Role::Served,
        chosen: false,
        eligible: false,
        on_folds: None,
        fit_seconds: None,
        settings: vec![],
        ..contestants[3].clone()
    };
    contestants.insert(4, served);
    contestants.push(Contestant {
        name: "Anomaly".into(),
        text: "How unlike the others a lead's engagement is; needs no outcomes.".into(),
        why_not: Some("Not tried: there are enough outcomes to learn from.".into()),
        ..Contestant::default()
    });
    let fold = |n: i64| Fold {
        train: span(0, 120 + n * 45, 90_000, 18_000, 700),
        test: span(150 + n * 45, 195 + n * 45, 30_000, 6_000, 220),
    };
    Contest {
        decided_by: Metric::Auroc,
        holdout: span(334, 394, 61_120, 6_000, 389),
        folds: (0..4).map(fold).collect(),
        gap_days: 30.0,
        confidence: 0.95,
        resamples: 2000,
        contestants,
    }
}

fn settings() -> Vec<Setting> {
    let settings = [("learning_rate", "0.05"), ("num_leaves", "31"), ("min_data_in_leaf", "100"), ("trees", "215")];
    settings.map(|(name, value)| Setting { name: name.into(), value: value.into() }).into()
}
