//! Two processes under one instance's name: one of them stops and says why, and nothing is lost or doubled.

use crate::support::audit::audit;
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings};

#[test]
fn the_one_that_is_displaced_again_stops_and_names_the_cause() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "twice", 2).instance(7);
    let mut flow = Flow::new(broker, &settings, 2, 2, 300);
    let mut first = Needle::spawn(&settings, &["run"]);
    first.await_ready();
    flow.go_on();
    let second = Needle::spawn(&settings, &["run"]);
    let ended = crate::support::eventually("the end of one of them", PATIENCE, || {
        let ended = |needle: &Needle| needle.log().contains("another process runs as instance");
        if ended(&first) { Some(0) } else { ended(&second).then_some(1) }
    });
    let (mut loser, mut winner) = if ended == 0 { (first, second) } else { (second, first) };
    assert_eq!(loser.wait(), Some(1), "{}", loser.log());
    flow.finish();
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(winner.terminate(), Some(0), "{}", winner.log());
    assert_eq!(audit(broker, &settings), Vec::<String>::new());
}
