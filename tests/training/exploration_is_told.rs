//! The report says how many low leads were flagged, contacted, converted, beside what was foretold and beside the others; what they teach; and
//! that there are too few to say where there are.

use needle::training::exploration::difference;
use needle::training::report::data::Exploration;
use needle::training::report::{Report, html, json};
use needle::training::tell::exploration::exploration;

use crate::training_support::called::{LOW, Sales, world, world_until};

fn told(share: f64, sales: Sales) -> Exploration {
    let rows = world(share, sales, 3000, 5).read();
    exploration(share, &rows.explored, &rows.matrix).expect("it is explored")
}

#[test]
fn what_flagged_leads_taught() {
    let told = told(0.15, Sales::HeedsFlags);
    let others = told.others.as_ref().expect("others");
    // All of the low ones have had their time; a seventh or so is flagged, and all of these are called.
    assert!((2300..2500).contains(&(told.flagged + others.leads)), "{told:?}");
    assert_eq!((told.contacted, others.contacted, others.converted), (told.flagged, 0, 0));
    let (lower, upper) = told.conversion.interval().expect("an interval");
    assert!(lower < LOW && LOW < upper, "{told:?}");
    let foretold = told.foretold.expect("foretold");
    assert!(foretold > 0.0 && foretold < lower, "{told:?}");
    let text = told.sentences.join(" ");
    for word in ["stand for all low-scored ones", "more often than was foretold", "A flag makes", "theme docs count"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let report = Report { exploration: Some(told.clone()), ..Report::default() };
    let page = html(&report);
    assert!(page.contains("What exploration taught") && page.contains("theme docs count"), "{page}");
    let back: Report = serde_json::from_str(&json(&report)).expect("JSON");
    assert_eq!(back.exploration, Some(told));
}

#[test]
fn too_few_to_say_and_flags_that_reach_nobody() {
    let few = told(0.005, Sales::HeedsFlags);
    assert!(few.flagged > 0 && few.heaviest.is_none(), "{few:?}");
    assert!(few.sentences.len() == 1 && few.sentences[0].starts_with("Too few to say"), "{few:?}");
    let overlooked = told(0.3, Sales::OverlooksFlags);
    assert!(overlooked.sentences[0].contains("does not reach those who call"), "{overlooked:?}");
    assert!(overlooked.heaviest.is_none());
    let rows = world(0.0, Sales::HeedsFlags, 200, 5).read();
    assert_eq!(exploration(0.0, &rows.explored, &rows.matrix), None);
}

#[test]
fn leads_whose_time_is_not_over_are_not_counted() {
    let leads = |days| {
        let trial = world_until(days, 0.15, Sales::HeedsFlags, 2000, 6).read().explored.trial;
        (trial.drawn.leads + trial.others.leads) as f64
    };
    // Leads come in three weeks, and have ten days.
    let (all, half) = (leads(60), leads(20));
    assert!((half / all - 10.0 / 21.0).abs() < 0.05, "{half} of {all}");
}

/// Newcombe's own examples (1998, table II, method 10): 56 of 70 against 48 of 80, 9 of 10 against 3 of 10, none of 10 against none of 20.
#[test]
fn intervals_are_newcombes() {
    for (one, other, low, high) in
        [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((0, 10), (0, 20), -0.1611, 0.2775)]
    {
        let found = difference(one, other).expect("an interval");
        assert!((found.low - low).abs() < 1e-4 && (found.high - high).abs() < 1e-4, "{found:?}");
    }
    assert_eq!(difference((0, 0), (1, 2)), None);
}
