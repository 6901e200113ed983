//! A look at what has not changed costs a listing and a small object a tenant; a store that fails changes nothing.

use crate::registry_support::shelf::{Fate, Op};
use crate::registry_support::*;

/// Paths that the last calls have asked for.
fn since(calls: &shelf::Shelf, mark: usize) -> Vec<String> {
    calls.calls()[mark..].iter().map(|call| call.path.clone()).collect()
}

#[test]
fn what_is_served_is_not_read_again() {
    let world = World::new();
    world.publish("default", "v1");
    world.publish("acme", "w1");
    let (mut registry, calls) = world.registry();
    assert!(look(&mut registry).changed);
    let mark = calls.calls().len();
    assert!(!look(&mut registry).changed);
    assert_eq!(since(&calls, mark), ["", "acme/CURRENT", "default/CURRENT"]);
}

#[test]
fn what_is_refused_is_not_read_again_until_it_changes() {
    let world = World::new();
    world.publish("default", "v1");
    let (mut registry, calls) = world.registry();
    look(&mut registry);
    let manifest = world.get("default/v1/manifest.json").expect("a manifest").replace("\"v1\"", "\"v2\"");
    world.put("default/v2/manifest.json", manifest);
    world.put("default/v2/model.txt", "tree\nversion=v9\n");
    world.put("default/CURRENT", "v2");
    let mark = calls.calls().len();
    assert!(!look(&mut registry).changed);
    // Three looks at what is there, and then two files.
    let files = ["manifest.json", "model.txt", "weights.json", "manifest.json", "model.txt"];
    let paths: Vec<_> = files.iter().map(|file| format!("default/v2/{file}")).collect();
    assert_eq!(since(&calls, mark)[2..], paths);
    let mark = calls.calls().len();
    assert!(!look(&mut registry).changed);
    assert_eq!(since(&calls, mark)[2..], paths[..3]);
    world.put("default/v2/model.txt", usual(0.0));
    assert!(look(&mut registry).changed);
    assert_eq!(version(&registry, "default"), "v2");
}

#[test]
fn a_store_that_fails_changes_nothing() {
    for failing in ["", "acme/CURRENT", "acme/w2/manifest.json", "acme/w2/model.txt"] {
        let world = World::new();
        world.publish("default", "v1");
        world.publish("acme", "w1");
        let (mut registry, calls) = world.registry();
        look(&mut registry);
        world.publish("acme", "w2");
        let fails = move |call: &shelf::Call| if call.path == failing { Fate::Refused } else { Fate::Done };
        calls.judge(fails);
        let mut told = Told::default();
        for _ in 0..2 {
            let looked = now(registry.look(&mut told));
            assert!(!looked.changed && looked.trouble.is_some(), "{failing}: {looked:?}");
        }
        assert_eq!((version(&registry, "acme").as_str(), told.complete.as_slice()), ("w1", &[false, false][..]));
        assert!(told.refused.is_empty(), "it is not the model's fault");
        calls.judge(|_| Fate::Done);
        assert!(look(&mut registry).changed);
        assert_eq!(version(&registry, "acme"), "w2");
    }
}

/// At the start nothing is known: whoever begins has to wait until all could be read.
#[test]
fn a_first_look_that_fails_says_so() {
    let world = World::new();
    world.publish("default", "v1");
    let (mut registry, calls) = world.registry();
    calls.judge(|call| if call.op == Op::Get { Fate::Refused } else { Fate::Done });
    assert!(look(&mut registry).trouble.is_some_and(|trouble| trouble.contains("default")));
    calls.judge(|_| Fate::Done);
    assert_eq!(look(&mut registry).trouble, None);
    assert_eq!(version(&registry, "anybody"), "v1");
    let (mut empty, _) = World::new().registry();
    let looked = look(&mut empty);
    assert_eq!((looked.changed, looked.trouble, version(&empty, "anybody").as_str()), (false, None, "day-0"));
}
