//! Reports of invented companies: one with everything in it, one of day 0.
#![allow(dead_code)]

use crowd::{Crowd, Dice};
use needle::training::report::Report;
use needle::training::report::data::*;

pub mod crowd;
pub mod hostile;
mod people;

/// 1 March 2026.
const START_MS: i64 = 1_772_323_200_000;
const DAY_MS: i64 = 86_400_000;

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

fn span(from_day: i64, to_day: i64, rows: u64, leads: u64, positive_leads: u64) -> Span {
    Span { from_ms: START_MS + from_day * DAY_MS, to_ms: START_MS + to_day * DAY_MS, rows, leads, positive_leads }
}

/// A tournament that was won, with every part there is.
pub fn full() -> Report {
    let (ours, served, simple) = (Crowd::new(6000, 0.0), Crowd::new(6000, 0.22), Crowd::new(6000, 0.6));
    Report {
        meta: meta(),
        verdict: takes_over(),
        data: account(),
        lint: lint(),
        contest: Some(contest()),
        learned: Some(learned()),
        curves: Some(ours.curves(&[("Serves today: logistic regression", &served), ("Recency only", &simple)])),
        thresholds: Some(ours.thresholds()),
        bands: ours.bands(),
        tree: Some(tree()),
        moves: Some(people::moves()),
        drift: Some(people::drift()),
        exploration: Some(people::exploration()),
        truth: Some(Truth::of(0.871, 0.842)),
    }
}

/// Twelve leads have converted: nothing is fitted.
pub fn day_zero() -> Report {
    Report {
        meta: Meta { version: None, served_version: Some("day-0".into()), run_seconds: Some(1.4), ..meta() },
        verdict: Verdict {
            decision: Decision::NothingFitted,
            headline: "12 leads have converted so far, and a model needs 40. The hand-made rules go on.".into(),
            reasons: texts(&[
                "With 12 conversions a model would learn chance: its AUROC could lie anywhere from 0.6 to 0.9.",
                "Until then leads are scored by rules: recency, visits to themes marked as high intent, forms, momentum.",
            ]),
            next_steps: texts(&[
                "Go on: at the pace of the last 30 days the 40 are reached in about 9 weeks.",
                "Have sales mark what became of leads: 214 were contacted, and of 180 of them no outcome has come.",
                "If your history is on file, replay it: needle replay makes training data of it on the first day.",
            ]),
            comparison: None,
        },
        data: DataAccount {
            files: 14,
            rows_read: 5210,
            rows_used: 3120,
            leads: 840,
            positive_rows: 31,
            positive_leads: 12,
            needed_positive_leads: 40,
            features: 148,
            from_ms: Some(START_MS),
            to_ms: Some(START_MS + 34 * DAY_MS),
            left_out: vec![LeftOut {
                reason: "younger than the horizon".into(),
                text: "What becomes of them within 30 days is not known yet; to call them negative would be a guess."
                    .into(),
                rows: 2090,
            }],
            ..DataAccount::default()
        },
        ..Report::default()
    }
}

fn meta() -> Meta {
    Meta {
        tenant: "Nordwind Analytics".into(),
        made_at_ms: START_MS + 424 * DAY_MS + 22_980_000,
        horizon_days: 30.0,
        outcomes: texts(&["Lead Accepted", "Opportunity Won"]),
        version: Some("2027-04-29T06-23-00Z-5f0c".into()),
        served_version: Some("2027-01-14T06-00-00Z-91aa".into()),
        anchor_probability: Some(0.04),
        seed: 20_270_429,
        needle_version: "0.1.0".into(),
        run_seconds: Some(412.6),
    }
}

fn takes_over() -> Verdict {
    Verdict {
        decision: Decision::TakesOver,
        headline: "Gradient boosting beats the served model on the same 6,000 leads, and takes over.".into(),
        reasons: texts(&[
            "Its AUROC is 0.842 against 0.813 of the served logistic regression, and the difference is more than noise.",
            "Its probabilities can be taken at their word: they are 0.61 percentage points off on average.",
            "It holds up on all four earlier folds, so the win is not luck of the last two months.",
        ]),
        next_steps: texts(&["Tell sales that 412 leads move up by a band or more: the list is below."]),
        comparison: Some(Comparison {
            metric: Metric::Auroc,
            new: Estimate::between(0.842, 0.824, 0.859),
            served: Estimate::between(0.813, 0.794, 0.832),
            difference: Estimate::between(0.029, 0.017, 0.041),
        }),
    }
}

fn account() -> DataAccount {
    let left = |reason: &str, text: &str, rows| LeftOut { reason: reason.into(), text: text.into(), rows };
    DataAccount {
        files: 1284,
        rows_read: 612_408,
        rows_used: 301_233,
        leads: 48_310,
        positive_rows: 14_121,
        positive_leads: 1_874,
        needed_positive_leads: 40,
        features: 148,
        from_ms: Some(START_MS),
        to_ms: Some(START_MS + 393 * DAY_MS),
        left_out: vec![
            left("after the outcome", "The lead had converted already: there is nothing left to foretell.", 41_877),
            left(
                "after sales contact",
                "What came then may be due to the call, not to what the lead did before.",
                96_112,
            ),
            left("younger than the horizon", "What becomes of them within 30 days is not known yet.", 73_186),
            left("sampled out", "There were more than max_rows; those that stay weigh the more for it.", 100_000),
        ],
        excluded_features: texts(&["trait_crm_stage", "trait_owner_region"]),
        sampling: Some(Sampling { max_rows: 320_000, kept_share: 0.742 }),
    }
}

fn lint() -> Vec<Finding> {
    let finding = |feature: &str, severity, text: &str, auroc, left_out| {
        let (feature, text) = (feature.into(), text.into());
        Finding { feature, severity, text, auroc, left_out }
    };
    vec![
        finding(
            "trait_lead_quality",
            Severity::Leak,
            "Filled in for 97 % of the leads that converted and 8 % of the others, and always after the outcome.",
            Some(0.981),
            true,
        ),
        finding(
            "trait_last_activity",
            Severity::Suspicious,
            "Its value changes within a day of the outcome for 61 % of the leads. Ask who fills it in, and when.",
            Some(0.774),
            false,
        ),
    ]
}

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

fn contest() -> Contest {
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

/// Feature, sentence, group, unit, importance, direction, how strongly points follow the value.
type Line = (&'static str, &'static str, &'static str, &'static str, f64, Direction);

const FACTORS: [Line; 10] = [
    ("theme_pricing_count_7d", "N visits to pricing in 7 days", "theme", "visits", 6.82, Direction::Raises),
    ("hours_since_last", "last touchpoint T ago", "recency", "hours", 5.91, Direction::Lowers),
    ("high_intent_count_30d", "N visits to high-intent themes in 30 days", "intent", "visits", 4.37, Direction::Raises),
    ("trait_employees", "employees N", "trait", "employees", 3.12, Direction::Mixed),
    ("form_completeness", "N % of the steps of forms taken", "form", "share", 2.64, Direction::Raises),
    ("path_1_channel", "first touchpoint through X", "path", "code", 2.21, Direction::Unordered),
    (
        "momentum_touchpoints",
        "touchpoints in 7 days: N more than in a usual week of the three before",
        "rhythm",
        "touchpoints per week",
        1.83,
        Direction::Raises,
    ),
    ("trait_title_rank", "rank X", "trait", "code", 1.44, Direction::Unordered),
    ("gap_trend", "newer gaps make N % of newer and older ones together", "rhythm", "share", 0.92, Direction::Lowers),
    ("weekday", "a X", "calendar", "code", 0.31, Direction::Unordered),
];

fn learned() -> Learned {
    let mut dice = Dice(11);
    let factor = |(feature, text, group, unit, size, direction): &Line| Factor {
        feature: feature.to_string(),
        text: text.to_string(),
        group: group.to_string(),
        unit: unit.to_string(),
        mean_abs_points: *size,
        direction: *direction,
        effects: effects(feature),
        dots: (0..200).map(|_| dot(&mut dice, *size, *direction)).collect(),
    };
    let group =
        |(group, size, features): (&str, f64, u64)| GroupShare { group: group.into(), mean_abs_points: size, features };
    Learned {
        sentences: texts(&[
            "Visits to pricing in 7 days raise the score most: five or more add 14.2 points, none takes 4.1.",
            "A touchpoint within the last day adds 9.6 points; after a month of silence 11.8 are gone.",
            "Companies of 50 to 500 employees score higher than smaller and larger ones.",
            "Leads that first came through a referral or paid search score higher than those from display.",
        ]),
        factors: FACTORS.iter().map(factor).collect(),
        groups: [
            ("theme", 7.9, 36),
            ("recency", 6.4, 3),
            ("intent", 4.6, 5),
            ("trait", 4.1, 12),
            ("path", 2.9, 10),
            ("form", 2.7, 4),
            ("rhythm", 2.5, 6),
        ]
        .map(group)
        .into(),
        rows: 6000,
        base_points: 41.7,
    }
}

fn dot(dice: &mut Dice, size: f64, direction: Direction) -> Dot {
    let rank = dice.roll();
    let noise = 0.35 * size * dice.bell();
    let points = match direction {
        Direction::Raises => 3.4 * size * (rank * rank - 0.33) + noise,
        Direction::Lowers => 3.0 * size * (0.45 - rank) + noise,
        _ => 1.25 * size * dice.bell(),
    };
    Dot { rank: (direction != Direction::Unordered).then_some(rank), points }
}

fn effects(feature: &str) -> Vec<Effect> {
    let effects: &[(&str, f64, f64)] = match feature {
        "theme_pricing_count_7d" => &[
            ("0", -4.1, 4410.0),
            ("1", 2.3, 802.0),
            ("2", 6.9, 377.0),
            ("3 to 4", 10.4, 281.0),
            ("5 or more", 14.2, 130.0),
        ],
        "hours_since_last" => &[
            ("up to 1 day", 9.6, 911.0),
            ("1 to 7 days", 3.8, 1604.0),
            ("7 to 30 days", -3.3, 1894.0),
            ("over 30 days", -11.8, 1591.0),
        ],
        "trait_employees" => &[
            ("not known", -1.9, 2810.0),
            ("up to 49", -0.8, 1290.0),
            ("50 to 500", 5.7, 1244.0),
            ("over 500", -2.2, 656.0),
        ],
        "path_1_channel" => &[
            ("referral", 4.4, 611.0),
            ("paid search", 2.6, 1208.0),
            ("organic search", 0.7, 2044.0),
            ("email", -0.9, 1301.0),
            ("display", -5.2, 836.0),
        ],
        _ => &[],
    };
    effects
        .iter()
        .map(|(label, points, rows)| Effect { label: label.to_string(), mean_points: *points, rows: *rows })
        .collect()
}

fn tree() -> Tree {
    let ask = |feature: &str, question: &str, yes, no, rows, probability| Node {
        split: Some(Split { feature: feature.into(), question: question.into(), yes, no }),
        rows,
        probability,
    };
    let leaf = |rows, probability| Node { split: None, rows, probability };
    let nodes = vec![
        ask("theme_pricing_count_7d", "at least 2 visits to pricing in 7 days?", 1, 6, 340_113.0, 0.0352),
        ask("hours_since_last", "last touchpoint less than 26 hours ago?", 2, 5, 41_208.0, 0.142),
        ask("form_completeness", "at least half of the steps of a form taken?", 3, 4, 17_411.0, 0.221),
        leaf(5_102.0, 0.348),
        leaf(12_309.0, 0.168),
        leaf(23_797.0, 0.0842),
        ask("high_intent_count_30d", "at least 1 visit to a high-intent theme in 30 days?", 7, 10, 298_905.0, 0.0205),
        ask("trait_employees", "more than 48 employees?", 8, 9, 71_400.0, 0.0473),
        leaf(20_911.0, 0.0804),
        leaf(50_489.0, 0.0336),
        ask("hours_since_last", "last touchpoint less than 9 days ago?", 11, 12, 227_505.0, 0.0121),
        leaf(88_320.0, 0.0213),
        leaf(139_185.0, 0.0063),
    ];
    Tree { nodes }
}
