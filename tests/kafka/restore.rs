//! A partition comes back from its input and its score changes, or is refused.

use crate::support::audit::{audit, differences};
use crate::support::kafka::Isolation;
use crate::support::replay::replay;
use crate::support::{Broker, Flow, Needle, PATIENCE, Record, Settings};

#[test]
fn what_a_restored_service_says_is_what_an_undisturbed_one_would_have_said() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "restore", 2);
    let mut flow = Flow::new(broker, &settings, 2, 4, 300);
    for _ in 0..3 {
        flow.go_on();
        let mut needle = Needle::spawn(&settings, &["run"]);
        broker.await_consumed(&settings.application, &settings.events, PATIENCE);
        needle.kill9();
    }
    flow.finish();
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_log(0, "partition restored");
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0));
    assert_eq!(audit(broker, &settings), Vec::<String>::new());
}

#[test]
fn a_position_beyond_the_end_stops_its_partition_and_no_other() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "beyond", 2);
    let mut flow = Flow::new(broker, &settings, 2, 2, 100);
    flow.go_on();
    let end = broker.bounds(&settings.events, 0, Isolation::Uncommitted).1;
    broker.set_committed(&settings.application, &settings.events, 0, end + 5);
    let mut needle = Needle::spawn(&settings, &["run"]);
    let line = needle.await_log(0, "the partition is stopped");
    assert!(line.contains(&format!("is {}, beyond its end at {end}", end + 5)), "{line}");
    flow.finish();
    let end = broker.read_committed_all(&settings.events)[1].last().map(|record| record.offset + 1);
    crate::support::eventually("the other partition at its end", PATIENCE, || {
        let position = broker.committed(&settings.application, &settings.events)[1].as_ref().map(|p| p.offset);
        (position == end).then_some(())
    });
    assert_eq!(needle.metric("needle_partition_stopped{partition=\"0\"}"), Some(1.0));
    assert_eq!(needle.terminate(), Some(0));
}

/// What retention has deleted of the input is in the snapshot.
#[test]
fn what_retention_has_deleted_comes_back_from_a_snapshot() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "kept", 2);
    let mut flow = Flow::new(broker, &settings, 2, 2, 300);
    flow.go_on();
    let mut needle = Needle::spawn(&settings, &["run"]);
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0));
    let input = broker.read_committed_all(&settings.events);
    let committed = broker.committed(&settings.application, &settings.events)[0].as_ref().map(|p| p.offset);
    broker.delete_records(&settings.events, 0, committed.expect("a position"));

    flow.finish();
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_log(0, "loaded from a snapshot");
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0));
    let later = broker.read_committed_all(&settings.events);
    let whole = input.into_iter().zip(later).map(|(before, after)| {
        let last = before.last().map_or(-1, |record| record.offset);
        before.into_iter().chain(after.into_iter().filter(|record| record.offset > last)).collect()
    });
    let whole: Vec<Vec<Record>> = whole.collect();
    assert_eq!(differences(broker, &settings, &whole, &replay(&settings, &whole)), Vec::<String>::new());
}

#[test]
fn a_partition_whose_input_retention_has_deleted_is_refused_and_the_other_goes_on() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "deleted", 2);
    let mut flow = Flow::new(broker, &settings, 2, 2, 300);
    flow.go_on();
    let mut needle = Needle::spawn(&settings, &["run"]);
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0));
    std::fs::remove_dir_all(settings.snapshots.path().join("log")).expect("snapshots to lose");
    broker.delete_records(&settings.events, 0, 10);
    let before = broker.committed(&settings.application, &settings.events);

    flow.finish();
    let mut needle = Needle::spawn(&settings, &["run"]);
    let line = needle.await_log(0, "the partition is stopped");
    assert!(line.contains("offset 0 is needed, the oldest is 10"), "{line}");
    let end = broker.read_committed_all(&settings.events)[1].last().map(|record| record.offset + 1);
    crate::support::eventually("the other partition at its end", PATIENCE, || {
        let position = broker.committed(&settings.application, &settings.events)[1].as_ref().map(|p| p.offset);
        (position == end).then_some(())
    });
    assert_eq!(needle.get("/readyz").0, 503);
    assert_eq!(needle.metric("needle_partition_stopped{partition=\"0\"}"), Some(1.0));
    assert_eq!(needle.terminate(), Some(0));
    let after = broker.committed(&settings.application, &settings.events);
    assert_eq!(before[0].as_ref().map(|p| p.offset), after[0].as_ref().map(|p| p.offset));
}
