//! A model that is published while events flow takes over without a restart, between two transactions; one that is broken is refused
//! with its reason in log and metric, and the old one goes on; and there is a way back.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::kafka::Isolation;
use crate::support::needle::{command, write_settings};
use crate::support::{Broker, Flow, Needle, PATIENCE, Record, Settings, eventually};

struct Service {
    broker: &'static Broker,
    settings: Settings,
    models: tempfile::TempDir,
    needle: Needle,
    /// Score changes of each partition that have been looked at.
    seen: Vec<usize>,
}

impl Service {
    fn start(name: &str) -> Self {
        let broker = Broker::shared();
        let models = tempfile::tempdir().expect("a directory");
        let settings = Settings::new(broker, name, 2)
            .set("models", "url", format!("file:{}", models.path().display()))
            .set("models", "poll_seconds", 1)
            .set("scoring", "change_threshold", 0)
            // Transactions of many records, so that a swap would be seen in the middle of one.
            .set("service", "commit_interval_ms", 400);
        let mut needle = Needle::spawn(&settings, &["run"]);
        needle.await_ready();
        Self { broker, settings, models, needle, seen: vec![0; 2] }
    }

    /// `needle models ARGS…` in another process, which says this.
    fn models(&self, args: &[&str]) -> String {
        let directory = tempfile::tempdir().expect("a directory");
        write_settings(directory.path(), &self.settings);
        let done = command(directory.path()).arg("models").args(args).output().expect("needle starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(done.status.success(), "{args:?}: {}{}", text(&done.stdout), text(&done.stderr));
        text(&done.stdout)
    }

    /// Publishes a model that rates leads so much higher, and waits until the lane has taken it.
    fn publish(&self, version: &str, more: f64) {
        let file = self.models.path().join(format!("{version}.txt"));
        std::fs::write(&file, crate::bundle_support::usual(more)).expect("written");
        let mark = self.needle.mark();
        self.models(&["publish", file.to_str().expect("text"), "--version", version]);
        self.await_taken(mark, version);
    }

    fn await_taken(&self, mark: usize, version: &str) {
        self.needle.await_log(mark, &format!("other models are served from here on default=\"{version}\""));
    }

    /// Waits until more is said in every partition.
    fn await_more(&self) {
        let end = |partition| self.broker.bounds(&self.settings.score_changes, partition, Isolation::Committed).1;
        for (partition, before) in [0, 1].map(|partition| (partition, end(partition))) {
            eventually("more score changes", PATIENCE, || (end(partition) > before).then_some(()));
        }
    }

    fn consumed(&self) {
        self.broker.await_consumed(&self.settings.application, &self.settings.events, PATIENCE);
    }

    /// Score changes that are new in each partition.
    fn new_changes(&mut self) -> Vec<Vec<Record>> {
        let mut all = self.broker.read_committed_all(&self.settings.score_changes);
        for (records, seen) in all.iter_mut().zip(&mut self.seen) {
            records.drain(..*seen);
            *seen += records.len();
        }
        all
    }

    /// All that is new is said by one model.
    fn all_by(&mut self, version: &str, kind: &str) {
        let new: Vec<_> = self.new_changes().concat().iter().map(model).collect();
        assert!(new.len() > 50, "{} are new", new.len());
        let other = new.iter().find(|model| **model != (version.to_owned(), kind.to_owned()));
        assert_eq!(other, None, "{version}");
    }

    fn info(&self, version: &str, kind: &str) -> Option<f64> {
        let labels = format!("{{kind=\"{kind}\",tenant=\"default\",version=\"{version}\"}}");
        self.needle.metric(&format!("needle_model_info{labels}"))
    }
}

/// Version and kind.
fn model(record: &Record) -> (String, String) {
    let value: serde_json::Value = serde_json::from_str(&record.text()).expect("JSON");
    let word = |name: &str| value["model"][name].as_str().expect("a word").to_owned();
    (word("version"), word("kind"))
}

fn version_folder(models: &Path, version: &str) -> PathBuf {
    models.join("default").join(version)
}

#[test]
fn publish_refuse_and_go_back() {
    let mut service = Service::start("swap");
    let mut flow = Flow::new(service.broker, &service.settings, 2, 5, 300);
    flow.go_on();
    service.consumed();
    service.all_by("day-0", "linear");
    assert_eq!(service.info("day-0", "linear"), Some(1.0));
    service.publish("v1", 0.0);
    assert_eq!((service.info("v1", "trees"), service.info("day-0", "linear")), (Some(1.0), None));
    assert!(service.needle.metric("needle_model_age_seconds{tenant=\"default\"}").is_some_and(|age| age < 600.0));
    flow.go_on();
    service.consumed();
    service.all_by("v1", "trees");
    service.publish("v2", 0.5);
    // Half a version: its manifest is there, its trees are cut off.
    let [whole, broken] = ["v2", "v3"].map(|version| version_folder(service.models.path(), version));
    std::fs::create_dir(&broken).expect("made");
    let manifest = std::fs::read_to_string(whole.join("manifest.json")).expect("a manifest");
    std::fs::write(broken.join("manifest.json"), manifest.replace("\"v2\"", "\"v3\"")).expect("written");
    std::fs::write(broken.join("model.txt"), &crate::bundle_support::usual(0.5)[..600]).expect("written");
    let mark = service.needle.mark();
    // At once, as any tool should: between two writes it would be empty.
    let current = service.models.path().join("default/CURRENT");
    std::fs::write(current.with_extension("new"), "v3\n").expect("written");
    std::fs::rename(current.with_extension("new"), &current).expect("renamed");
    let told = service.needle.await_log(mark, "model refused");
    for word in ["tenant=\"default\"", "version=\"v3\"", "reason=model.txt: line ", "served=\"v2\""] {
        assert!(told.contains(word), "{word} in {told}");
    }
    let refused = "needle_models_refused_total{reason=\"unreadable\",tenant=\"default\"}";
    assert!(service.needle.metric(refused).is_some_and(|count| count >= 1.0));
    assert_eq!((service.info("v2", "trees"), service.info("v3", "trees")), (Some(1.0), None));
    flow.go_on();
    service.consumed();
    service.all_by("v2", "trees");
    let mark = service.needle.mark();
    let said = service.models(&["rollback", "v1"]);
    assert!(said.starts_with("default is to be served by v1, and no longer by v3"), "{said}");
    service.await_taken(mark, "v1");
    flow.finish();
    service.consumed();
    service.all_by("v1", "trees");
    assert_eq!(service.needle.terminate(), Some(0));
}

/// Events flow all the time, and models change under them. What lies between two marks of transactions is of one transaction.
#[test]
fn within_one_transaction_there_is_one_model() {
    const SWAPS: usize = 4;
    let mut service = Service::start("flow");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let produce = || {
            let mut flow = Flow::new(service.broker, &service.settings, 2, 100, 600);
            while !stop.load(Ordering::Relaxed) {
                flow.go_on();
            }
        };
        let producer = scope.spawn(produce);
        for swap in 1..=SWAPS {
            service.publish(&format!("v{swap}"), swap as f64 / 4.0);
            service.await_more();
        }
        stop.store(true, Ordering::Relaxed);
        producer.join().expect("a producer");
    });
    service.consumed();
    let (mut versions, mut neighbours) = (Vec::new(), 0);
    for records in service.new_changes() {
        for pair in records.windows(2) {
            let [before, after] = [model(&pair[0]).0, model(&pair[1]).0];
            let same_transaction = pair[1].offset == pair[0].offset + 1;
            assert!(!same_transaction || before == after, "{before} and {after} in one transaction");
            neighbours += usize::from(same_transaction);
        }
        let mut of_partition: Vec<_> = records.iter().map(|record| model(record).0).collect();
        of_partition.dedup();
        assert!(of_partition.is_sorted(), "each takes over once: {of_partition:?}");
        versions.extend(of_partition);
    }
    assert!(versions.len() >= 2 * SWAPS, "{versions:?}");
    // The rule above has had something to say.
    assert!(neighbours > 500, "{neighbours} were said together with the one before");
    assert_eq!(service.needle.terminate(), Some(0));
}
