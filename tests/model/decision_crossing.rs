//! A crossing is said once: again only after a score below `rearm` was said.

use needle::config::{JumpRule, JumpWhen};
use needle::decision::{Decisions, Rules, Verdict};
use proptest::prelude::*;

/// All that was said, oldest first: score, instant, whether it was a crossing.
type History = Vec<(u8, i64, bool)>;

/// The rule read off the whole history.
fn crosses(history: &History, score: u8, above: f64, rearm: f64) -> bool {
    let since_crossing = history.iter().rposition(|said| said.2).map(|place| &history[place + 1..]);
    let armed = since_crossing.is_none_or(|later| later.iter().any(|said| f64::from(said.0) < rearm));
    armed && f64::from(score) >= above
}

proptest! {
    #[test]
    fn a_crossing_is_said_once(
        above in 20u8..90,
        below in 0u8..20,
        threshold in prop_oneof![Just(0.0), Just(1.0), Just(7.0)],
        walk in prop::collection::vec((0u8..=100, 0i64..10_000_000), 1..100),
    ) {
        let (above, rearm) = (f64::from(above), f64::from(above - below));
        let rule = JumpRule { name: "hot".into(), when: JumpWhen::Crossing { above, rearm } };
        let rules = Rules::new(threshold, &[rule]).unwrap();
        let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
        let mut history = History::new();
        let mut now_ms = 0;
        for (score, gap_ms) in walk {
            now_ms += gap_ms;
            let expected = crosses(&history, score, above, rearm);
            rules.decide(&mut decisions, score, now_ms, &mut verdict);
            prop_assert_eq!(verdict.jumps.len(), usize::from(expected));
            if let Some(jump) = verdict.jumps.first() {
                prop_assert_eq!(jump.from, history.last().map(|said| (said.0, said.1)));
            }
            if verdict.say {
                history.push((score, now_ms, expected));
            }
        }
    }
}

#[test]
fn the_first_score_can_be_a_crossing() {
    let rule = JumpRule { name: "hot".into(), when: JumpWhen::Crossing { above: 80.0, rearm: 70.0 } };
    let rules = Rules::new(1.0, &[rule]).unwrap();
    let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
    rules.decide(&mut decisions, 80, 0, &mut verdict);
    assert_eq!((verdict.say, verdict.previous, verdict.jumps.len()), (true, None, 1));
    assert_eq!(verdict.jumps[0].from, None);
}

#[test]
fn a_score_at_rearm_does_not_arm() {
    let rule = JumpRule { name: "hot".into(), when: JumpWhen::Crossing { above: 80.0, rearm: 70.0 } };
    let rules = Rules::new(1.0, &[rule]).unwrap();
    let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
    let jumps = [80, 70, 80, 69, 80].map(|score| {
        rules.decide(&mut decisions, score, 0, &mut verdict);
        verdict.jumps.len()
    });
    assert_eq!(jumps, [1, 0, 0, 0, 1]);
}

#[test]
fn a_dip_that_is_not_said_does_not_arm() {
    let rule = JumpRule { name: "hot".into(), when: JumpWhen::Crossing { above: 80.0, rearm: 80.0 } };
    let rules = Rules::new(5.0, &[rule]).unwrap();
    let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
    let jumps = [82, 78, 83, 77, 81].map(|score| {
        rules.decide(&mut decisions, score, 0, &mut verdict);
        (verdict.say, verdict.jumps.len())
    });
    // 78 is within the threshold of 82; 77 is not.
    assert_eq!(jumps, [(true, 1), (false, 0), (false, 0), (true, 0), (true, 1)]);
}
