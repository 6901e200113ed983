//! Whatever fails while a model is published, nobody is asked to serve half of it; what is there is never overwritten; and what a
//! service would refuse is not published.

use std::sync::Arc;

use crate::registry_support::bundle_support::{SmallTree, text};
use crate::registry_support::shelf::{Fate, Op};
use crate::registry_support::*;
use needle::model::scale::Calibration;
use needle::registry::{Draft, PublishError};

#[test]
fn at_every_call() {
    let mut failed = 0;
    for fate in [Fate::Refused, Fate::ReplyLost] {
        for at in 0.. {
            let world = World::new();
            world.publish("default", "v1");
            let (_, calls) = world.registry();
            let mut number = 0;
            calls.judge(move |_| {
                number += 1;
                if number == at + 1 { fate } else { Fate::Done }
            });
            let published =
                now(world.on(Arc::new(calls.clone())).publish(&draft("default", "v2", usual(0.5)), NOW_MS + 1));
            let (mut registry, _) = world.registry();
            assert_eq!(look(&mut registry).trouble, None);
            assert!(reasons(&registry).is_empty(), "call {at}: {:?}", reasons(&registry));
            match published {
                // A lost answer may have been that of a put that was done.
                Ok(_) => assert_eq!(version(&registry, "default"), "v2"),
                Err(_) => assert!(["v1", "v2"].contains(&version(&registry, "default").as_str())),
            }
            failed += 1;
            if calls.calls().len() <= at {
                break;
            }
        }
    }
    assert!(failed > 10, "{failed} runs");
}

#[test]
fn the_version_first_and_current_last() {
    let world = World::new();
    let (_, calls) = world.registry();
    now(world.on(Arc::new(calls.clone())).publish(&draft("default", "v1", usual(0.0)), NOW_MS)).expect("published");
    let written = calls.calls().into_iter().filter(|call| call.op != Op::Get).map(|call| (call.op, call.path));
    let written: Vec<_> = written.collect();
    let path = |path: &str| path.to_owned();
    assert_eq!(
        written,
        [
            (Op::Create, path("default/v1/model.txt")),
            (Op::Create, path("default/v1/manifest.json")),
            (Op::Put, path("default/CURRENT")),
        ]
    );
}

#[test]
fn a_version_is_written_once() {
    let world = World::new();
    world.publish("default", "v1");
    let before = world.get("default/v1/model.txt");
    let again = now(world.on(world.memory.clone()).publish(&draft("default", "v1", usual(0.5)), NOW_MS));
    assert!(matches!(again, Err(PublishError::Taken(ref version)) if version == "v1"), "{again:?}");
    assert_eq!(world.get("default/v1/model.txt"), before);
}

#[test]
fn it_is_named_by_time_and_content() {
    let world = World::new();
    let name = |text: String| {
        let draft = Draft { version: None, ..draft("default", "", text) };
        let published = now(world.on(world.memory.clone()).publish(&draft, NOW_MS)).expect("published");
        published.manifest.version
    };
    let (one, other) = (name(usual(0.0)), name(usual(0.25)));
    for name in [&one, &other] {
        let digits = name.strip_prefix("2026-11-20T06-00-00Z-").expect("the time");
        assert!(digits.len() == 4 && u16::from_str_radix(digits, 16).is_ok(), "{name}");
    }
    assert_ne!(one, other);
}

/// Scores keep their meaning from one model to the next.
#[test]
fn the_anchor_stays_unless_it_is_said() {
    let world = World::new();
    let publish = |tenant: &str, version: &str, anchor_probability| {
        let draft = Draft { anchor_probability, ..draft(tenant, version, usual(0.0)) };
        let published = now(world.on(world.memory.clone()).publish(&draft, NOW_MS)).expect("published");
        published.manifest.anchor_probability
    };
    assert_eq!(publish("default", "v1", None), 0.01);
    assert_eq!(publish("default", "v2", Some(0.03)), 0.03);
    assert_eq!(publish("default", "v3", None), 0.03);
    // It was served by default's until now.
    assert_eq!(publish("acme", "w1", None), 0.03);
    assert_eq!(publish("acme", "w2", Some(0.2)), 0.2);
    assert_eq!((publish("acme", "w3", None), publish("default", "v4", None)), (0.2, 0.03));
    let configured = World { ground: ground("[scoring]\nanchor_probability = 0.07"), ..World::new() };
    let draft = draft("default", "v1", usual(0.0));
    let published = now(configured.on(configured.memory.clone()).publish(&draft, NOW_MS)).expect("published");
    assert_eq!(published.manifest.anchor_probability, 0.07);
}

#[test]
fn what_would_be_refused_is_not_published() {
    let world = World::new();
    world.publish("default", "v1");
    let tree = || SmallTree { splits: [(0, 0.5), (0, 1.5)], values: [0.0, 0.1, 0.2] };
    let why = |draft: &Draft| {
        let error = now(world.on(world.memory.clone()).publish(draft, NOW_MS)).expect_err("refused").to_string();
        let mut registry = world.registry().0;
        look(&mut registry);
        assert_eq!(version(&registry, &draft.tenant), "v1", "{error}");
        assert_eq!(world.get("default/v2/model.txt"), None, "{error}");
        error
    };
    let of = |objective: &str, name: &str| draft("default", "v2", text(objective, "", &[name], &[tree()]));
    assert_eq!(
        why(&of("binary sigmoid:1", "touchpoint_count_7d")),
        "its columns are not all features of this configuration: touchpoint_count_7d (the nearest one is \
         touchpoints_count_7d); `needle features` lists them"
    );
    assert!(why(&of("binary sigmoid:1", "Column_0")).starts_with("its columns have no names (Column_0, …)"));
    assert!(why(&of("poisson", "known")).starts_with("model v2 has the objective poisson; "));
    let cut = usual(0.0);
    assert!(why(&draft("default", "v2", cut[..cut.len() / 2].to_owned())).starts_with("line "));
    let steep =
        Draft { calibration: Calibration { slope: -1.0, intercept: 0.0 }, ..draft("default", "v2", usual(0.0)) };
    assert_eq!(why(&steep), "model v2: the calibration's slope cannot be -1");
    for name in ["CURRENT", "day-0", "a/b", ""] {
        assert!(why(&draft("default", name, usual(0.0))).contains("cannot be the name of a version"), "{name}");
    }
    assert!(why(&draft(&"x".repeat(300), "v2", usual(0.0))).contains("cannot have a folder"));
}

#[test]
fn the_way_back_is_checked_too() {
    let world = World::new();
    world.publish("default", "v1");
    world.publish("default", "v2");
    let shelf = world.on(world.memory.clone());
    assert_eq!(now(shelf.roll_back("default", "v1")).expect("back"), Some("v2".to_owned()));
    assert_eq!(world.get("default/CURRENT").as_deref(), Some("v1\n"));
    world.put("default/v2/model.txt", "no tree");
    assert!(matches!(now(shelf.roll_back("default", "v2")), Err(PublishError::Refused(_))));
    let lost = now(shelf.roll_back("default", "v3")).expect_err("there is none").to_string();
    assert!(lost.starts_with("there is no version \"v3\" of tenant \"default\"; the nearest one is"), "{lost}");
    assert_eq!(world.get("default/CURRENT").as_deref(), Some("v1\n"));
    assert_eq!(now(shelf.roll_back("acme", "day-0")).expect("the shipped one"), None);
}
