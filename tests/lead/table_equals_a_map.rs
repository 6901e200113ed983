//! The table of leads is a map: put, get, remove and iterate as `HashMap` does, with values that grow and shrink across block sizes and pages.

use std::collections::HashMap;

use needle::lead::arena::Arena;
use needle::lead::leads::{Kept, Leads, Origin};
use proptest::prelude::*;

type Owned = (Vec<u8>, Vec<u8>, u32);

fn size() -> impl Strategy<Value = usize> {
    prop_oneof![
        6 => 0..600usize,
        2 => (0..40usize).prop_map(|units| units * 16),
        1 => 0..40_000usize,
        1 => 300_000..1_000_000usize,
    ]
}

#[derive(Clone, Debug)]
enum Call {
    Put { key: u8, facts: usize, decisions: usize, fill: u8, mark: u32 },
    Get { key: u8 },
    Remove { key: u8 },
}

fn call() -> impl Strategy<Value = Call> {
    let key = || prop_oneof![0..8u8, any::<u8>()];
    prop_oneof![
        6 => (key(), size(), 0..200usize, any::<u8>(), any::<u32>())
            .prop_map(|(key, facts, decisions, fill, mark)| Call::Put { key, facts, decisions, fill, mark }),
        2 => key().prop_map(|key| Call::Get { key }),
        2 => key().prop_map(|key| Call::Remove { key }),
    ]
}

/// A key of its own length.
fn key_bytes(key: u8) -> Vec<u8> {
    format!("default/{}{key}", "x".repeat(usize::from(key) % 40)).into_bytes()
}

/// Any that depends on the mark, in its whole range.
fn origin(mark: u32) -> Origin {
    Origin { topic: mark as u16, offset: i64::from(mark) << 16 }
}

fn agree(leads: &Leads, model: &HashMap<Vec<u8>, Owned>, key: &[u8]) -> Result<(), TestCaseError> {
    let kept = leads.get(Leads::hash(key), key).map(|kept| (kept.key, kept.facts, kept.decisions, kept.mark));
    let expected =
        model.get_key_value(key).map(|(key, (facts, decisions, mark))| (&key[..], &facts[..], &decisions[..], *mark));
    let origins = leads.get(Leads::hash(key), key).is_none_or(|kept| kept.origin == origin(kept.mark));
    prop_assert!(origins && kept == expected, "{:?}", String::from_utf8_lossy(key));
    Ok(())
}

fn block(key: &[u8], (facts, decisions, _): &Owned) -> usize {
    Arena::block_bytes(20 + key.len() + facts.len() + decisions.len())
}

proptest! {
    #[test]
    fn table_equals_a_map(calls in proptest::collection::vec(call(), 1..200)) {
        let (mut leads, mut model) = (Leads::default(), HashMap::new());
        for call in calls {
            let key = match call {
                Call::Put { key, facts, decisions, fill, mark } => {
                    let key = key_bytes(key);
                    let lead = (vec![fill; facts], vec![!fill; decisions], mark);
                    let kept = Kept { key: &key, facts: &lead.0, decisions: &lead.1, origin: origin(mark), mark };
                    prop_assert!(leads.put(Leads::hash(&key), kept).is_ok());
                    model.insert(key.clone(), lead);
                    key
                }
                Call::Get { key } => key_bytes(key),
                Call::Remove { key } => {
                    let key = key_bytes(key);
                    leads.remove(Leads::hash(&key), &key);
                    model.remove(&key);
                    key
                }
            };
            agree(&leads, &model, &key)?;
            prop_assert_eq!(leads.len(), model.len());
            prop_assert_eq!(leads.is_empty(), model.is_empty());
            let blocks: usize = model.iter().map(|(key, lead)| block(key, lead)).sum();
            prop_assert!(leads.state_bytes() >= blocks && leads.state_bytes() <= blocks + 16 * 512);
            prop_assert!(leads.state_bytes() <= leads.resident_bytes());
        }
        for key in 0..=u8::MAX {
            agree(&leads, &model, &key_bytes(key))?;
        }
        let mut all: Vec<_> = leads.iter().map(|kept| kept.key.to_vec()).collect();
        all.sort();
        let mut expected: Vec<_> = model.into_keys().collect();
        expected.sort();
        prop_assert_eq!(all, expected);
    }
}

/// A lead that is larger than a page is refused; the one that was there stays.
#[test]
fn what_has_no_room_changes_nothing() {
    let (mut leads, hash) = (Leads::default(), Leads::hash(b"default/a"));
    let kept = |facts| Kept { key: b"default/a", facts, decisions: b"d", origin: Origin::default(), mark: 1 };
    let large = vec![1; 2 << 20];
    assert!(leads.put(hash, kept(&large)).is_err());
    assert!(leads.is_empty() && leads.get(hash, b"default/a").is_none());
    assert!(leads.put(hash, kept(b"small")).is_ok());
    let before = leads.state_bytes();
    assert!(leads.put(hash, kept(&large)).is_err());
    assert_eq!(leads.get(hash, b"default/a"), Some(kept(b"small")));
    assert_eq!(leads.state_bytes(), before);
    assert!(leads.put(hash, kept(&large[..(2 << 20) - 30])).is_ok());
    assert_eq!(leads.get(hash, b"default/a").map(|kept| kept.facts.len()), Some((2 << 20) - 30));
}
