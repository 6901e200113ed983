//! A surge is said when the score rose enough within the window, and one climb is said once.

use needle::config::{JumpRule, JumpWhen};
use needle::decision::{Decisions, Rules, Verdict};
use proptest::prelude::*;

const HOUR_MS: i64 = 3_600_000;

/// One surge rule, in points and milliseconds.
#[derive(Clone, Copy, Debug)]
struct Surge {
    rise: u8,
    window_ms: i64,
    cooldown_ms: i64,
}

impl Surge {
    fn rule(self, name: &str) -> JumpRule {
        let hours = |ms: i64| ms as f64 / HOUR_MS as f64;
        let (within_hours, cooldown_hours) = (hours(self.window_ms), hours(self.cooldown_ms));
        JumpRule { name: name.into(), when: JumpWhen::Surge { rise: self.rise.into(), within_hours, cooldown_hours } }
    }

    /// Whether the score said at a place is in force after the window's start: it is until the next one is said.
    fn in_force(self, said: &[(u8, i64)], place: usize, now_ms: i64) -> bool {
        said.get(place + 1).is_none_or(|next| now_ms - next.1 < self.window_ms)
    }

    /// The rule read off all that was said (score, instant, oldest first) and the place of its own last jump in that.
    fn low(self, said: &[(u8, i64)], jumped: Option<usize>, score: u8, now_ms: i64) -> Option<(u8, i64)> {
        if jumped.is_some_and(|place| now_ms - said[place].1 < self.cooldown_ms) {
            return None;
        }
        let measured = (jumped.unwrap_or(0)..said.len()).filter(|&place| self.in_force(said, place, now_ms));
        let low = measured.map(|place| said[place]).min_by_key(|&(score, at_ms)| (score, std::cmp::Reverse(at_ms)))?;
        (score >= low.0 && score - low.0 >= self.rise).then_some(low)
    }
}

fn surge() -> impl Strategy<Value = Surge> {
    let span = || prop_oneof![Just(0), Just(24 * HOUR_MS), 0..48 * HOUR_MS];
    (1u8..60, span(), span()).prop_map(|(rise, window_ms, cooldown_ms)| Surge { rise, window_ms, cooldown_ms })
}

fn gap_ms() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), 0..HOUR_MS, 0..12 * HOUR_MS, Just(24 * HOUR_MS), 0..100 * HOUR_MS]
}

proptest! {
    /// Nine different scores never make more than eight lows below one of them: here the low is exact.
    #[test]
    fn surges_are_those_of_the_whole_history(
        surges in prop::collection::vec(surge(), 1..4),
        threshold in prop_oneof![Just(0.0), Just(1.0), Just(20.0)],
        walk in prop::collection::vec((0u8..9, gap_ms()), 1..100),
    ) {
        let names = ["one", "two", "three"];
        let jumps: Vec<_> = surges.iter().zip(names).map(|(surge, name)| surge.rule(name)).collect();
        let rules = Rules::new(threshold, &jumps).unwrap();
        let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
        let mut said: Vec<(u8, i64)> = Vec::new();
        let mut jumped = vec![None; surges.len()];
        let mut now_ms = 0;
        for (step, gap_ms) in walk {
            let score = step * 12;
            now_ms += gap_ms;
            let expected = surges.iter().enumerate();
            let expected: Vec<_> = expected
                .filter_map(|(rule, surge)| Some((rule, surge.low(&said, jumped[rule], score, now_ms)?)))
                .collect();
            rules.decide(&mut decisions, score, now_ms, &mut verdict);
            let fired: Vec<_> = verdict.jumps.iter().map(|jump| (jump.rule, jump.from.unwrap())).collect();
            prop_assert_eq!(fired, expected);
            for jump in &verdict.jumps {
                jumped[jump.rule] = Some(said.len());
            }
            if verdict.say {
                said.push((score, now_ms));
            }
        }
    }

    /// With any scores a low may be passed over for one a little higher, so a surge may be missed; but none is invented.
    #[test]
    fn no_surge_is_invented(
        surge in surge(),
        walk in prop::collection::vec((0u8..=100, gap_ms()), 1..150),
    ) {
        let rules = Rules::new(0.0, &[surge.rule("surge")]).unwrap();
        let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
        let mut said: Vec<(u8, i64)> = Vec::new();
        let mut jumped = None;
        let mut now_ms = 0;
        for (score, gap_ms) in walk {
            now_ms += gap_ms;
            let exact = surge.low(&said, jumped, score, now_ms);
            rules.decide(&mut decisions, score, now_ms, &mut verdict);
            if let Some(jump) = verdict.jumps.first() {
                let from = jump.from.unwrap();
                prop_assert!(exact.is_some_and(|exact| exact.0 <= from.0));
                let mut places = jumped.unwrap_or(0)..said.len();
                prop_assert!(places.any(|place| said[place] == from && surge.in_force(&said, place, now_ms)));
                prop_assert!(score - from.0 >= surge.rise);
                jumped = Some(said.len());
            }
            said.push((score, now_ms));
        }
    }
}

fn fired(rules: &Rules, walk: &[(u8, i64)]) -> Vec<Option<(u8, i64)>> {
    let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
    let step = |&(score, at_ms): &(u8, i64)| {
        rules.decide(&mut decisions, score, at_ms, &mut verdict);
        verdict.jumps.first().map(|jump| jump.from.unwrap())
    };
    walk.iter().map(step).collect()
}

#[test]
fn a_score_said_before_the_window_is_in_force_until_the_next() {
    let surge = Surge { rise: 30, window_ms: 24 * HOUR_MS, cooldown_ms: 24 * HOUR_MS };
    let rules = Rules::new(1.0, &[surge.rule("surge")]).unwrap();
    assert_eq!(fired(&rules, &[(30, 0), (90, 72 * HOUR_MS)]), [None, Some((30, 0))]);
    // Also when it takes several steps: 30 was in force until twelve hours ago.
    let walk = [(30, 0), (50, 60 * HOUR_MS), (90, 72 * HOUR_MS)];
    assert_eq!(fired(&rules, &walk), [None, None, Some((30, 0))]);
}

#[test]
fn one_climb_is_said_once_though_the_cool_down_ends_within_the_window() {
    let surge = Surge { rise: 30, window_ms: 24, cooldown_ms: 1 };
    let rules = Rules::new(1.0, &[surge.rule("surge")]).unwrap();
    // From 10 to 45 is a surge; up to 74 is the same climb; 75 is 30 above the 45 that was announced.
    let walk = [(10, 0), (45, 1), (60, 3), (74, 4), (75, 5), (80, 7)];
    assert_eq!(fired(&rules, &walk), [None, Some((10, 0)), None, None, Some((45, 1)), None]);
}

#[test]
fn the_window_and_the_cool_down_end_on_time() {
    let surge = Surge { rise: 30, window_ms: 24, cooldown_ms: 24 };
    let rules = Rules::new(1.0, &[surge.rule("surge")]).unwrap();
    // A low counts that ended less than a window ago, not one that ended exactly a window ago.
    assert_eq!(fired(&rules, &[(10, 0), (15, 5), (44, 28)]), [None, None, Some((10, 0))]);
    assert_eq!(fired(&rules, &[(10, 0), (15, 5), (44, 29)]), [None, None, None]);
    // The cool-down is over after exactly its length.
    let walk = [(10, 0), (40, 1), (5, 2), (50, 24), (51, 25)];
    assert_eq!(fired(&rules, &walk), [None, Some((10, 0)), None, None, Some((5, 2))]);
}
