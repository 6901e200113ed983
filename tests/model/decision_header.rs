//! The decisions that the last said score carries are all that is needed to go on.

use needle::config::{JumpRule, JumpWhen};
use needle::decision::{Decisions, Rules, Verdict};
use proptest::prelude::*;

fn when() -> impl Strategy<Value = JumpWhen> {
    let crossing = (1.0f64..100.0, 0.1f64..=1.0).prop_map(|(above, share)| {
        let rearm = above * share;
        JumpWhen::Crossing { above, rearm }
    });
    let surge = (1.0f64..60.0, 0.0f64..72.0, 0.0f64..72.0);
    let surge =
        surge.prop_map(|(rise, within_hours, cooldown_hours)| JumpWhen::Surge { rise, within_hours, cooldown_hours });
    prop_oneof![crossing, surge]
}

fn rules() -> impl Strategy<Value = Rules> {
    (prop::collection::vec(when(), 0..5), 0.0f64..12.0).prop_map(|(whens, threshold)| {
        let jumps = whens.into_iter().enumerate().map(|(n, when)| JumpRule { name: format!("rule {n}"), when });
        Rules::new(threshold, &jumps.collect::<Vec<_>>()).unwrap()
    })
}

proptest! {
    #[test]
    fn the_last_header_is_enough(
        rules in rules(),
        walk in prop::collection::vec((0u8..=100, prop_oneof![Just(0i64), 0i64..40_000_000, 0i64..800_000_000]), 1..80),
    ) {
        let mut running = Decisions::default();
        let mut restored = Decisions::default();
        let (mut verdict, mut again) = (Verdict::default(), Verdict::default());
        let mut header = Vec::new();
        let mut now_ms = 1_700_000_000_000;
        for (score, gap_ms) in walk {
            now_ms += gap_ms;
            restored.decode_into(&header).unwrap();
            prop_assert_eq!(&restored, &running);
            rules.decide(&mut running, score, now_ms, &mut verdict);
            rules.decide(&mut restored, score, now_ms, &mut again);
            prop_assert_eq!(&again, &verdict);
            if verdict.say {
                header.clear();
                running.encode(&mut header);
            }
        }
    }
}
