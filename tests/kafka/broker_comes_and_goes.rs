//! Brokers that are away are waited for: at the start, and in the middle.

use crate::support::audit::audit;
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings};

#[test]
fn a_broker_that_is_killed_and_comes_back_costs_time_and_nothing_else() {
    let mut own = Broker::own();
    let settings = Settings::new(&own, "restart", 2);
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_ready();
    for _ in 0..2 {
        let mark = needle.mark();
        Flow::new(&own, &settings, 2, 1, 400).go_on();
        needle.await_log(mark, "outputs produced");
        own.kill9();
        needle.await_log(mark, "the brokers are away");
        own.restart();
        needle.await_log(mark, "the brokers are back");
    }
    own.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0), "{}", needle.log());
    let away = needle.log().matches("the brokers are away").count();
    assert!(away <= 8, "one line a change of state, not {away}:\n{}", needle.log());
    assert_eq!(audit(&own, &settings), Vec::<String>::new(), "{}", needle.log());
}

#[test]
fn a_broker_that_is_away_at_the_start_is_waited_for() {
    let mut own = Broker::own();
    let settings = Settings::new(&own, "late", 2);
    own.stop();
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_log(0, "waiting for brokers and topics");
    assert_eq!(needle.get("/healthz").0, 200);
    assert_eq!(needle.get("/readyz").0, 503);
    own.restart();
    needle.await_ready();
    assert_eq!(needle.log().matches("waiting for brokers and topics").count(), 1, "{}", needle.log());
    assert_eq!(needle.terminate(), Some(0), "{}", needle.log());
}
