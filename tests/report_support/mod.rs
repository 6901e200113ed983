//! Reports of invented companies: one with everything in it, one of day 0.
#![allow(dead_code)]

use crowd::Crowd;
use needle::training::report::Report;
use needle::training::report::data::*;

mod contest;
pub mod crowd;
pub mod hostile;
mod learned;
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
        contest: Some(contest::contest()),
        learned: Some(learned::learned()),
        curves: Some(ours.curves(&[("Serves today: logistic regression", &served), ("Recency only", &simple)])),
        thresholds: Some(ours.thresholds()),
        bands: ours.bands(),
        tree: Some(learned::tree()),
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
