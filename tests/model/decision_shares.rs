//! Shares that are kept tell by what the next explanation differs, to a tenth of a point.

use std::collections::BTreeMap;

use needle::decision::shares::SHARES;
use needle::decision::{Decisions, Rules, Shares, Verdict};
use needle::model::Explanation;
use proptest::prelude::*;

/// Half a tenth, and rounding.
const KEPT_TO: f64 = 0.05 + 1e-9;
const MODEL: u32 = 7;

fn explanation(columns: std::ops::Range<usize>) -> impl Strategy<Value = Explanation> {
    let points = prop_oneof![-0.2f64..0.2, -30.0f64..30.0, Just(3000.0)];
    prop::collection::btree_map(0usize..200, points, columns)
        .prop_map(|shares| Explanation { base: 16.0, contributions: shares.into_iter().collect() })
}

fn kept(explanation: &Explanation) -> Shares {
    let mut shares = Shares::default();
    shares.keep(MODEL, 50.0, explanation);
    shares
}

fn by_column(explanation: &Explanation) -> BTreeMap<usize, f64> {
    explanation.contributions.iter().copied().collect()
}

proptest! {
    #[test]
    fn differences_are_right(then in explanation(0..SHARES), now in explanation(0..150)) {
        let mut difference = Explanation { base: 1.0, contributions: vec![(1, 1.0)] };
        kept(&then).difference(&now, &mut difference);
        prop_assert_eq!(difference.base, 0.0);
        prop_assert!(difference.contributions.is_sorted_by_key(|(column, _)| *column));
        let (then, now, said) = (by_column(&then), by_column(&now), by_column(&difference));
        prop_assert_eq!(said.len(), difference.contributions.len());
        for column in 0..200 {
            let of = |shares: &BTreeMap<usize, f64>| shares.get(&column).copied().unwrap_or(0.0);
            let moved = of(&now) - of(&then);
            prop_assert!((of(&said) - moved).abs() <= 2.0 * KEPT_TO, "{column}: {moved}, said {}", of(&said));
            if said.contains_key(&column) {
                prop_assert!((of(&said) - moved).abs() <= KEPT_TO);
            }
        }
    }

    #[test]
    fn the_strongest_are_kept(now in explanation(SHARES + 1..150)) {
        let mut difference = Explanation::default();
        kept(&now).difference(&Explanation::default(), &mut difference);
        prop_assert!(difference.contributions.len() <= SHARES);
        let kept = by_column(&difference);
        let weakest = kept.values().map(|points| points.abs()).fold(f64::INFINITY, f64::min);
        if kept.len() == SHARES {
            for (column, points) in &now.contributions {
                prop_assert!(kept.contains_key(column) || points.abs() <= weakest + KEPT_TO);
            }
        }
    }

    /// With lows and rules around them.
    #[test]
    fn they_come_back(now in explanation(0..150), scores in prop::collection::vec(0u8..=100, 1..6)) {
        let rules = Rules::new(0.0, &[]).unwrap();
        let mut decisions = Decisions::default();
        for (at, score) in scores.iter().enumerate() {
            rules.decide(&mut decisions, *score, 1000 * at as i64, &mut Verdict::default());
        }
        decisions.shares.keep(MODEL, 61.25, &now);
        let mut bytes = Vec::new();
        decisions.encode(&mut bytes);
        let again = Decisions::decode(&bytes).unwrap();
        prop_assert_eq!(&again, &decisions);
        prop_assert_eq!(again.shares.points(MODEL), Some(61.25));
        prop_assert_eq!(again.shares.points(MODEL + 1), None);
        for end in 1..bytes.len() {
            prop_assert!(Decisions::decode(&bytes[..end]).is_err());
        }
    }
}

#[test]
fn what_is_no_share_is_refused() {
    let mut decisions = Decisions::default();
    Rules::new(0.0, &[]).unwrap().decide(&mut decisions, 38, 5, &mut Verdict::default());
    decisions.shares.keep(MODEL, 61.25, &Explanation { base: 0.0, contributions: vec![(2, 1.5)] });
    let mut bytes = Vec::new();
    decisions.encode(&mut bytes);
    assert_eq!(bytes[..4], [2, 38, 5, 0]);
    assert_eq!(bytes[16..], [1, 2, 30]);
    let nan = [&bytes[..8], &f64::NAN.to_le_bytes(), &bytes[16..]].concat();
    assert!(Decisions::decode(&nan).is_err());
    // More shares than are kept; a column beyond 16 bits; a share of 0, and one beyond 16 bits.
    for shares in [&[17, 2, 30][..], &[1, 0x80, 0x80, 4, 30], &[1, 2, 0], &[1, 2, 0x80, 0x80, 4]] {
        assert!(Decisions::decode(&[&bytes[..16], shares].concat()).is_err(), "{shares:?}");
    }
}
