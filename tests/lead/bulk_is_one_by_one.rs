//! Leads that come many at once are those that come one by one: in order or not, once or several times.

use needle::lead::leads::bulk::Bulk;
use needle::lead::leads::{Kept, Leads, Origin};
use proptest::prelude::*;

/// A key, and how long its facts are.
type Row = (u32, u8);

fn kept<'a>(key: &'a str, (number, len): Row, facts: &'a [u8]) -> Kept<'a> {
    let origin = Origin { topic: 0, offset: i64::from(number) + i64::from(len) };
    Kept {
        key: key.as_bytes(),
        facts: &facts[..usize::from(len)],
        decisions: &facts[..usize::from(len % 7)],
        origin,
        mark: 0,
    }
}

/// Runs of ascending keys, some of which come again.
fn runs() -> impl Strategy<Value = Vec<Vec<Row>>> {
    let run = proptest::collection::btree_map(0u32..3000, 0u8..200, 0..800);
    proptest::collection::vec(run.prop_map(|run| run.into_iter().collect()), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_comes(runs in runs(), room in 0usize..1000) {
        let facts = [7; 256];
        let (mut bulk, mut one_by_one) = (Bulk::with_room(room), Leads::default());
        for row in runs.into_iter().flatten() {
            let key = format!("acme/{:05}", row.0);
            let kept = kept(&key, row, &facts);
            bulk.put(kept).expect("room");
            one_by_one.put(Leads::hash(kept.key), kept).expect("room");
        }
        let bulk = bulk.into_leads();
        prop_assert_eq!((bulk.len(), bulk.iter().count()), (one_by_one.len(), one_by_one.len()));
        for kept in one_by_one.iter() {
            prop_assert_eq!(bulk.get(Leads::hash(kept.key), kept.key), Some(kept));
        }
    }
}

/// More than one page of the arena, more than one part of the index, and more than wait for the index at once; all of them again and again.
#[test]
fn many() {
    let keys: Vec<String> = (0..40_000).map(|n| format!("acme/{n:05}")).collect();
    let (mut bulk, mut one_by_one) = (Bulk::with_room(keys.len()), Leads::with_room(keys.len()));
    for len in [96, 97, 98, 99] {
        for (key, n) in keys.iter().zip(0..) {
            let kept = kept(key, (n, len), &[3; 256]);
            bulk.put(kept).expect("room");
            one_by_one.put(Leads::hash(kept.key), kept).expect("room");
        }
    }
    let leads = bulk.into_leads();
    assert_eq!((leads.len(), leads.state_bytes()), (keys.len(), one_by_one.state_bytes()));
    // What came before gave its room up.
    assert!(leads.resident_bytes() * 4 <= one_by_one.resident_bytes() * 5, "{} bytes", leads.resident_bytes());
    for (key, n) in keys.iter().zip(0..) {
        assert_eq!(leads.get(Leads::hash(key.as_bytes()), key.as_bytes()), Some(kept(key, (n, 99), &[3; 256])));
    }
}
