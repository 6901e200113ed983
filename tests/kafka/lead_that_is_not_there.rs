//! A lead that cannot be shown: what was searched, and what stood in the way, is said.

use crate::support::lead::{ask, by_lead};
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings};
use serde_json::json;

#[test]
fn what_was_searched_is_said() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "lead-none", 2);
    let never = ask(&settings, &["default/u-1"]);
    assert_eq!((never.code, never.output.as_str()), (Some(1), ""));
    assert!(never.errors.contains("does not exist: has `needle run` ever run"), "{}", never.errors);

    Flow::new(broker, &settings, 2, 1, 100).finish();
    let mut needle = Needle::spawn(&settings, &["run"]);
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0));

    let nobody = ask(&settings, &["default/nobody"]);
    assert_eq!((nobody.code, nobody.output.as_str()), (Some(1), ""));
    assert!(nobody.errors.contains("default/nobody was not found on partitions 0 to 1"), "{}", nobody.errors);
    let nobody = ask(&settings, &["default/nobody", "--json", "--partition", "1"]);
    assert_eq!(nobody.code, Some(1));
    let searched = json!([{"partition": 1, "records_read": 0, "outcome": "not_here", "why": null}]);
    assert_eq!((&nobody.json()["found"], &nobody.json()["searched"]), (&json!(false), &searched));

    let beyond = format!("{}:0:1000000", settings.events);
    let beyond = ask(&settings, &["default/u-0", "--at", &beyond]);
    assert_eq!(beyond.code, Some(1));
    assert!(beyond.errors.contains("has not been taken in: the group's position is "), "{}", beyond.errors);
    let other = ask(&settings, &["default/u-0", "--partition", "7"]);
    assert_eq!(other.code, Some(1));
    assert!(other.errors.contains("there is no partition 7: the input has 2"), "{}", other.errors);

    let another = settings.clone().set("service", "application", format!("{}-2", settings.application));
    let another = ask(&another, &["default/u-0"]);
    assert_eq!(another.code, Some(1));
    assert!(another.errors.contains("has committed nothing on partitions 0 to 1"), "{}", another.errors);
}

#[test]
fn wrong_usage_is_told_before_anything_connects() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "lead-usage", 1).set("kafka", "bootstrap.servers", "127.0.0.1:1");
    for (args, why) in [
        (&["u-1"][..], "default/u-1"),
        (&["default/u-1", "--at", "events:1"], "TOPIC:PARTITION:OFFSET"),
        (&["default/u-1", "--at", "mail:0:3"], "mail is no input topic"),
        (&["default/u-1", "--at", "mail:0:3", "--partition", "0"], "cannot be used with"),
    ] {
        let wrong = ask(&settings, args);
        assert_eq!((wrong.code, wrong.output.as_str()), (Some(2), ""), "{args:?}");
        assert!(wrong.errors.contains(why), "{args:?}: {}", wrong.errors);
    }
}

#[test]
fn where_retention_has_cut_the_input_a_snapshot_helps_or_it_is_said() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "lead-cut", 1);
    Flow::new(broker, &settings, 1, 1, 100).finish();
    let mut needle = Needle::spawn(&settings, &["run"]);
    broker.await_consumed(&settings.application, &settings.events, PATIENCE);
    assert_eq!(needle.terminate(), Some(0));
    broker.delete_records(&settings.events, 0, 10);
    let leads = by_lead(&broker.read_committed_all(&settings.score_changes));
    let (key, _) = leads.iter().next().expect("a lead");
    assert_eq!(ask(&settings, &[key, "--json"]).part()["snapshot"], 1);

    let empty = settings.snapshots.path().join("empty");
    let lost = settings.clone().set("snapshots", "url", format!("file:{}", empty.display()));
    let lost = ask(&lost, &[key, "--json"]);
    assert_eq!(lost.code, Some(1));
    assert_eq!(lost.json()["searched"][0]["outcome"], "cut");
    let why = format!("retention has deleted the offsets 0 to 9 of {}:0, and no snapshot fits", settings.events);
    assert!(lost.errors.contains(&why), "{}", lost.errors);
}
