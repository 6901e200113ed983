//! With `training.every_hours` a service trains by itself: one process of the application in each slot of time, and it says what came of it.

use crate::support::{Broker, Flow, Needle, PATIENCE, Settings, eventually};

#[test]
fn one_of_two_processes_trains_and_says_what_came_of_it() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "learning", 2).set("training", "every_hours", 8760);
    Flow::new(broker, &settings, 2, 1, 200).go_on();
    let start = |instance| Needle::spawn(&settings.clone().instance(instance), &["run"]);
    let mut processes = [start(0), start(1)];
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    const TURN: &str = "it is this process's turn to train";
    let trains = eventually("somebody trains", PATIENCE, || processes.iter().position(|p| p.log().contains(TURN)));
    // No snapshot is there yet, or too little in it: either way it is said, and the service goes on.
    processes[trains].await_log(0, "the training has ended");
    let said = processes[trains].log();
    assert!(
        said.contains("training: there are no snapshots") || said.contains("There is too little to learn from"),
        "{said}"
    );
    // Slots of a year: nobody else has a turn.
    assert!(!processes[1 - trains].log().contains(TURN));
    for needle in &mut processes {
        assert_eq!(needle.terminate(), Some(0), "{}", needle.log());
    }
    let slots = settings.snapshots.path().join("training").join(&settings.application);
    assert_eq!(std::fs::read_dir(slots).expect("a folder").count(), 1);
}
