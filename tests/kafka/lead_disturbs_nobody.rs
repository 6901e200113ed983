//! Looking at leads while the service runs: nothing moves, nothing is fenced, nothing is committed.

use crate::support::audit::audit;
use crate::support::lead::{ask, by_lead};
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings};

#[test]
fn a_running_service_does_not_notice() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "lead-quiet", 2).set("snapshots", "interval_seconds", 1);
    let mut flow = Flow::new(broker, &settings, 2, 4, 200);
    flow.go_on();
    let mut needle = Needle::spawn(&settings, &["run"]);
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    let leads = by_lead(&broker.read_committed_all(&settings.score_changes));
    let mark = needle.mark();
    for (key, _) in leads.iter().step_by(10).take(3) {
        flow.go_on();
        let part = ask(&settings, &[key, "--json"]).part();
        assert!(part["score"]["score"].is_u64(), "{part:#}");
    }
    flow.finish();
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.metric("needle_transactions_total{result=\"fenced\"}").unwrap_or(0.0), 0.0);
    assert_eq!(needle.metric("needle_transactions_total{result=\"aborted\"}").unwrap_or(0.0), 0.0);
    let log = needle.log();
    for moved in ["partitions assigned", "partitions given up", "partitions lost", "joins anew"] {
        assert!(!log.lines().skip(mark).any(|line| line.contains(moved)), "{moved}\n{log}");
    }
    assert_eq!(needle.terminate(), Some(0));
    assert_eq!(audit(broker, &settings), Vec::<String>::new());
}
