//! needle is killed: NeedleDown.

use crate::support::{Broker, Needle, Settings};
use crate::watch::Prometheus;

#[test]
fn a_killed_needle_is_an_alert() {
    let settings = Settings::new(Broker::shared(), "down", 1);
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_ready();
    let prometheus = Prometheus::watching(&needle.address);
    prometheus.silent_until("NeedleDown", "needle_lane_state{state=\"running\"} == 1", || {});
    needle.kill9();
    let alert = prometheus.await_firing("NeedleDown", || {});
    assert_eq!(alert["labels"]["severity"], "critical");
    assert_eq!(alert["labels"]["job"], "needle");
}
