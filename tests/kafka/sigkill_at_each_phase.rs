//! A process killed at any phase of a transaction loses nothing and doubles nothing.

use crate::support::audit::audit;
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings};

/// What is logged when a phase begins.
const PHASES: [&str; 5] =
    ["transaction begun", "outputs produced", "adding positions", "committing", "transaction committed"];

#[test]
fn a_killed_process_comes_back_and_nothing_is_lost_or_doubled() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "sigkill", 4);
    let mut flow = Flow::new(broker, &settings, 4, 2 * PHASES.len() + 1, 300);
    let start = |instance| Needle::spawn(&settings.clone().instance(instance), &["run"]);
    let mut victim = start(0);
    let mut witness = start(1);
    for _ in 0..2 {
        for phase in PHASES {
            victim.await_ready();
            let mark = victim.mark();
            flow.go_on();
            victim.await_log(mark, phase);
            victim.kill9();
            victim = start(0);
        }
    }
    flow.finish();
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(victim.terminate(), Some(0), "{}", victim.log());
    assert_eq!(witness.terminate(), Some(0), "{}", witness.log());
    assert_eq!(audit(broker, &settings), Vec::<String>::new());
}
