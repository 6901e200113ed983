//! The shipped model: what is scored by before anything was learned. One table of points, and how it becomes a bundle.
//!
//! It holds what sales teams agree on without data: look at who came lately, asks about price or a demo, sent a form, and comes
//! more often than before. The points are judgement, not measurement, and chosen so that (see `tests/model_day_zero.rs`)
//! - the first page view of an unknown visitor is worth about 31, and on a page of high intent about 43: not yet a call;
//! - three such visits within a week and a form sent are worth 80 to 95: a call;
//! - three months later the same lead, silent since, is back below 40.
//!
//! Points are relative to the anchor, the one thing that is known of the base rate: another anchor moves the probabilities and
//! leaves the scores. A feature that the configuration does not bring forth (a title that is not collected) is simply left out.

use super::bundle::{Columns, LINEAR, Manifest, NeededFeature, Refused, WeightedTerm, Weights};
use super::linear::{LinearModel, Transform};
use super::scale::{Calibration, POINTS_PER_NAT, Scale};

/// Version of the shipped model.
pub const VERSION: &str = "day-0";

/// Points of the reference lead: anonymous, last seen two weeks ago, nothing of interest done.
const BASE_POINTS: f64 = 16.0;

/// Two weeks of silence halve what a visit was worth.
const RECENCY_HALF_LIFE_HOURS: f64 = 14.0 * 24.0;

/// One row of the table.
struct Row {
    /// Name of the feature; `{theme}` stands for each theme marked high intent, `{title}` for each trait that is a job title.
    feature: &'static str,
    /// Points for each 1 that the transformed value is above the reference's.
    points: f64,
    reference: f64,
    can_miss: bool,
    transform: Transform,
}

const fn row(feature: &'static str, points: f64, reference: f64, transform: Transform) -> Row {
    Row { feature, points, reference, can_miss: false, transform }
}

/// A row whose feature may be missing: then it says nothing.
const fn maybe(feature: &'static str, points: f64, reference: f64, transform: Transform) -> Row {
    Row { feature, points, reference, can_miss: true, transform }
}

const fn log1p(cap: f64) -> Transform {
    Transform::Log1p { cap }
}

const fn clamp(low: f64, high: f64) -> Transform {
    Transform::Clamp { low, high }
}

/// `ln(1 + x)` of 1, 3 and 10 is 0.7, 1.4 and 2.4. A theme without the mark says nothing beyond being a touchpoint: nobody has told
/// whether it is the blog or the careers page.
const TABLE: [Row; 12] = [
    // Recency: +12 for a lead that is here now, down to −12 for one that never comes again.
    maybe("hours_since_last", 24.0, RECENCY_HALF_LIFE_HOURS, Transform::Decay { half_life: RECENCY_HALF_LIFE_HOURS }),
    // Engagement: how much, on how many days (one day is usual), and whether it grows.
    row("touchpoints_count_7d", 4.0, 0.0, log1p(50.0)),
    row("active_days_7d", 5.0, 1.0, log1p(7.0)),
    row("momentum_touchpoints", 0.6, 0.0, clamp(-5.0, 5.0)),
    // Intent: mostly of this week, some of it for a month.
    row("theme_{theme}_count_7d", 12.0, 0.0, log1p(10.0)),
    row("theme_{theme}_count_30d", 4.5, 0.0, log1p(10.0)),
    // Forms: who sends one asks to be called. About half of it stays for good.
    row("forms_started_count_30d", 2.9, 0.0, log1p(3.0)),
    row("forms_submitted_count_30d", 17.3, 0.0, log1p(3.0)),
    row("forms_submitted_count_ever", 13.0, 0.0, log1p(3.0)),
    maybe("form_completeness_best", 4.0, 0.5, clamp(0.0, 1.0)),
    // Who it is.
    row("known", 3.0, 0.0, clamp(0.0, 1.0)),
    maybe("trait_{title}_rank", 2.0, 2.0, clamp(2.0, 7.0)),
];

/// What the placeholders of the table stand for, spelled as in the names of features.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subjects<'a> {
    pub high_intent_themes: &'a [&'a str],
    pub titles: &'a [&'a str],
}

/// The shipped model as it would be stored, of those terms whose feature is among `features` (name, version of the meaning).
pub fn bundle(features: &[(&str, u32)], subjects: Subjects<'_>, anchor_probability: f64) -> (Manifest, Weights) {
    let terms = TABLE.iter().flat_map(|row| {
        let names = subjects.names(row.feature).into_iter();
        names.map(|feature| WeightedTerm {
            feature,
            weight: row.points / POINTS_PER_NAT,
            reference: row.reference,
            can_miss: row.can_miss,
            transform: row.transform,
        })
    });
    let version = |name: &str| features.iter().find(|(feature, _)| *feature == name).map(|(_, version)| *version);
    let mut needed = Vec::new();
    let mut present = Vec::new();
    for term in terms {
        if let Some(version) = version(&term.feature) {
            needed.push(NeededFeature { name: term.feature.clone(), version });
            present.push(term);
        }
    }
    let manifest = Manifest {
        version: VERSION.to_owned(),
        kind: LINEAR.to_owned(),
        features: needed,
        themes: Vec::new(),
        vocabularies: Vec::new(),
        calibration: Calibration::IDENTITY,
        anchor_probability,
    };
    // An anchor that is no probability is refused when the bundle is bound.
    let bias = Scale::new(anchor_probability).map_or(0.0, |scale| scale.log_odds(BASE_POINTS));
    (manifest, Weights { bias, terms: present })
}

/// The shipped model, bound to `features` in the order of the row.
pub fn model(
    features: &[(&str, u32)],
    subjects: Subjects<'_>,
    anchor_probability: f64,
) -> Result<LinearModel, Refused> {
    let (manifest, weights) = bundle(features, subjects, anchor_probability);
    LinearModel::bind(&manifest, &weights, Columns::of(features), None)
}

impl Subjects<'_> {
    /// The features that a row of the table speaks of; a subject named twice counts once.
    fn names(&self, pattern: &str) -> Vec<String> {
        let of = |placeholder: &str, subjects: &[&str]| {
            let mut names: Vec<_> = subjects.iter().map(|subject| pattern.replace(placeholder, subject)).collect();
            names.sort();
            names.dedup();
            names
        };
        if pattern.contains("{theme}") {
            of("{theme}", self.high_intent_themes)
        } else if pattern.contains("{title}") {
            of("{title}", self.titles)
        } else {
            vec![pattern.to_owned()]
        }
    }
}
