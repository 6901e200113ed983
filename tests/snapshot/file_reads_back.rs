//! What is written is read: keys, facts, decisions and origins come back byte for byte, in order.

use std::sync::LazyLock;

use crate::snapshot_support::{LISTS, Owned, Side, about, leads, read, rows};
use needle::lead::leads::Origin;
use needle::snapshot::file::{ROW_GROUP_ROWS, WriteError};
use proptest::prelude::*;

static SIDE: LazyLock<Side> = LazyLock::new(|| Side::new(LISTS));

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn rows_come_back(leads in leads(0..20, 160), tenant in "[a-z0-9-]{1,12}") {
        let written: Vec<Owned> = leads.iter().map(|(name, plain)| plain.row(&tenant, name)).collect();
        let file = SIDE.encode(&about(), &tenant, &rows(&written)).expect("a file");
        prop_assert_eq!(read(&SIDE.codec, file).expect("readable"), written);
    }
}

/// Rows that differ in key, origin and decisions.
fn many(count: usize) -> Vec<Owned> {
    let facts = crate::lead_support::bytes(&crate::lead_support::fold(&[]));
    let row = |n: usize| Owned {
        key: format!("acme/{n:08}"),
        facts: facts.clone(),
        decisions: if n.is_multiple_of(3) { vec![] } else { vec![1, (n % 100) as u8, 0, 0] },
        origin: Origin { topic: (n % 2) as u16, offset: n as i64 * 7 },
    };
    (0..count).map(row).collect()
}

#[test]
fn across_batches_and_row_groups() {
    for count in [1023, 1024, 1025, ROW_GROUP_ROWS + 1, 2 * ROW_GROUP_ROWS] {
        let written = many(count);
        let file = SIDE.encode(&about(), "acme", &rows(&written)).expect("a file");
        let mut opened = SIDE.codec.open(file).expect("readable");
        assert_eq!(opened.rows(), count as u64);
        let (mut found, mut at_once) = (Vec::new(), Vec::new());
        loop {
            let before = found.len();
            if !opened.read(&mut |row| found.push(Owned::from(row))).expect("readable") {
                break;
            }
            at_once.push(found.len() - before);
        }
        assert!(at_once.iter().all(|rows| (1..=4096).contains(rows)), "{at_once:?}");
        assert!(found == written, "{count} rows are others now");
    }
}

#[test]
fn rows_that_are_no_file() {
    let encode = |tenant: &str, written: &[Owned]| SIDE.encode(&about(), tenant, &rows(written));
    let good = many(3);
    assert!(encode("acme", &good).is_ok());
    assert!(matches!(encode("acm", &good), Err(WriteError::Key { row: 0 })));
    assert!(matches!(encode("acme", &[good[1].clone(), good[0].clone()]), Err(WriteError::OutOfOrder { row: 1 })));
    assert!(matches!(encode("acme", &[good[1].clone(), good[1].clone()]), Err(WriteError::OutOfOrder { row: 1 })));
    let foreign = Owned { origin: Origin { topic: 2, offset: 0 }, ..good[0].clone() };
    assert!(matches!(encode("acme", &[foreign]), Err(WriteError::Topic { row: 0, topic: 2 })));
    let broken = Owned { facts: vec![1, 0, 0], ..good[0].clone() };
    assert!(matches!(encode("acme", &[broken]), Err(WriteError::Facts { row: 0, .. })));
}
