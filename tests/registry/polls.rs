//! Looks are taken for as long as somebody listens, whatever the store does; what is new comes out once.

use std::sync::Arc;
use std::time::Duration;

use crate::registry_support::shelf::Fate;
use crate::registry_support::*;
use needle::registry::poll;
use needle::storage::runtime::Runtime;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_secs(10);

#[test]
fn until_nobody_listens() {
    let world = World::new();
    let (mut registry, calls) = world.registry();
    look(&mut registry);
    let (sender, mut served) = watch::channel(Arc::new(registry.served()));
    let runtime = world.clockwork.clone();
    runtime.spawn(Box::pin(poll(registry, EVERY, runtime.clone(), sender, Box::new(()))));
    let mut next = || {
        runtime.run();
        assert!(runtime.skip(), "it waits for its next look");
        runtime.run();
        served.has_changed().expect("it goes on").then(|| served.borrow_and_update().of("acme").version().to_owned())
    };
    assert_eq!(next(), None);
    world.publish("default", "v1");
    assert_eq!(next().as_deref(), Some("v1"));
    assert_eq!(next(), None);
    calls.judge(|_| Fate::Refused);
    world.publish("acme", "w1");
    assert_eq!((next(), next()), (None, None));
    calls.judge(|_| Fate::Done);
    assert_eq!(next().as_deref(), Some("w1"));
    assert_eq!(runtime.now(), 6 * EVERY);
    drop(served);
    runtime.run();
    assert_eq!(runtime.tasks(), 0, "it has ended");
}
