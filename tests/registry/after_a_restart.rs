//! A process that begins where `CURRENT` names a version that will not do serves what it would have served on: the newest that was
//! published before it and does.

use crate::registry_support::*;

fn publish(world: &World, versions: &[(&str, i64)]) {
    for (version, day) in versions {
        world.publish_at("acme", version, NOW_MS + day * 86_400_000).expect("published");
    }
}

fn damage(world: &World, version: &str) {
    world.put(&format!("acme/{version}/model.txt"), "no tree");
}

fn served(world: &World) -> String {
    let mut registry = world.registry().0;
    assert_eq!(look(&mut registry).trouble, None);
    // The same with every look.
    assert!(!look(&mut registry).changed);
    version(&registry, "acme")
}

#[test]
fn the_newest_before_it() {
    let world = World::new();
    // Published in another order than that of their names.
    publish(&world, &[("b", 1), ("c", 2), ("a", 3), ("d", 4)]);
    // Somebody has gone back to `c`, and it is lost: what came after it had been given up.
    world.put("acme/CURRENT", "c");
    damage(&world, "c");
    assert_eq!(served(&world), "b");
    world.put("acme/CURRENT", "d");
    assert_eq!(served(&world), "d");
    damage(&world, "d");
    assert_eq!(served(&world), "a");
    damage(&world, "a");
    assert_eq!(served(&world), "b");
    damage(&world, "b");
    assert_eq!(served(&world), "day-0");
}

#[test]
fn what_serves_all_others_where_there_is_none() {
    let world = World::new();
    world.publish("default", "common");
    publish(&world, &[("a", 1)]);
    assert_eq!(served(&world), "a");
    damage(&world, "a");
    assert_eq!(served(&world), "common");
    world.put("acme/CURRENT", "");
    assert_eq!(served(&world), "common");
}

/// Who has asked for the shipped model gets it, and not what default has.
#[test]
fn the_shipped_model_where_it_is_named() {
    let world = World::new();
    world.publish("default", "common");
    world.put("acme/CURRENT", "day-0\n");
    assert_eq!(served(&world), "day-0");
}
