//! A producer changes its format: NeedleDeadLetters, and not before.

use crate::support::{Broker, Needle, Settings};
use crate::watch::{Prometheus, page_views, poison};

#[test]
fn records_that_nobody_can_read_are_an_alert() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "poison", 1);
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_ready();
    let prometheus = Prometheus::watching(&needle.address);
    let name = "NeedleDeadLetters";
    prometheus.silent_until(name, "namespace_job:needle_dead_letters:ratio_rate10m == 0", || {
        page_views(broker, &settings, 1)
    });
    let alert = prometheus.await_firing(name, || {
        page_views(broker, &settings, 1);
        poison(broker, &settings);
    });
    assert_eq!(alert["labels"]["severity"], "warning");
    let by_reason = prometheus.ask("needle_dead_letters_total{reason=\"invalid_json\"} > 0");
    assert_eq!(by_reason.len(), 1);
}
