//! The audit that exactly-once stands on is silent about a true run and speaks about each way of being wrong.
//!
//! The truth is given here, and a plain producer writes what a faulty service would have written.

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};
use serde_json::json;

use crate::support::audit::differences;
use crate::support::replay::Said;
use crate::support::{Broker, Draft, PATIENCE, Record, Settings, kcat};

/// A service's world with two partitions of input, and what should be said of it: a score change for every record, a
/// jump for the first and a dead letter for the last of each partition.
struct World {
    broker: &'static Broker,
    settings: Settings,
    input: Vec<Vec<Record>>,
    truth: Vec<Said>,
}

impl World {
    fn new(name: &str) -> Self {
        let broker = Broker::shared();
        let settings = Settings::new(broker, name, 2);
        for topic in settings.outputs() {
            broker.create_topic(topic, 2, &[]);
        }
        for partition in 0..2 {
            let drafts: Vec<Draft> = (0..4).map(|n| Draft::new(n, "u", "event").header("h", "v")).collect();
            broker.produce(&settings.events, partition, &drafts);
        }
        let input = broker.read_committed_all(&settings.events);
        let truth = input.iter().map(|records| truth(records)).collect();
        Self { broker, settings, input, truth }
    }

    fn differences(&self) -> Vec<String> {
        differences(self.broker, &self.settings, &self.input, &self.truth)
    }

    /// What a faultless service writes for one partition: topic, record.
    fn outputs(&self, partition: usize) -> Vec<(&str, Draft)> {
        let [changes, jumps, letters] = self.settings.outputs();
        let records = &self.input[partition];
        let mut outputs: Vec<_> = records.iter().map(|r| (changes, score_change(r, ""))).collect();
        outputs.push((jumps, score_change(&records[0], "-hot")));
        outputs.push((letters, dead_letter(&records[3])));
        outputs
    }

    /// Writes outputs and positions in one transaction, left open unless `commits`.
    fn transact(&self, outputs: &[Vec<(&str, Draft)>], positions: [i64; 2], commits: bool) -> BaseProducer {
        let producer: BaseProducer =
            self.broker.client().set("transactional.id", &self.settings.application).create().expect("a producer");
        producer.init_transactions(PATIENCE).expect("initialised");
        producer.begin_transaction().expect("begun");
        for (partition, drafts) in outputs.iter().enumerate() {
            for (topic, draft) in drafts {
                send(&producer, topic, partition as i32, draft);
            }
        }
        producer.flush(PATIENCE).expect("written");
        let member: BaseConsumer =
            self.broker.client().set("group.id", &self.settings.application).create().expect("a consumer");
        let group = member.group_metadata().expect("a group");
        producer.send_offsets_to_transaction(&self.positions(positions), &group, PATIENCE).expect("sent");
        if commits {
            producer.commit_transaction(PATIENCE).expect("committed");
        }
        producer
    }

    fn positions(&self, positions: [i64; 2]) -> TopicPartitionList {
        let mut list = TopicPartitionList::new();
        for (partition, offset) in positions.into_iter().enumerate() {
            let offset = Offset::Offset(offset);
            list.add_partition_offset(&self.settings.events, partition as i32, offset).expect("an offset");
        }
        list
    }

    fn all_outputs(&self) -> Vec<Vec<(&str, Draft)>> {
        (0..2).map(|p| self.outputs(p)).collect()
    }
}

fn send(producer: &BaseProducer, topic: &str, partition: i32, draft: &Draft) {
    let headers = crate::support::kafka::kafka_headers(draft);
    let mut record = BaseRecord::<[u8], [u8]>::to(topic).partition(partition).headers(headers);
    record.key = draft.key.as_deref();
    record.payload = draft.value.as_deref();
    producer.send(record).map_err(|(error, _)| error).expect("queued");
}

fn score_change(of: &Record, id_end: &str) -> Draft {
    let input = json!({"topic": of.topic, "partition": of.partition, "offset": of.offset});
    let value = json!({"tenant": "default", "lead": "u", "score": of.offset, "cause": "event", "input": input});
    Draft::new(0, "default/u", value.to_string())
        .header("ce_id", &format!("{}-{}-{}{id_end}", of.topic, of.partition, of.offset))
        .header("ce_subject", "default/u")
}

fn dead_letter(of: &Record) -> Draft {
    Draft { at_ms: 0, key: of.key.clone(), value: of.value.clone(), headers: of.headers.clone() }
        .header("needle_reason", "json")
        .header("needle_detail", "expected value at 1")
        .header("needle_topic", &of.topic)
        .header("needle_partition", &of.partition.to_string())
        .header("needle_offset", &of.offset.to_string())
}

fn truth(records: &[Record]) -> Said {
    let value = |record: &Record| score_change(record, "").value.expect("a value");
    let mut letter: serde_json::Value = kcat::line(&records[3]).parse().expect("JSON");
    letter["reason"] = json!("json");
    letter["detail"] = json!("expected value at 1");
    Said {
        score_changes: records.iter().map(value).collect(),
        score_jumps: vec![value(&records[0])],
        dead_letters: vec![letter.to_string().into_bytes()],
    }
}

#[track_caller]
fn assert_found(world: &World, expected: &[&str]) {
    let found = world.differences();
    let fits = found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| f.contains(e));
    assert!(fits, "expected {expected:?}, found {found:#?}");
}

#[test]
fn a_faultless_run_has_no_differences() {
    let world = World::new("faultless");
    world.transact(&world.all_outputs(), [4, 4], true);
    assert_found(&world, &[]);
}

#[test]
fn a_dropped_record_is_found() {
    let world = World::new("dropped");
    let mut outputs = world.all_outputs();
    outputs[1].remove(2);
    world.transact(&outputs, [4, 4], true);
    assert_found(&world, &["3 records seen, 4 expected; number 2"]);
}

#[test]
fn a_doubled_record_is_found() {
    let world = World::new("doubled");
    let mut outputs = world.all_outputs();
    let again = outputs[0][4].clone();
    outputs[0].push(again);
    world.transact(&outputs, [4, 4], true);
    assert_found(&world, &["2 records seen, 1 expected", "-0-hot again"]);
}

#[test]
fn records_in_another_order_are_found() {
    let world = World::new("swapped");
    let mut outputs = world.all_outputs();
    outputs[0].swap(0, 1);
    world.transact(&outputs, [4, 4], true);
    assert_found(&world, &["4 records seen, 4 expected; number 0"]);
}

#[test]
fn a_changed_byte_is_found() {
    let world = World::new("changed");
    let mut outputs = world.all_outputs();
    let value = outputs[0][3].1.value.as_mut().expect("a value");
    value.push(b' ');
    outputs[1][5].1.headers[0].1 = Some(b"w".to_vec());
    world.transact(&outputs, [4, 4], true);
    assert_found(&world, &["number 3", "number 0"]);
}

#[test]
fn a_key_that_does_not_fit_is_found() {
    let world = World::new("key");
    let mut outputs = world.all_outputs();
    outputs[0][1].1.key = Some(b"default/v".to_vec());
    world.transact(&outputs, [4, 4], true);
    assert_found(&world, &["key or headers do not fit"]);
}

#[test]
fn positions_short_of_the_end_are_found() {
    let world = World::new("short");
    world.transact(&world.all_outputs(), [4, 3], true);
    assert_found(&world, &["position 3, not 4 to 4"]);
}

#[test]
fn an_open_transaction_is_found() {
    let world = World::new("open");
    world.transact(&world.all_outputs(), [4, 4], true);
    let again = world.outputs(0)[..1].to_vec();
    let _open = world.transact(&[again], [4, 4], false);
    assert_found(&world, &["a transaction stays open", "positions of"]);
}

#[test]
fn outputs_of_an_aborted_transaction_whose_positions_were_committed_apart_are_missed() {
    let world = World::new("apart");
    world.transact(&world.all_outputs(), [0, 0], false).abort_transaction(PATIENCE).expect("aborted");
    let member: BaseConsumer =
        world.broker.client().set("group.id", &world.settings.application).create().expect("a consumer");
    member.commit(&world.positions([4, 4]), rdkafka::consumer::CommitMode::Sync).expect("committed apart");
    let missed = ["0 records seen, 4", "0 records seen, 4", "0 records seen, 1", "0 records seen, 1"];
    assert_found(&world, &[&missed[..], &missed[2..]].concat());
}

#[test]
fn what_a_service_without_a_transactional_id_says_again_after_a_kill_is_found() {
    let world = World::new("plain");
    // It had said everything of one partition, and was killed before its positions were committed.
    for (topic, draft) in world.outputs(0) {
        world.broker.produce(topic, 0, &[draft]);
    }
    world.transact(&world.all_outputs(), [4, 4], true);
    let doubled = ["2 records seen, 1 expected", "-0-hot again", "2 records seen, 1 expected"];
    let changes = ["8 records seen, 4 expected", "-0-0 again", "-0-1 again", "-0-2 again", "-0-3 again"];
    assert_found(&world, &[&changes[..], &doubled[..]].concat());
}
