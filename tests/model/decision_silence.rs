//! What is not said changes nothing; what is said is said for a reason.

use needle::config::{JumpRule, JumpWhen};
use needle::decision::{Decisions, Rules, Said, Verdict};
use proptest::prelude::*;

fn rules(change_threshold: f64) -> Rules {
    let hot = JumpRule { name: "hot".into(), when: JumpWhen::Crossing { above: 80.0, rearm: 70.0 } };
    let when = JumpWhen::Surge { rise: 30.0, within_hours: 24.0, cooldown_hours: 12.0 };
    Rules::new(change_threshold, &[hot, JumpRule { name: "surge".into(), when }]).unwrap()
}

proptest! {
    #[test]
    fn silence_changes_nothing(
        threshold in prop_oneof![Just(0.0), Just(1.0), Just(2.5), Just(10.0), Just(200.0)],
        walk in prop::collection::vec((0u8..=100, 0i64..20_000_000), 1..60),
    ) {
        let rules = rules(threshold);
        let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
        let mut now_ms = 1_700_000_000_000;
        for (score, gap_ms) in walk {
            now_ms += gap_ms;
            let before = decisions.clone();
            rules.decide(&mut decisions, score, now_ms, &mut verdict);
            let previous = before.said().map(|said| said.score);
            let moved = previous.is_none_or(|previous| f64::from(previous.abs_diff(score)) >= threshold);
            prop_assert_eq!(verdict.say, moved || !verdict.jumps.is_empty());
            prop_assert_eq!(verdict.previous, previous);
            if verdict.say {
                prop_assert_eq!(decisions.said(), Some(Said { score, at_ms: now_ms }));
            } else {
                prop_assert_eq!(&decisions, &before);
            }
        }
    }
}

#[test]
fn a_jump_is_said_below_the_threshold() {
    let rules = rules(10.0);
    let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
    rules.decide(&mut decisions, 79, 1_000, &mut verdict);
    assert!(verdict.say && verdict.jumps.is_empty());
    rules.decide(&mut decisions, 80, 2_000, &mut verdict);
    assert!(verdict.say);
    assert_eq!(verdict.previous, Some(79));
    assert_eq!(verdict.jumps.len(), 1);
    assert_eq!((rules.name(verdict.jumps[0].rule), verdict.jumps[0].from), ("hot", Some((79, 1_000))));
    rules.decide(&mut decisions, 81, 3_000, &mut verdict);
    assert!(!verdict.say && verdict.jumps.is_empty());
}

#[test]
fn an_instant_that_goes_back_is_held_at_the_last_one() {
    let rules = rules(1.0);
    let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
    rules.decide(&mut decisions, 10, 5_000, &mut verdict);
    rules.decide(&mut decisions, 20, 4_000, &mut verdict);
    assert_eq!(decisions.said(), Some(Said { score: 20, at_ms: 5_000 }));
}
