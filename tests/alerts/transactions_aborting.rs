//! Somebody else uses needle's transactional ids: NeedleTransactionsAborting.

use rdkafka::producer::{BaseProducer, Producer as _};

use crate::support::{Broker, Needle, PATIENCE, Settings};
use crate::watch::{Prometheus, page_views};

const LANES: i32 = 4;

/// Fences the producer that a lane has.
fn fence(broker: &Broker, settings: &Settings, lane: i32) {
    let mut config = broker.client();
    config.set("transactional.id", format!("{}-0-{lane}", settings.application));
    let producer: BaseProducer = config.create().expect("a producer");
    producer.init_transactions(PATIENCE).expect("its turn");
}

#[test]
fn transactions_that_do_not_last_are_an_alert() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "aborting", LANES).set("service", "lanes", i64::from(LANES)).instance(0);
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_ready();
    let prometheus = Prometheus::watching(&needle.address);
    let name = "NeedleTransactionsAborting";
    prometheus.silent_until(name, "sum(rate(needle_transactions_total{result=\"committed\"}[10s])) > 0", || {
        page_views(broker, &settings, LANES);
    });
    let alert = prometheus.await_firing(name, || {
        (0..LANES).for_each(|lane| fence(broker, &settings, lane));
        page_views(broker, &settings, LANES);
    });
    assert_eq!(alert["labels"]["severity"], "warning");
    assert_eq!(needle.terminate(), Some(0), "it goes on through all of it");
}
