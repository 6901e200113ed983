//! SIGTERM ends a process in good order; its partitions go on where it was, with it or with another.

use crate::support::audit::audit;
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings};

#[test]
fn processes_come_and_go_by_sigterm_and_nothing_is_lost_or_doubled() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "sigterm", 4).set("kafka.consumer", "session.timeout.ms", 1500).set(
        "kafka.consumer",
        "heartbeat.interval.ms",
        300,
    );
    let mut flow = Flow::new(broker, &settings, 4, 7, 300);
    let start = |instance| Needle::spawn(&settings.clone().instance(instance), &["run"]);
    let mut processes = [start(0), start(1)];
    for round in 0..6 {
        let process = &mut processes[round % 2];
        process.await_ready();
        let mark = process.mark();
        flow.go_on();
        process.await_log(mark, "outputs produced");
        assert_eq!(process.terminate(), Some(0), "{}", process.log());
        assert!(process.log().contains("stopped in good order"), "{}", process.log());
        *process = start(round as u32 % 2);
    }
    flow.finish();
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    for process in &mut processes {
        assert_eq!(process.terminate(), Some(0), "{}", process.log());
    }
    assert_eq!(audit(broker, &settings), Vec::<String>::new());
}
