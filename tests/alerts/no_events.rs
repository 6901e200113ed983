//! Producers fall silent: NeedleNoEvents.

use crate::support::{Broker, Needle, Settings};
use crate::watch::{Prometheus, page_views};

#[test]
fn producers_that_fall_silent_are_an_alert() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "silence", 1);
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_ready();
    let prometheus = Prometheus::watching(&needle.address);
    prometheus
        .silent_until("NeedleNoEvents", "increase(needle_events_total[20s]) > 10", || page_views(broker, &settings, 1));
    let alert = prometheus.await_firing("NeedleNoEvents", || {});
    assert_eq!(alert["annotations"]["summary"], "needle runs, and no event comes.");
    assert_eq!(prometheus.alerts("NeedleDown").len(), 0);
}
