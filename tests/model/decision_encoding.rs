//! The stored form of decisions: golden bytes, canonical, small, and safe against any bytes.

use needle::config::{JumpRule, JumpWhen};
use needle::decision::encoding::VERSION;
use needle::decision::{Decisions, DecodeError, Rules, Verdict};
use needle::model::Explanation;
use proptest::prelude::*;

const GOLDEN: &str = include_str!("../golden/decisions.txt");
const GOLDEN_2: &str = include_str!("../golden/decisions_2.txt");
const START_MS: i64 = 1_763_716_443_120;
const HOUR_MS: i64 = 3_600_000;

fn rules() -> Rules {
    let hot = JumpRule { name: "hot".into(), when: JumpWhen::Crossing { above: 80.0, rearm: 70.0 } };
    let when = JumpWhen::Surge { rise: 30.0, within_hours: 24.0, cooldown_hours: 24.0 };
    Rules::new(1.0, &[hot, JumpRule { name: "surge".into(), when }]).unwrap()
}

/// Decisions after these scores, each said so many ms after [`START_MS`].
fn after(walk: &[(u8, i64)]) -> Decisions {
    let (mut decisions, mut verdict) = (Decisions::default(), Verdict::default());
    for (score, at_ms) in walk {
        rules().decide(&mut decisions, *score, START_MS + at_ms, &mut verdict);
    }
    decisions
}

fn bytes(decisions: &Decisions) -> Vec<u8> {
    let mut bytes = Vec::new();
    decisions.encode(&mut bytes);
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn golden_bytes() {
    let slow: Vec<_> = (0..12).map(|n| (3 * n, i64::from(n) * HOUR_MS)).collect();
    let cases: [(&str, &[(u8, i64)]); 8] = [
        ("nothing", &[]),
        ("said", &[(38, 0)]),
        ("low", &[(38, 0), (31, 60_000), (45, HOUR_MS)]),
        ("low that ended long ago", &[(31, 0), (60, 60_000), (45, HOUR_MS)]),
        ("low out of the window", &[(38, 0), (45, 1), (50, 24 * HOUR_MS + 1)]),
        ("crossing", &[(85, 0)]),
        ("both", &[(40, 0), (60, 1), (85, 2 * HOUR_MS), (88, 3 * HOUR_MS)]),
        ("many lows", &slow),
    ];
    let written: String = cases.iter().map(|(name, walk)| format!("{name}: {}\n", hex(&bytes(&after(walk))))).collect();
    assert_eq!(written, GOLDEN);
    for (_, walk) in cases {
        let decisions = after(walk);
        assert_eq!(Decisions::decode(&bytes(&decisions)), Ok(decisions));
    }
}

/// With shares: none, a few at both ends, more than are kept.
#[test]
fn golden_bytes_of_version_2() {
    let many: Vec<(usize, f64)> = (0..20).map(|n| (3 * n, n as f64 / 4.0 - 2.05)).collect();
    let cases: [(&str, &[(usize, f64)]); 3] =
        [("no shares", &[]), ("a few", &[(0, -12.34), (1, 0.1), (700, 55.5)]), ("many", &many)];
    let with_shares = |contributions: &[(usize, f64)]| {
        let mut decisions = after(&[(40, 0), (60, 1), (85, 2 * HOUR_MS)]);
        let explanation = Explanation { base: 1.5, contributions: contributions.to_vec() };
        decisions.shares.keep(0x0102_0304, 85.25, &explanation);
        decisions
    };
    let line = |(name, shares): &(&str, &[(usize, f64)])| format!("{name}: {}\n", hex(&bytes(&with_shares(shares))));
    let written: String = cases.iter().map(line).collect();
    assert_eq!(
        VERSION, 2,
        "what version 2 has written must stay readable: keep its file and its decoder, and add another"
    );
    assert_eq!(written, GOLDEN_2);
    for (line, (name, shares)) in GOLDEN_2.lines().zip(cases) {
        let hex = line.strip_prefix(name).and_then(|line| line.strip_prefix(": ")).expect("a line of its name");
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits");
        let stored: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
        assert_eq!(stored[0], 2);
        assert_eq!(Decisions::decode(&stored), Ok(with_shares(shares)), "{name}");
    }
}

#[test]
fn most_leads_cost_little() {
    assert!(bytes(&Decisions::default()).is_empty());
    assert!(after(&[]).is_default());
    let said = after(&[(38, 0)]);
    assert!(!said.is_default());
    assert!(bytes(&said).len() <= 12);
}

#[test]
fn what_is_not_decisions_is_refused() {
    let good = bytes(&after(&[(40, 0), (60, 1), (85, 2 * HOUR_MS), (88, 3 * HOUR_MS)]));
    for end in 1..good.len() {
        // Every prefix ends early, but for those that end between two rules.
        let cut = Decisions::decode(&good[..end]);
        assert!(cut == Err(DecodeError::Truncated) || cut.is_ok_and(|cut| bytes(&cut) == good[..end]));
    }
    assert_eq!(Decisions::decode(&[3, 38, 0]), Err(DecodeError::Version(3)));
    assert_eq!(Decisions::decode(&[0, 38, 0]), Err(DecodeError::Version(0)));
    let malformed: [(&[u8], &str); 8] = [
        (&[1, 38, 0x80, 0, 0], "a number"),
        (&[1, 38, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0], "a number"),
        (&[1, 38, 5, 9], "the number of lows"),
        (&[1, 38, 5, 1, 0, 0, 0], "the score of a low"),
        (&[1, 38, 5, 1, 39, 0, 0], "the score of a low"),
        (&[1, 38, 5, 1, 1, 6, 0], "an instant"),
        (&[1, 38, 5, 1, 1, 2, 4], "an instant"),
        (&[1, 38, 5, 0, 7, 0, 0, 0, 0, 7, 0, 0, 0, 0], "the order of rules"),
    ];
    for (bytes, what) in malformed {
        assert_eq!(Decisions::decode(bytes), Err(DecodeError::Malformed(what)));
    }
    assert_eq!(Decisions::decode(&[1, 38, 5, 0, 7, 0, 0, 0, 2, 0]), Err(DecodeError::Malformed("the state of a rule")));
}

/// Bytes that get past the version more often than chance would.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let small = prop::collection::vec(prop_oneof![0u8..10, any::<u8>()], 0..60);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..100),
        small.prop_map(|tail| [&[1, 90, 0xf0, 0x7f][..], &tail].concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn only_what_is_written_can_be_read(bytes in any_bytes()) {
        let mut decisions = after(&[(85, 0)]);
        match decisions.decode_into(&bytes) {
            Ok(()) => {
                let mut again = Vec::new();
                decisions.encode(&mut again);
                prop_assert_eq!(again, bytes);
            }
            Err(_) => prop_assert!(decisions.is_default()),
        }
    }

    #[test]
    fn any_walk_comes_back(walk in prop::collection::vec((0u8..=100, prop_oneof![Just(0), 0i64..20_000_000]), 0..60)) {
        let mut at_ms = 0;
        let walk: Vec<_> = walk.into_iter().map(|(score, gap_ms)| { at_ms += gap_ms; (score, at_ms) }).collect();
        let decisions = after(&walk);
        prop_assert_eq!(Decisions::decode(&bytes(&decisions)), Ok(decisions));
    }
}
