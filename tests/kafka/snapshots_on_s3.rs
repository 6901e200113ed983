//! A service that was killed comes back from snapshots in a bucket, on another machine as it were.

use crate::support::audit::audit;
use crate::support::s3::S3;
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings};

#[test]
fn a_killed_service_comes_back_from_a_bucket() {
    let (broker, s3) = (Broker::shared(), S3::shared());
    let settings = Settings::new(broker, "bucket", 2).set("snapshots", "url", s3.unique_url("service")).set(
        "snapshots",
        "interval_seconds",
        1,
    );
    let mut flow = Flow::new(broker, &settings, 2, 3, 300);
    flow.go_on();
    let mut needle = Needle::spawn_with(&s3.environment(), &settings, &["run"]);
    for partition in 0..2 {
        needle.await_log(0, &format!("saved partition={partition}"));
    }
    flow.go_on();
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    needle.kill9();

    flow.finish();
    let mut needle = Needle::spawn_with(&s3.environment(), &settings, &["run"]);
    for partition in 0..2 {
        needle.await_log(0, &format!("loaded from a snapshot partition={partition}"));
    }
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0));
    assert_eq!(audit(broker, &settings), Vec::<String>::new());
}
