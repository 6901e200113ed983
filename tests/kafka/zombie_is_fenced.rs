//! A process that was stopped for longer than its transaction may last finds itself fenced, and joins anew.

use crate::support::audit::audit;
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings, Signal};

#[test]
fn a_zombie_commits_nothing_and_works_on_when_it_is_let_in_again() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "zombie", 4)
        .set("kafka.consumer", "session.timeout.ms", 2000)
        .set("kafka.consumer", "heartbeat.interval.ms", 300)
        .set("kafka.producer", "transaction.timeout.ms", 2000);
    let mut flow = Flow::new(broker, &settings, 4, 6, 400);
    let mut zombie = Needle::spawn(&settings.clone().instance(0), &["run"]);
    zombie.await_ready();
    let mut other = Needle::spawn(&settings.clone().instance(1), &["run"]);
    other.await_log(0, "partitions assigned");
    for phase in ["outputs produced", "committing"] {
        let (mark, others) = (zombie.mark(), other.mark());
        flow.go_on();
        zombie.await_log(mark, phase);
        zombie.signal(Signal::Stop);
        flow.go_on();
        // The group gives its partitions to the other one, which says what the zombie had begun to say.
        other.await_log(others, "partitions assigned");
        broker.await_consumed(&settings.application, &settings.events, PATIENCE);
        let mark = zombie.mark();
        zombie.signal(Signal::Continue);
        zombie.await_log(mark, "partitions assigned");
    }
    flow.finish();
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(zombie.terminate(), Some(0), "{}", zombie.log());
    assert_eq!(other.terminate(), Some(0), "{}", other.log());
    assert_eq!(audit(broker, &settings), Vec::<String>::new(), "{}", zombie.log());
}
