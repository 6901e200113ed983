//! A configured share of the leads in the lowest band is drawn to be contacted, each lead for good; a larger share draws the same and more;
//! what is said tells the propensity, and is what training recomputes.

use std::collections::BTreeSet;

use crate::lane_support::*;
use needle::decision::Explorer;
use needle::decision::explore::flagged;
use serde_json::Value;

fn drawn(share: f64, application: &str) -> (BTreeSet<String>, usize) {
    let rules = format!("[exploration]\nshare = {share:?}\n[scoring]\nchange_threshold = 0\n");
    let assembly = assembly_named(&rules, application);
    let explorer = Explorer::new(&assembly.config);
    let mut world = World::new(assembly, 1);
    let views = (0..2_000).map(|lead| {
        let id = format!("c-{lead}");
        let path = if lead % 10 == 0 { "/pricing" } else { "/" };
        let json = format!(r#"{{"type":"page","userId":"{id}","messageId":"{id}","properties":{{"path":"{path}"}}}}"#);
        Draft::new(1_763_800_000_000 + lead, &id, json)
    });
    world.pipe(0, 0, &views.collect::<Vec<_>>());
    let (mut drawn, mut low) = (BTreeSet::new(), 0);
    for line in world.truth(0).0.changes {
        let json = line.json();
        let key = String::from_utf8(line.key.expect("a key")).expect("text");
        let score = json["score"].as_u64().expect("a score") as u8;
        low += usize::from(json["band"] == "D");
        assert_eq!(explorer.propensity(&key, score), json["explore"]["propensity"].as_f64(), "{json}");
        if json["explore"] != Value::Null {
            assert_eq!(json["band"], "D");
            assert_eq!(json["explore"]["propensity"].as_f64(), Some(share));
            drawn.insert(key);
        }
    }
    (drawn, low)
}

/// The usual rules under the name of another application.
fn assembly_named(rules: &str, application: &str) -> std::sync::Arc<needle::commands::assembly::Assembly> {
    let mut config = needle::config::Config::clone(&assembly(rules).config);
    application.clone_into(&mut config.service.application);
    std::sync::Arc::new(needle::commands::assembly::Assembly::new(config).expect("an assembly"))
}

#[test]
fn the_share_of_the_low_ones() {
    let (none, low) = drawn(0.0, "needle");
    assert!(none.is_empty() && (1_500..2_000).contains(&low), "{low} are low");
    let (few, _) = drawn(0.05, "needle");
    let (more, _) = drawn(0.2, "needle");
    let (all, _) = drawn(1.0, "needle");
    // Four standard deviations of a binomial.
    let around = |share: f64, count: usize| {
        let (mean, deviation) = (share * low as f64, (share * (1.0 - share) * low as f64).sqrt());
        assert!((count as f64 - mean).abs() <= 4.0 * deviation, "{count} of {low}, not {mean}");
    };
    around(0.05, few.len());
    around(0.2, more.len());
    assert_eq!(all.len(), low);
    assert!(few.is_subset(&more) && more.is_subset(&all));
    assert_eq!(drawn(0.05, "needle").0, few, "for good");
    let (others, _) = drawn(0.2, "another");
    assert!(others.intersection(&more).count() < more.len() / 2, "two services draw apart from each other");
}

/// The very leads, so that no binary draws others.
#[test]
fn the_same_for_good() {
    let drawn: Vec<usize> = (0..60).filter(|lead| flagged(&format!("default/u-{lead}"), 7, 0.1)).collect();
    assert_eq!(drawn, [3, 40, 44, 49, 51]);
}
