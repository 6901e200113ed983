//! The shipped model says what a sales team would before anything was learned.

use needle::model::day_zero::{self, Subjects};
use needle::model::{Explanation, Model, Scored};

const FEATURES: [(&str, u32); 14] = [
    ("hours_since_last", 1),
    ("touchpoints_count_7d", 1),
    ("active_days_7d", 1),
    ("momentum_touchpoints", 1),
    ("theme_pricing_count_7d", 1),
    ("theme_pricing_count_30d", 1),
    ("theme_careers_count_7d", 1),
    ("theme_careers_count_30d", 1),
    ("forms_started_count_30d", 1),
    ("forms_submitted_count_30d", 1),
    ("forms_submitted_count_ever", 1),
    ("form_completeness_best", 1),
    ("known", 1),
    ("trait_title_rank", 1),
];

fn model(anchor_probability: f64) -> Model {
    let subjects = Subjects { high_intent_themes: &["pricing"], titles: &["title"] };
    Model::Linear(day_zero::model(&FEATURES, subjects, anchor_probability).unwrap())
}

/// A row with these values; form completeness and rank are missing, and the rest is 0.
fn row(values: &[(&str, f64)]) -> Vec<f64> {
    let missing = [("form_completeness_best", -1.0), ("trait_title_rank", -1.0)];
    let mut row = vec![0.0; FEATURES.len()];
    for (name, value) in missing.iter().chain(values) {
        row[FEATURES.iter().position(|(feature, _)| feature == name).unwrap()] = *value;
    }
    row
}

fn scored(row: &[f64]) -> Scored {
    let mut out = Vec::new();
    model(0.01).score(row, row.len(), &mut Default::default(), &mut out);
    out[0]
}

fn first_page() -> Vec<(&'static str, f64)> {
    vec![("touchpoints_count_7d", 1.0), ("active_days_7d", 1.0), ("momentum_touchpoints", 1.0)]
}

/// Three visits to pricing on `days` days, and a form sent.
fn eager(days: f64) -> Vec<(&'static str, f64)> {
    vec![
        ("touchpoints_count_7d", 4.0),
        ("active_days_7d", days),
        ("momentum_touchpoints", 4.0),
        ("theme_pricing_count_7d", 3.0),
        ("theme_pricing_count_30d", 3.0),
        ("forms_submitted_count_30d", 1.0),
        ("forms_submitted_count_ever", 1.0),
    ]
}

#[test]
fn a_first_page_view_is_not_yet_a_call() {
    let plain = scored(&row(&first_page())).score;
    assert!((20..=40).contains(&plain), "{plain}");
    let pricing = [("theme_pricing_count_7d", 1.0), ("theme_pricing_count_30d", 1.0)];
    let pricing = scored(&row(&[first_page(), pricing.to_vec()].concat())).score;
    assert!((plain + 5..60).contains(&pricing), "{pricing}");
}

#[test]
fn pricing_three_times_and_a_form_is_a_call() {
    let least = scored(&row(&eager(1.0))).score;
    let known = [("known", 1.0), ("forms_started_count_30d", 1.0), ("form_completeness_best", 1.0)];
    let most = scored(&row(&[eager(3.0), known.to_vec()].concat())).score;
    assert!((80..=95).contains(&least), "{least}");
    assert!((80..=95).contains(&most) && most > least, "{most}");
}

#[test]
fn silence_falls_low() {
    let after = |days: f64| {
        let hours = ("hours_since_last", 24.0 * days);
        let month = [("theme_pricing_count_30d", 3.0), ("forms_submitted_count_30d", 1.0)];
        let month = if days < 30.0 { &month[..] } else { &[] };
        scored(&row(&[&[hours, ("forms_submitted_count_ever", 1.0), ("known", 1.0)], month].concat())).points
    };
    let fading = [0.0, 8.0, 20.0, 31.0, 90.0, 400.0].map(after);
    assert!(fading.is_sorted_by(|earlier, later| earlier > later), "{fading:?}");
    assert!(fading[4] < 40.0);
}

#[test]
fn each_sign_of_interest_counts() {
    let before = scored(&row(&first_page())).points;
    let signs = [
        ("known", 1.0),
        ("active_days_7d", 3.0),
        ("momentum_touchpoints", 3.0),
        ("trait_title_rank", 5.0),
        ("forms_started_count_30d", 1.0),
        ("form_completeness_best", 0.9),
    ];
    for sign in signs {
        assert!(scored(&row(&[first_page(), vec![sign]].concat())).points > before, "{sign:?}");
    }
    for against in [("hours_since_last", 500.0), ("form_completeness_best", 0.1)] {
        assert!(scored(&row(&[first_page(), vec![against]].concat())).points < before, "{against:?}");
    }
    // A title that says nothing of rank, or a junior one, is not held against anybody.
    for rank in [0.0, 1.0, 2.0] {
        let points = scored(&row(&[first_page(), vec![("trait_title_rank", rank)]].concat())).points;
        assert_eq!(points, before, "rank {rank}");
    }
}

#[test]
fn a_theme_without_the_mark_says_nothing() {
    let careers = [("theme_careers_count_7d", 5.0), ("theme_careers_count_30d", 5.0)];
    assert_eq!(scored(&row(&[first_page(), careers.to_vec()].concat())), scored(&row(&first_page())));
}

#[test]
fn the_anchor_moves_probabilities_and_not_scores() {
    let row = row(&eager(2.0));
    let mut out = Vec::new();
    model(0.2).score(&row, row.len(), &mut Default::default(), &mut out);
    let usual = scored(&row);
    assert_eq!(out[0].score, usual.score);
    assert!((out[0].points - usual.points).abs() < 1e-9);
    assert!(out[0].probability > usual.probability);
}

#[test]
fn reasons_name_the_visits_and_the_form() {
    let row = row(&eager(1.0));
    let (mut explanation, mut reasons) = (Explanation::default(), needle::model::Reasons::default());
    model(0.01).explain(&row, row.len(), &mut Default::default(), std::slice::from_mut(&mut explanation));
    reasons.choose(&explanation, scored(&row).points, 3);
    let names: Vec<_> = reasons.strongest.iter().map(|(feature, _)| FEATURES[*feature].0).collect();
    assert_eq!(names, ["theme_pricing_count_7d", "hours_since_last", "forms_submitted_count_30d"]);
}
