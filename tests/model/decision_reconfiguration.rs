//! Decisions outlive a changed configuration: a rule is known by its name, wherever it stands.

use needle::config::{JumpRule, JumpWhen};
use needle::decision::{Decisions, Rules, Verdict};
use proptest::prelude::*;

fn crossing(name: &str, above: f64) -> JumpRule {
    JumpRule { name: name.into(), when: JumpWhen::Crossing { above, rearm: above - 10.0 } }
}

fn surge(name: &str, rise: f64) -> JumpRule {
    JumpRule { name: name.into(), when: JumpWhen::Surge { rise, within_hours: 24.0, cooldown_hours: 12.0 } }
}

fn decide(rules: &Rules, decisions: &mut Decisions, score: u8, at_ms: i64) -> Vec<String> {
    let mut verdict = Verdict::default();
    rules.decide(decisions, score, at_ms, &mut verdict);
    let mut fired: Vec<_> = verdict.jumps.iter().map(|jump| rules.name(jump.rule).to_owned()).collect();
    fired.sort();
    fired
}

proptest! {
    #[test]
    fn the_order_of_rules_decides_nothing(
        walk in prop::collection::vec((0u8..=100, 0i64..20_000_000, any::<bool>()), 1..60),
    ) {
        let mut jumps = vec![crossing("warm", 50.0), surge("surge", 30.0), crossing("hot", 80.0), surge("leap", 50.0)];
        let one = Rules::new(1.0, &jumps).unwrap();
        jumps.reverse();
        let other = Rules::new(1.0, &jumps).unwrap();
        let (mut steady, mut changing) = (Decisions::default(), Decisions::default());
        let mut now_ms = 0;
        for (score, gap_ms, reversed) in walk {
            now_ms += gap_ms;
            let fired = decide(&one, &mut steady, score, now_ms);
            let same = decide(if reversed { &other } else { &one }, &mut changing, score, now_ms);
            prop_assert_eq!(fired, same);
            prop_assert_eq!(&steady, &changing);
        }
    }
}

#[test]
fn an_unknown_rule_is_forgotten_when_something_is_said() {
    let with = Rules::new(5.0, &[crossing("hot", 80.0)]).unwrap();
    let without = Rules::new(5.0, &[]).unwrap();
    let mut decisions = Decisions::default();
    assert_eq!(decide(&with, &mut decisions, 85, 0), ["hot"]);
    // Silent: still disarmed once the rule is back.
    assert!(decide(&without, &mut decisions, 86, 1).is_empty());
    assert!(decide(&with, &mut decisions, 86, 2).is_empty());
    // Said: forgotten, so the rule is armed like a new one.
    assert!(decide(&without, &mut decisions, 95, 3).is_empty());
    assert_eq!(decide(&with, &mut decisions, 95, 4), ["hot"]);
}

#[test]
fn a_rule_that_became_another_kind_starts_anew() {
    let before = Rules::new(1.0, &[crossing("jump", 50.0)]).unwrap();
    let after = Rules::new(1.0, &[surge("jump", 30.0)]).unwrap();
    let mut decisions = Decisions::default();
    assert_eq!(decide(&before, &mut decisions, 60, 0), ["jump"]);
    assert_eq!(decide(&after, &mut decisions, 90, 1), ["jump"]);
    assert_eq!(decide(&before, &mut decisions, 91, 2), ["jump"]);
}

#[test]
fn names_with_one_hash_are_refused() {
    let twice = [crossing("hot", 80.0), surge("hot", 30.0)];
    assert_eq!(
        Rules::new(1.0, &twice).unwrap_err().to_string(),
        r#"jumps "hot" and "hot" cannot be told apart once they are stored: rename one of them"#
    );
}
