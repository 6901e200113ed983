//! `needle lead` computes what the service has said: as of now and after any record of the past, with snapshots and without.

use crate::support::lead::{Answer, ask, by_lead, position};
use crate::support::{Broker, Flow, Needle, PATIENCE, Settings};
use serde_json::Value;

/// Three runs of the service, each with a snapshot at its end.
fn three_runs(broker: &Broker, name: &str) -> Settings {
    let settings = Settings::new(broker, name, 2);
    run_three_times(broker, &settings);
    settings
}

fn run_three_times(broker: &Broker, settings: &Settings) {
    let mut flow = Flow::new(broker, settings, 2, 3, 150);
    for _ in 0..3 {
        flow.go_on();
        let mut needle = Needle::spawn(settings, &["run"]);
        broker.await_consumed(&settings.application, &settings.events, PATIENCE);
        assert_eq!(needle.terminate(), Some(0));
    }
}

/// The same application, whose snapshots are lost.
fn without_snapshots(settings: &Settings) -> Settings {
    let empty = settings.snapshots.path().join("empty");
    settings.clone().set("snapshots", "url", format!("file:{}", empty.display()))
}

/// What the lead is, apart from where that was read.
fn known(part: &Value) -> Value {
    let mut part = part.clone();
    for name in ["snapshot", "records_read", "inputs"] {
        part[name] = Value::Null;
    }
    part
}

#[test]
fn as_of_now() {
    let broker = Broker::shared();
    let settings = three_runs(broker, "lead-now");
    let changes = broker.read_committed_all(&settings.score_changes);
    let leads = by_lead(&changes);
    assert!(leads.len() > 20, "{}", leads.len());
    for (key, changes) in leads.iter().step_by(5) {
        let part = ask(&settings, &[key, "--json", "--changes", "1000"]).part();
        let (last, value) = changes.last().expect("one");
        assert_eq!(part["partition"], last.partition);
        for name in ["score", "band"] {
            assert_eq!(part["score"][name], value[name], "{key}: {name}");
        }
        assert_eq!((&part["said"]["score"], &part["said"]["as_of"]), (&value["score"], &value["as_of"]), "{key}");
        let shown = part["changes"].as_array().expect("changes");
        let shown: Vec<_> = shown.iter().rev().map(|change| (&change["offset"], &change["score_change"])).collect();
        let said: Vec<_> = changes.iter().map(|(record, value)| (Value::from(record.offset), value)).collect();
        assert_eq!(shown, said.iter().map(|(offset, value)| (offset, *value)).collect::<Vec<_>>(), "{key}");
        assert_eq!((part["snapshot"].as_u64(), part["records_read"].as_u64()), (Some(3), Some(0)), "{key}");

        let unaided = ask(&without_snapshots(&settings), &[key, "--json", "--changes", "1000"]).part();
        assert_eq!(unaided["snapshot"], Value::Null);
        assert!(unaided["records_read"].as_u64() > Some(100));
        assert_eq!(known(&unaided), known(&part), "{key}");
    }
}

#[test]
fn after_any_record_of_the_past() {
    let broker = Broker::shared();
    let settings = three_runs(broker, "lead-past");
    let changes = broker.read_committed_all(&settings.score_changes);
    let leads = by_lead(&changes);
    let mut snapshots = Vec::new();
    let mut batches = 0;
    for (key, said) in leads.iter().step_by(7).take(4) {
        for (record, value) in said.iter().step_by(said.len().div_ceil(4)) {
            let at = position(value);
            let args = [key, "--json", "--at", &at, "--changes", "1000"];
            let part = ask(&settings, &args).part();
            let replay = &part["replay"];
            assert_eq!((&replay["equal"], &replay["is_a_record"]), (&true.into(), &true.into()), "{replay:#}");
            // A record may be a batch, of which every event was scored and said.
            let id = record.header("ce_id").expect("an id");
            let single = !id[at.len()..].contains('-');
            batches += usize::from(!single);
            if single {
                assert_eq!(replay["computed"][0]["score_change"], *value, "what it says is what was said");
                assert_eq!(part["said"]["score"], value["score"]);
                for name in ["score", "band", "probability", "base", "other", "reasons", "model"] {
                    assert_eq!(part["score"][name], value[name], "{key} {at}: {name}");
                }
            }
            let last = &part["changes"][0]["score_change"];
            assert_eq!(position(last), at, "nothing that came later");
            snapshots.push(part["snapshot"].as_u64());

            let unaided = ask(&without_snapshots(&settings), &args).part();
            assert_eq!(known(&unaided), known(&part), "{key} {at}");
        }
    }
    for used in [None, Some(1), Some(2)] {
        assert!(snapshots.contains(&used), "{used:?} of {snapshots:?}, {batches} batches");
    }
}

/// Records are deleted as compaction would, which comes when it likes; a compacted topic does not let them be.
#[test]
fn where_the_topic_has_lost_what_was_said_the_score_is_still_there() {
    let broker = Broker::shared();
    let settings = Settings::new(broker, "lead-lost", 2);
    broker.create_topic(&settings.score_changes, 2, &[("cleanup.policy", "delete")]);
    run_three_times(broker, &settings);
    let changes = broker.read_committed_all(&settings.score_changes);
    let leads = by_lead(&changes);
    let (key, said) = leads.iter().max_by_key(|(_, said)| said.len()).expect("a lead");
    let (lost, next) = (&said[1].1, &said[2].0);
    broker.delete_records(&settings.score_changes, next.partition, next.offset);
    let part = ask(&without_snapshots(&settings), &[key, "--json", "--at", &position(lost)]).part();
    for name in ["score", "probability", "base", "other", "reasons"] {
        assert_eq!(part["score"][name], lost[name], "{name}");
    }
    assert_eq!((&part["said"], &part["said_later"]), (&Value::Null, &lost["score"]));
    assert_eq!((&part["replay"]["equal"], &part["replay"]["said"]), (&Value::Null, &Value::Array(Vec::new())));
    assert_eq!(part["replay"]["computed"][0]["score_change"]["score"], lost["score"]);
}

#[test]
fn people_read_it_too() {
    let broker = Broker::shared();
    let settings = three_runs(broker, "lead-text");
    let changes = broker.read_committed_all(&settings.score_changes);
    let leads = by_lead(&changes);
    let (key, said) = leads.iter().max_by_key(|(_, said)| said.len()).expect("a lead");
    let (_, last) = said.last().expect("a change");
    let now = ask(&settings, &[key]);
    assert_eq!((now.code, now.errors.as_str()), (Some(0), ""));
    for line in [
        format!(
            "{key}, partition {}, as of {}",
            last["input"]["partition"],
            last["as_of"].as_str().expect("an instant")
        ),
        format!("score {} (band {})", last["score"], last["band"].as_str().expect("a band")),
        format!("last said: {} as of {}", last["score"], last["as_of"].as_str().expect("an instant")),
        format!("  {} (before {}, band ", last["score"], last["previous"]),
        "score changes that the topic holds, newest first (10 of ".to_owned(),
        "  snapshot 3 of partition ".to_owned(),
    ] {
        assert!(now.output.lines().any(|text| text.starts_with(&line)), "{line}\n{}", now.output);
    }
    let then = ask(&settings, &[key, "--at", &position(last), "--all-features"]);
    assert_eq!(then.code, Some(0), "{}", then.errors);
    for line in [format!("{}, once more", position(last)), "  they are equal".to_owned(), "features".to_owned()] {
        assert!(then.output.lines().any(|text| text == line), "{line}\n{}", then.output);
    }
    assert!(features(&then) > features(&now), "{}", then.output);
}

/// Lines about features.
fn features(answer: &Answer) -> usize {
    let from = answer.output.lines().skip_while(|line| !line.starts_with("features"));
    from.take_while(|line| !line.is_empty()).count()
}
