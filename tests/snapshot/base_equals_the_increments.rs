//! A base holds the very leads of the increments that it was merged from, whatever those are, and in fewer files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::keeper_support::{Loaded, World, leads, rows, save, wanted};
use needle::snapshot::file::Kind;
use needle::snapshot::head::Head;
use needle::snapshot::keeper::Saving;
use proptest::prelude::*;

/// Saves each of the increments on top of the one before.
fn saved(world: &World, increments: &[BTreeMap<String, String>]) -> Arc<Head> {
    let mut head: Option<Arc<Head>> = None;
    for increment in increments {
        let known = head.as_ref().map_or(0, |head| head.number);
        let rows: Vec<_> = increment.iter().map(|(key, facts)| (key.as_str(), facts.as_str())).collect();
        head = Some(world.saved(save(head.clone(), known, 10 + known as i64), &rows));
    }
    head.expect("an increment")
}

fn increments() -> impl Strategy<Value = Vec<BTreeMap<String, String>>> {
    let increment = proptest::collection::btree_map("(a|acme|b)/[a-e]{1,2}", "[a-z]{1,3}", 0..12);
    // More than are merged at once, now and then.
    prop_oneof![3 => proptest::collection::vec(increment.clone(), 8..12), 1 => proptest::collection::vec(increment, 64..70)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn nothing_differs(increments in increments()) {
        let world = World::new();
        let newest = saved(&world, &increments);
        let before = world.loaded(wanted(1000));
        let kept = world.kept();
        let Some(base) = kept.base else {
            // Not worth it: few increments, and none with rows.
            prop_assert!(newest.files.is_empty() || increments.iter().filter(|rows| !rows.is_empty()).count() < 8);
            return Ok(());
        };
        prop_assert_eq!((base.number, kept.trouble), (newest.number + 1, None));
        let after: Loaded = world.loaded(wanted(1000));
        prop_assert_eq!(after.number(), Some(base.number));
        prop_assert_eq!(&after.leads, &before.leads);
        prop_assert_eq!((&base.reach, &base.said), (&newest.reach, &newest.said));
        let tenants: BTreeSet<_> = newest.files.iter().map(|file| &file.tenant).collect();
        prop_assert_eq!(base.files.len(), tenants.len());
        prop_assert_eq!(base.files.iter().map(|file| file.rows).sum::<u64>(), after.leads.len() as u64);
        let entry = world.entry(base.number);
        prop_assert_eq!((entry.kind, entry.leads), (Kind::Base, Some(after.leads.len() as u64)));
        prop_assert_eq!(world.strays(), Vec::<String>::new());
        // Nothing has been saved since.
        prop_assert_eq!(world.kept().base, None);
    }
}

#[test]
fn a_tenant_of_many_leads_has_files_that_ascend_and_the_next_base_is_merged_from_them() {
    let world = World::new();
    let mut head: Option<Arc<Head>> = None;
    let mut all = BTreeMap::new();
    for number in 0..16u32 {
        let known = head.as_ref().map_or(0, |head| head.number);
        let mut handle = world.keeper().0.save(save(head, known, 10 + known as i64));
        // Every second one holds many leads; the small ones change some of them.
        let count = if number == 0 { 150_000 } else { 100 };
        let names: Vec<String> =
            (0..count).map(|lead| format!("acme/{:08x}", (lead + number).wrapping_mul(2_654_435_761))).collect();
        let facts = format!("{number}");
        for chunk in names.chunks(4096) {
            let chunk: Vec<_> = chunk.iter().map(|name| (name.as_str(), facts.as_str())).collect();
            all.extend(leads(&chunk));
            let mut offered = rows(&chunk);
            while let Err(back) = handle.offer(offered) {
                world.clockwork.run();
                offered = back;
            }
        }
        handle.close();
        let (Saving::Done(saved, _), _) = world.end_of_save(&mut handle) else { panic!("not saved") };
        head = Some(saved);
    }
    // Few rows have been written since the first: at 64 increments there is a base all the same.
    for number in 16..64 {
        head = Some(world.saved(save(head.clone(), number, 10 + number as i64), &[("acme/z", "z")]));
        all.extend(leads(&[("acme/z", "z")]));
    }
    let base = world.kept().base.expect("a base");
    let rows: Vec<_> = base.files.iter().map(|file| file.rows).collect();
    assert_eq!(rows, [65_536, 65_536, all.len() as u64 - 2 * 65_536]);
    assert!(world.loaded(wanted(1000)).leads == all);

    head = Some(base);
    for number in 65..129 {
        let known = head.as_ref().map_or(0, |head| head.number);
        let lead = format!("acme/{number}");
        head = Some(world.saved(save(head.clone(), known, 100 + number), &[(&lead, "y"), ("zeta/a", "y")]));
        all.extend(leads(&[(&lead, "y"), ("zeta/a", "y")]));
    }
    let base = world.kept().base.expect("a base");
    assert_eq!(base.files.len(), 4);
    assert!(world.loaded(wanted(1000)).leads == all);
}

#[test]
fn a_tenant_in_which_nothing_has_changed_keeps_its_files() {
    let world = World::new();
    let mut head = world.saved(save(None, 0, 10), &[("quiet/a", "one"), ("busy/a", "one")]);
    for round in 0..2 {
        for _ in 0..8 {
            head = world.saved(save(Some(head.clone()), head.number, 10 + head.number as i64), &[("busy/a", "two")]);
        }
        let base = world.kept().base.expect("a base");
        let quiet = |head: &Head| head.files.iter().find(|file| file.tenant == "quiet").cloned();
        assert_eq!(quiet(&base) == quiet(&head), round > 0);
        head = base;
    }
    assert_eq!(world.loaded(wanted(100)).leads, leads(&[("quiet/a", "one"), ("busy/a", "two")]));
}
