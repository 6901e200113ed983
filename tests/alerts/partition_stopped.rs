//! Retention deletes what no snapshot holds: NeedlePartitionStopped, for that partition alone.

use crate::support::{Broker, Needle, PATIENCE, Settings};
use crate::watch::{Prometheus, page_views};

#[test]
fn a_partition_that_cannot_come_back_is_an_alert() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "stopped", 2);
    let flow = || (0..20).for_each(|_| page_views(broker, &settings, 2));
    flow();
    let mut needle = Needle::spawn(&settings, &["run"]);
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0));
    std::fs::remove_dir_all(settings.snapshots.path().join("log")).expect("snapshots to lose");
    broker.delete_records(&settings.events, 0, 10);

    let needle = Needle::spawn(&settings, &["run"]);
    let prometheus = Prometheus::watching(&needle.address);
    let alert = prometheus.await_firing("NeedlePartitionStopped", || {});
    assert_eq!(alert["labels"]["partition"], "0");
    assert_eq!(alert["labels"]["severity"], "critical");
    assert_eq!(prometheus.alerts("NeedlePartitionStopped").len(), 1, "the other one goes on");
    let (status, reason) = needle.get("/readyz");
    assert_eq!(status, 503);
    assert!(reason.contains("partition 0 is stopped"), "what the runbook says: {reason}");
}
