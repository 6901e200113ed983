//! What a service commits on real Kafka is what `needle replay` says of each partition.

use std::time::Duration;

use crate::support::audit::audit;
use crate::support::events::{Plan, generate};
use crate::support::{Broker, Needle, Settings};

#[test]
fn one_process_with_two_lanes_commits_what_replay_says() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "equals", 4).set("service", "lanes", 2);
    for (partition, drafts) in generate(&Plan { records: 2_000, ..Plan::default() }).iter().enumerate() {
        broker.produce(&settings.events, partition as i32, drafts);
    }
    let mut needle = Needle::spawn(&settings, &["run"]);
    needle.await_ready();
    broker.await_consumed(&settings.application, &settings.events, Duration::from_secs(60));
    assert_eq!(needle.terminate(), Some(0), "{}", needle.log());
    assert_eq!(audit(broker, &settings), Vec::<String>::new(), "{}", needle.log());
}
