//! Sweeps never jump, and what they say stays true of the rules: a lead that a new model or time has brought above a line does not jump
//! over it later, one that they have brought below is armed again; and surges go on as if the new model had rated the lead all along.

use needle::config::{JumpRule, JumpWhen};
use needle::decision::{Decisions, Glance, Occasion, Rules, Verdict};
use proptest::prelude::*;

fn crossing(above: f64, rearm: f64) -> JumpRule {
    JumpRule { name: "hot".into(), when: JumpWhen::Crossing { above, rearm } }
}

fn surge(rise: f64) -> JumpRule {
    JumpRule { name: "surge".into(), when: JumpWhen::Surge { rise, within_hours: 1.0, cooldown_hours: 0.5 } }
}

fn occasion() -> impl Strategy<Value = Option<Occasion>> {
    prop_oneof![2 => Just(None), 1 => Just(Some(Occasion::Model)), 1 => Just(Some(Occasion::Time))]
}

/// `None`: an event.
fn decide(rules: &Rules, decisions: &mut Decisions, score: u8, at_ms: i64, why: Option<Occasion>) -> Verdict {
    let mut verdict = Verdict::default();
    match why {
        None => rules.decide(decisions, score, at_ms, &mut verdict),
        Some(why) => rules.decide_silently(decisions, score, at_ms, why, &mut verdict),
    }
    let mut bytes = Vec::new();
    decisions.encode(&mut bytes);
    assert_eq!(Decisions::decode(&bytes).as_ref(), Ok(&*decisions), "they are kept as they are");
    assert_eq!(Glance::at(&bytes).map(|glance| glance.said), decisions.said());
    assert_eq!(Glance::said_at_ms(&bytes), decisions.said().map_or(0, |said| said.at_ms));
    verdict
}

proptest! {
    #[test]
    fn a_line_is_jumped_over_by_events_alone(
        threshold in prop_oneof![Just(0.0), Just(1.0), Just(7.0)],
        walk in prop::collection::vec((30u8..=90, 0i64..10_000_000, occasion()), 1..100),
    ) {
        let rules = Rules::new(threshold, &[crossing(60.0, 50.0)]).unwrap();
        let (mut decisions, mut armed, mut last, mut now_ms) = (Decisions::default(), true, None, 0);
        for (index, (score, gap_ms, why)) in walk.into_iter().enumerate() {
            now_ms += gap_ms;
            // A sweep finds leads of whom something was said.
            let why = why.filter(|_| index > 0);
            let before = decisions.clone();
            let verdict = decide(&rules, &mut decisions, score, now_ms, why);
            prop_assert_eq!(verdict.jumps.len(), usize::from(why.is_none() && armed && score >= 60));
            prop_assert_eq!(verdict.previous, last);
            let moved = last.is_none_or(|last: u8| f64::from(last.abs_diff(score)) >= threshold);
            let must = match why {
                None => moved || !verdict.jumps.is_empty(),
                Some(Occasion::Model) => moved || (armed && score >= 60),
                Some(Occasion::Time) => moved && last != Some(score),
            };
            prop_assert_eq!(verdict.say, must);
            if verdict.say {
                last = Some(score);
                armed = score < 50 || (armed && score < 60);
            } else {
                prop_assert_eq!(&decisions, &before);
            }
        }
    }

    /// Under a model that rates everybody so many points higher.
    #[test]
    fn a_surge_goes_on_under_another_model(
        more in prop_oneof![-20i16..=-1, 1i16..=20],
        before in prop::collection::vec((20u8..=80, 0i64..2_000_000), 1..30),
        after in prop::collection::vec((20u8..=80, 0i64..2_000_000), 1..30),
    ) {
        let rules = Rules::new(1.0, &[surge(15.0)]).unwrap();
        let higher = |score: u8| (i16::from(score) + more) as u8;
        let (mut swept, mut always, mut now_ms) = (Decisions::default(), Decisions::default(), 0);
        for &(score, gap_ms) in &before {
            now_ms += gap_ms;
            decide(&rules, &mut swept, score, now_ms, None);
            decide(&rules, &mut always, higher(score), now_ms, None);
        }
        let last = swept.said().unwrap();
        let verdict = decide(&rules, &mut swept, higher(last.score), last.at_ms, Some(Occasion::Model));
        prop_assert!(verdict.say && verdict.jumps.is_empty());
        prop_assert_eq!(&swept, &always);
        for &(score, gap_ms) in &after {
            now_ms += gap_ms;
            let is = decide(&rules, &mut swept, higher(score), now_ms, None);
            let must = decide(&rules, &mut always, higher(score), now_ms, None);
            prop_assert_eq!(is, must);
        }
    }

    /// Anything, also where scores come to the ends of the scale.
    #[test]
    fn whatever_comes_is_kept(walk in prop::collection::vec((0u8..=100, 0i64..3_000_000, occasion()), 1..60)) {
        let rules = Rules::new(1.0, &[crossing(60.0, 50.0), surge(15.0)]).unwrap();
        let (mut decisions, mut now_ms) = (Decisions::default(), 0);
        for (score, gap_ms, why) in walk {
            now_ms += gap_ms;
            decide(&rules, &mut decisions, score, now_ms, why);
        }
    }
}

#[test]
fn who_has_gone_cold_and_comes_back_surges() {
    let rules = Rules::new(1.0, &[surge(15.0)]).unwrap();
    let mut decisions = Decisions::default();
    decide(&rules, &mut decisions, 60, 0, None);
    assert!(decide(&rules, &mut decisions, 40, 100_000_000, Some(Occasion::Time)).jumps.is_empty());
    let back = decide(&rules, &mut decisions, 58, 100_000_500, None);
    assert_eq!(back.jumps.first().and_then(|jump| jump.from), Some((40, 100_000_000)));
}
