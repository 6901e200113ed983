//! A broken model is published: NeedleModelRefused, and the old one goes on.

use std::fs;

use crate::support::{Broker, Needle, Settings};
use crate::watch::Prometheus;

#[test]
fn a_model_that_is_refused_is_an_alert() {
    let broker = Broker::shared();
    let models = tempfile::tempdir().expect("a directory");
    let url = format!("file:{}", models.path().display());
    let settings = Settings::new(broker, "refused", 1).set("models", "url", url).set("models", "poll_seconds", 1);
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_ready();
    let prometheus = Prometheus::watching(&needle.address);
    prometheus.silent_until("NeedleModelRefused", "needle_model_looks_total{result=\"read\"} > 1", || {});
    let version = models.path().join("default/broken");
    fs::create_dir_all(&version).expect("a folder");
    fs::write(version.join("manifest.json"), "{\"kind\":").expect("written");
    fs::write(models.path().join("default/CURRENT"), "broken").expect("written");
    let alert = prometheus.await_firing("NeedleModelRefused", || {});
    assert_eq!(alert["labels"]["tenant"], "default");
    assert_eq!(prometheus.ask("needle_model_info{version=\"day-0\"} == 1").len(), 1, "what was served is served on");
}
