//! Every feature has a sentence for no, one and many, and for a value that is not known.

use crate::features_support::schema;
use needle::features::{Feature, Kind, MISSING, Schema};

fn said(schema: &Schema, name: &str, value: f64) -> String {
    let mut out = String::new();
    schema.sentence(schema.index(name).unwrap_or_else(|| panic!("no feature {name}")), value, &mut out);
    out
}

fn values(feature: &Feature) -> Vec<f64> {
    match feature.kind {
        Kind::Flag => vec![0.0, 1.0],
        _ => vec![0.0, 0.04, 0.5, 1.0, 2.0, 3.25, 64.0, 1e6, 2_147_483_647.0],
    }
}

#[test]
fn every_value_of_every_feature_has_one() {
    let schema = schema();
    for (slot, feature) in schema.features().iter().enumerate() {
        let missing = feature.can_miss.then_some(MISSING);
        for value in values(feature).into_iter().chain(missing).chain([-2.5]) {
            let mut out = String::from("because: ");
            schema.sentence(slot, value, &mut out);
            let sentence = out.strip_prefix("because: ").expect("appended");
            assert!(!sentence.is_empty() && !sentence.contains("{}"), "{} {value}: {sentence}", feature.name);
            assert!(!sentence.contains("  ") && sentence.trim() == sentence, "{} {value}: {sentence:?}", feature.name);
            assert!(!sentence.contains("NaN") && !sentence.contains("-0"), "{} {value}: {sentence}", feature.name);
        }
        if let Some(missing) = missing {
            assert_ne!(said(&schema, &feature.name, missing), said(&schema, &feature.name, 2.0), "{}", feature.name);
        }
        let template = feature.sentence.template();
        assert!(!template.is_empty() && !template.contains("{}"), "{}: {template}", feature.name);
    }
}

#[test]
fn counts_say_no_one_and_many() {
    let schema = schema();
    for feature in schema.features().iter().filter(|f| f.name.contains("_count_")) {
        let [no, one, many] = [0.0, 1.0, 3.0].map(|value| said(&schema, &feature.name, value));
        assert!(no.starts_with("no ") && one.starts_with("1 ") && many.starts_with("3 "), "{no}, {one}, {many}");
        assert!(no[2..] == one[1..] && one[1..] != many[1..], "{no}, {one}, {many}");
    }
}

#[test]
fn as_promised() {
    let schema = schema();
    for (name, value, sentence) in [
        ("theme_pricing_count_7d", 3.0, "3 visits to pricing in 7 days"),
        ("theme_pricing_count_7d", 1.0, "1 visit to pricing in 7 days"),
        ("theme_demo_days_since_last", 3.0, "last visit to demo 3 days ago"),
        ("theme_demo_days_since_last", -1.0, "no recent visit to demo"),
        ("touchpoints_count_1h", 2.0, "2 touchpoints in the last hour"),
        ("channel_paid_search_count_30d", 4.0, "4 touchpoints from paid search in 30 days"),
        ("channel_unassigned_count_ever", 1.0, "1 touchpoint of no known channel so far"),
        ("forms_submitted_count_ever", 1.0, "1 form submitted so far"),
        ("hours_since_last", 0.25, "last touchpoint 15 minutes ago"),
        ("momentum_touchpoints", -1.0, "touchpoints in 7 days: 1 fewer than in a usual week of the three before"),
        ("momentum_touchpoints", 2.0, "touchpoints in 7 days: 2 more than in a usual week of the three before"),
        ("path_1_channel", 13.0, "first touchpoint from email"),
        ("path_2_theme", 0.0, "second touchpoint on no theme"),
        ("path_2_theme", 1.0, "second touchpoint on pricing"),
        ("path_5_theme", -1.0, "no fifth touchpoint"),
        ("last_weekday", 4.0, "last active on a Friday (UTC)"),
        ("active_days_7d", 1.0, "1 day with a touchpoint in 7 days"),
        ("form_completeness_best", 0.875, "most complete form filled to 88 %"),
        ("known", 0.0, "still anonymous"),
        ("trait_employees", 250.0, "employees: 250"),
        ("trait_employees", -1.0, "employees not known"),
        ("trait_newsletter", 0.0, "newsletter: no"),
        ("trait_title_rank", 6.0, "title: rank vice president"),
        ("trait_title_department", -1.0, "title not known"),
        ("trait_industry", 123_456.0, "industry is known"),
    ] {
        assert_eq!(said(&schema, name, value), sentence, "{name} {value}");
    }
    let mut out = String::new();
    schema.sentence(schema.width(), 1.0, &mut out);
    assert_eq!(out, "");
}
