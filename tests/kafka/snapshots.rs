//! A service that was killed comes back from its snapshots, and where one of them is no good, from an older one and more input.

use std::path::PathBuf;

use crate::support::audit::audit;
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings};

/// Events in three pieces; each time there are snapshots when the process is killed.
fn killed_after_snapshots(name: &str, between: impl Fn(&Settings)) -> (&'static Broker, Settings, Needle) {
    let broker = Broker::shared();
    let settings = Settings::new(broker, name, 2).set("snapshots", "interval_seconds", 1);
    let mut flow = Flow::new(broker, &settings, 2, 4, 300);
    for _ in 0..2 {
        flow.go_on();
        let mut needle = Needle::spawn(&settings, &["run"]);
        for partition in 0..2 {
            needle.await_log(0, &format!("saved partition={partition}"));
        }
        // What comes now is in no snapshot.
        flow.go_on();
        broker.await_consumed(&settings.application, &settings.events, PATIENCE);
        needle.kill9();
        between(&settings);
    }
    flow.finish();
    let needle = Needle::spawn(&settings, &["run"]);
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    (broker, settings, needle)
}

#[test]
fn a_killed_service_comes_back_from_its_snapshots() {
    let (broker, settings, mut needle) = killed_after_snapshots("snapshots", |_| ());
    for partition in 0..2 {
        needle.await_log(0, &format!("loaded from a snapshot partition={partition}"));
    }
    assert_eq!(needle.terminate(), Some(0));
    assert_eq!(audit(broker, &settings), Vec::<String>::new());
}

#[test]
fn a_corrupt_snapshot_is_passed_over_for_an_older_one() {
    let damage = |settings: &Settings| {
        let newest = files(settings).into_iter().max_by_key(|file| file.metadata().and_then(|of| of.modified()).ok());
        let newest = newest.expect("a data file");
        let mut bytes = std::fs::read(&newest).expect("a file");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        std::fs::write(&newest, bytes).expect("written");
    };
    let (broker, settings, mut needle) = killed_after_snapshots("corrupt", damage);
    needle.await_log(0, "a snapshot is passed over");
    assert_eq!(needle.terminate(), Some(0));
    assert_eq!(audit(broker, &settings), Vec::<String>::new());
}

#[test]
fn without_its_snapshots_a_service_comes_back_from_its_input() {
    let lose = |settings: &Settings| {
        for folder in ["log", "leads"] {
            std::fs::remove_dir_all(settings.snapshots.path().join(folder)).expect("snapshots to lose");
        }
    };
    let (broker, settings, mut needle) = killed_after_snapshots("lost", lose);
    assert_eq!(needle.terminate(), Some(0));
    assert_eq!(audit(broker, &settings), Vec::<String>::new());
}

fn files(settings: &Settings) -> Vec<PathBuf> {
    let mut folders = vec![settings.snapshots.path().join("leads")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}
