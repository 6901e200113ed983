//! Every query of every dashboard has something to show of a real run, but for what has not happened in it.

use std::collections::BTreeSet;

use crate::ops_support::{dashboards, queries};
use crate::support::{Broker, Needle, Settings};
use crate::watch::{Prometheus, page_views, poison};

/// Panels, in order, that are about something that this run does not have: a stopped partition, a trained model, drift.
const EMPTY: [&str; 4] = ["Age", "Drift of features", "Drift of scores", "Stopped partitions"];

#[test]
fn every_panel_shows_something() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "dashboards", 2).set("snapshots", "interval_seconds", 1);
    // A page view of the pricing is a jump here.
    let mut settings = settings.set("scoring", "change_threshold", 0);
    settings.table.insert("jumps".to_owned(), toml::toml! { jumps = [{ name = "any", above = 1 }] }["jumps"].clone());
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_ready();
    let prometheus = Prometheus::watching(&needle.address);
    let all = "rate(needle_snapshots_total{result=\"saved\"}[10s]) > 0 and on () (sum(increase(needle_tenant_jumps_total[10s])) > 0) \
               and on () (sum(rate(needle_dead_letters_total[10s])) > 0) and on () (rate(needle_snapshot_pause_seconds_count[10s]) > 0)";
    prometheus.silent_until("NeedleDown", all, || {
        page_views(broker, &settings, 2);
        poison(broker, &settings);
    });
    let (mut shown, mut asked) = (BTreeSet::new(), BTreeSet::new());
    for (title, query) in dashboards().values().flat_map(queries) {
        let query = query.replace("$__rate_interval", "10s").replace("$namespace", ".*").replace("$tenant", ".*");
        if !prometheus.ask(&query).is_empty() {
            shown.insert(title.clone());
        }
        asked.insert(title);
    }
    let empty: Vec<_> = asked.difference(&shown).collect();
    assert_eq!(empty, EMPTY);
}
