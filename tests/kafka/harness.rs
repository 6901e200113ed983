//! The harness tells the truth: about transactions, about a broker's death, about TLS. Everything else stands on it.

use std::sync::mpsc;
use std::time::Duration;

use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};

use crate::support::kafka::Isolation;
use crate::support::{Broker, Draft, PATIENCE};

fn transactional(broker: &Broker, id: &str) -> BaseProducer {
    let producer: BaseProducer = broker.client().set("transactional.id", id).create().expect("a producer");
    producer.init_transactions(PATIENCE).expect("initialised");
    producer
}

fn write(producer: &BaseProducer, topic: &str, value: &str) {
    producer.send(BaseRecord::<(), str>::to(topic).partition(0).payload(value)).map_err(|(e, _)| e).expect("queued");
    producer.flush(PATIENCE).expect("written");
}

fn texts(records: &[crate::support::Record]) -> Vec<String> {
    records.iter().map(crate::support::Record::text).collect()
}

#[test]
fn committed_records_are_seen_and_no_others() {
    let broker = Broker::shared();
    let topic = broker.unique_topic("transactions");
    broker.create_topic(&topic, 2, &[]);
    let producer = transactional(broker, &topic);
    for (value, commits) in [("one", true), ("two", false), ("three", true)] {
        producer.begin_transaction().expect("begun");
        write(&producer, &topic, value);
        if commits { producer.commit_transaction(PATIENCE) } else { producer.abort_transaction(PATIENCE) }
            .expect("ended");
    }
    // The last thing in the log is now a control record, and the other partition is empty.
    broker.await_settled(&topic);
    let committed = broker.read_committed_all(&topic);
    assert_eq!(texts(&committed[0]), ["one", "three"]);
    assert!(committed[1].is_empty());
    assert_eq!(texts(&broker.read_all(&topic, Isolation::Uncommitted)[0]), ["one", "two", "three"]);

    producer.begin_transaction().expect("begun");
    write(&producer, &topic, "four");
    assert_eq!(broker.open_transactions(&topic), [0]);
    assert_eq!(broker.bounds(&topic, 0, Isolation::Committed), (0, 6));
    assert_eq!(broker.bounds(&topic, 0, Isolation::Uncommitted), (0, 7));
    assert_eq!(texts(&broker.read_committed_all(&topic)[0]), ["one", "three"]);
    producer.commit_transaction(PATIENCE).expect("committed");
    broker.await_settled(&topic);
    assert_eq!(texts(&broker.read_committed_all(&topic)[0]), ["one", "three", "four"]);
}

#[test]
fn positions_count_once_their_transaction_is_committed() {
    let broker = Broker::shared();
    let topic = broker.unique_topic("positions");
    broker.create_topic(&topic, 2, &[]);
    broker.produce(&topic, 1, &[Draft::new(1, "k", "v"), Draft::new(2, "k", "w")]);
    let member: BaseConsumer = broker.client().set("group.id", &topic).create().expect("a consumer");
    let producer = transactional(broker, &topic);
    let mut positions = TopicPartitionList::new();
    positions.add_partition_offset(&topic, 1, Offset::Offset(2)).expect("an offset");
    positions.find_partition(&topic, 1).expect("just added").set_metadata("a note");
    let send = || {
        let group = member.group_metadata().expect("a group");
        producer.begin_transaction().expect("begun");
        producer.send_offsets_to_transaction(&positions, &group, PATIENCE).expect("sent");
    };

    send();
    let pending = broker.committed_within(&topic, &topic, Duration::from_millis(500));
    assert!(pending.is_err(), "a position was shown before its transaction ended: {pending:?}");
    producer.abort_transaction(PATIENCE).expect("aborted");
    assert_eq!(broker.committed(&topic, &topic), [None, None]);

    send();
    producer.commit_transaction(PATIENCE).expect("committed");
    let committed = crate::support::Committed { offset: 2, note: "a note".into() };
    assert_eq!(broker.committed(&topic, &topic), [None, Some(committed)]);
    broker.await_consumed(&topic, &topic, PATIENCE);
}

#[test]
fn records_come_back_as_they_were_written() {
    let broker = Broker::shared();
    let topic = broker.unique_topic("records");
    broker.create_topic(&topic, 1, &[]);
    let mut with_null = Draft { at_ms: 40, key: None, value: Some(b"\xff\x00".to_vec()), headers: Vec::new() }
        .header("same", "first")
        .header("same", "second");
    with_null.headers.push(("none".into(), None));
    let tombstone = Draft { at_ms: 30, key: Some(b"k".to_vec()), value: None, headers: Vec::new() };
    let drafts = [Draft::new(50, "k", "v"), Draft::new(20, "", ""), tombstone, with_null];
    assert_eq!(broker.produce(&topic, 0, &drafts), [0, 1, 2, 3]);
    let read = &broker.read_committed_all(&topic)[0];
    let as_draft = |r: &crate::support::Record| Draft {
        at_ms: r.at_ms,
        key: r.key.clone(),
        value: r.value.clone(),
        headers: r.headers.clone(),
    };
    assert_eq!(read.iter().map(as_draft).collect::<Vec<_>>(), drafts);

    broker.delete_records(&topic, 0, 3);
    assert_eq!(broker.bounds(&topic, 0, Isolation::Uncommitted), (3, 4));
    assert_eq!(broker.read_committed_all(&topic)[0], read[3..]);
    broker.delete_topic(&topic);
    assert_eq!(broker.partitions(&topic), 0);
}

#[test]
fn a_broker_of_ones_own_keeps_data_and_ports_through_its_deaths() {
    let mut broker = Broker::own();
    let topic = broker.unique_topic("deaths");
    broker.create_topic(&topic, 1, &[]);
    let producer = transactional(&broker, &topic);
    producer.begin_transaction().expect("begun");
    write(&producer, &topic, "before");
    producer.commit_transaction(PATIENCE).expect("committed");
    broker.await_settled(&topic);

    broker.kill9();
    assert!(std::net::TcpStream::connect(&broker.plain).is_err());
    broker.restart();
    assert_eq!(texts(&broker.read_committed_all(&topic)[0]), ["before"]);

    producer.begin_transaction().expect("the same producer goes on");
    write(&producer, &topic, "after");
    producer.commit_transaction(PATIENCE).expect("committed");
    broker.await_settled(&topic);
    broker.stop();
    broker.restart();
    assert_eq!(texts(&broker.read_committed_all(&topic)[0]), ["before", "after"]);

    broker.suspend();
    let asked: BaseConsumer = broker.client().create().expect("a consumer");
    assert!(asked.fetch_metadata(Some(&topic), Duration::from_millis(300)).is_err());
    broker.resume();
    assert!(asked.fetch_metadata(Some(&topic), PATIENCE).is_ok());
}

/// Passes the client's errors on.
struct Errors(mpsc::Sender<RDKafkaErrorCode>);

impl ClientContext for Errors {
    fn error(&self, error: KafkaError, _: &str) {
        if let Some(code) = error.rdkafka_error_code() {
            let _ = self.0.send(code);
        }
    }
}

impl ConsumerContext for Errors {}

#[test]
fn the_tls_listener_knows_its_user() {
    let broker = Broker::shared();
    let topic = broker.unique_topic("tls");
    broker.create_topic(&topic, 1, &[]);
    let known: BaseConsumer = broker.tls_client(crate::support::broker::PASSWORD).create().expect("a consumer");
    let metadata = known.fetch_metadata(Some(&topic), PATIENCE).expect("let in");
    assert_eq!(metadata.topics()[0].partitions().len(), 1);

    let (said, heard) = mpsc::channel();
    let stranger: BaseConsumer<Errors> = broker.tls_client("wrong").create_with_context(Errors(said)).expect("one");
    let refused = crate::support::eventually("an answer to the stranger", PATIENCE, || {
        let answer = stranger.fetch_metadata(Some(&topic), Duration::from_millis(100));
        assert!(answer.is_err(), "let in with a wrong password");
        let _ = stranger.poll(Duration::ZERO);
        heard.try_iter().find(|code| *code == RDKafkaErrorCode::Authentication)
    });
    assert_eq!(refused, RDKafkaErrorCode::Authentication);
}

#[test]
fn generated_events_are_reproducible_and_survive_kcat_lines() {
    use crate::support::events::{Plan, generate};
    let plan = Plan::default();
    let partitions = generate(&plan);
    assert_eq!(partitions, generate(&plan));
    assert_ne!(partitions, generate(&Plan { seed: 2, ..plan }));
    assert_eq!(partitions.iter().map(Vec::len).sum::<usize>(), plan.records);
    assert!(partitions.iter().all(|p| p.len() > 50), "every partition gets its share");
    let all: Vec<&Draft> = partitions.iter().flatten().collect();
    let invalid = |d: &&&Draft| d.value.as_ref().is_some_and(|v| std::str::from_utf8(v).is_err());
    assert!(all.iter().any(|d| d.value.is_none()), "a tombstone");
    assert!(all.iter().any(|d| d.key.is_none()), "no key");
    assert!(all.iter().filter(invalid).count() > 0, "invalid UTF-8");

    for draft in all {
        let Draft { at_ms, key, value, headers } = draft.clone();
        let record = crate::support::Record { topic: "t".into(), partition: 1, offset: 7, at_ms, key, value, headers };
        let line: serde_json::Value = crate::support::kcat::line(&record).parse().expect("JSON");
        assert_eq!((&line["topic"], &line["ts"], &line["offset"]), (&"t".into(), &at_ms.into(), &7.into()));
        assert_eq!(crate::support::kcat::bytes(&line, "key"), record.key);
        assert_eq!(crate::support::kcat::bytes(&line, "payload"), record.value);
        assert_eq!(crate::support::kcat::headers(&line), record.headers);
    }
}
