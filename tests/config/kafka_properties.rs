//! Under `[kafka]` stand librdkafka's properties by their own names: real ones, with values that it takes, and none of needle's.

use needle::config::{Config, librdkafka};

fn kafka(text: &str) -> Config {
    Config::from_toml(&format!("[kafka]\n{text}")).unwrap_or_else(|report| panic!("{text}: {report}"))
}

/// The one mistake of a `[kafka]` section: key and words.
fn mistake(text: &str) -> (String, String) {
    let report = Config::from_toml(&format!("[kafka]\n{text}")).expect_err(text);
    let [mistake] = report.mistakes.as_slice() else { panic!("{text}: {report}") };
    (mistake.key.clone(), mistake.what.clone())
}

#[test]
fn strings_numbers_and_flags_become_librdkafkas_strings() {
    let config = kafka(
        "\"bootstrap.servers\" = \"a:1,b:2\"\n\"socket.keepalive.enable\" = true\n\"message.max.bytes\" = 2_000_000",
    );
    assert_eq!(config.kafka.common["bootstrap.servers"], "a:1,b:2");
    assert_eq!(config.kafka.common["socket.keepalive.enable"], "true");
    assert_eq!(config.kafka.common["message.max.bytes"], "2000000");
    assert_eq!(mistake("\"client.id\" = [\"a\"]").0, "kafka.\"client.id\"");
}

#[test]
fn a_clients_own_properties_override_and_foreign_ones_stay_away() {
    let config = kafka(
        "\"client.id\" = \"both\"\n\"linger.ms\" = 3\n\"fetch.min.bytes\" = 4\n[kafka.consumer]\n\"client.id\" = \"in\"\n\
         [kafka.producer]\nclient.id = \"out\"",
    );
    let consumer: Vec<_> = config.kafka.for_consumer().into_iter().collect();
    let producer: Vec<_> = config.kafka.for_producer().into_iter().collect();
    assert_eq!(consumer, [("client.id", "in"), ("fetch.min.bytes", "4")]);
    assert_eq!(producer, [("client.id", "out"), ("linger.ms", "3")]);
}

#[test]
fn a_property_that_does_not_exist_names_the_nearest() {
    for (wrong, near) in [
        ("fetch.min.bites", "fetch.min.bytes"),
        ("bootstrap.server", "bootstrap.servers"),
        ("sesion.timeout.ms", "session.timeout.ms"),
        ("sasl.pasword", "sasl.password"),
        ("linger_ms", "linger.ms"),
    ] {
        for section in ["", "[kafka.consumer]\n", "[kafka.producer]\n"] {
            let (key, what) = mistake(&format!("{section}\"{wrong}\" = \"1\""));
            assert!(key.ends_with(&format!("{wrong:?}")), "{key}");
            assert_eq!(what, format!("is no property of librdkafka; the nearest one is {near:?}"));
        }
    }
}

#[test]
fn a_value_that_librdkafka_refuses_is_refused() {
    for text in [
        "\"session.timeout.ms\" = \"long\"",
        "\"session.timeout.ms\" = -1",
        "\"security.protocol\" = \"carrier-pigeon\"",
        "\"socket.keepalive.enable\" = \"perhaps\"",
    ] {
        assert!(mistake(text).1.starts_with("is refused by librdkafka: "), "{text}");
    }
}

#[test]
fn what_exactly_once_stands_on_is_needles() {
    for name in [
        "group.id",
        "group.instance.id",
        "transactional.id",
        "isolation.level",
        "enable.auto.commit",
        "auto.commit.enable",
        "auto.commit.interval.ms",
        "enable.auto.offset.store",
        "enable.partition.eof",
        "enable.idempotence",
        "offset.store.method",
    ] {
        assert!(librdkafka::names().any(|known| known == name), "{name}");
        for section in ["", "[kafka.consumer]\n", "[kafka.producer]\n"] {
            let (_, what) = mistake(&format!("{section}\"{name}\" = \"true\""));
            assert!(what.starts_with("is needle's own: "), "{name}: {what}");
        }
    }
}

#[test]
fn what_exactly_once_binds_has_one_value() {
    for (name, good, bad) in [
        ("auto.offset.reset", "earliest", "latest"),
        ("acks", "all", "1"),
        ("queuing.strategy", "fifo", "lifo"),
        ("partition.assignment.strategy", "range", "cooperative-sticky"),
        ("max.in.flight", "5", "6"),
        ("max.in.flight.requests.per.connection", "5", "6"),
    ] {
        assert_eq!(kafka(&format!("\"{name}\" = \"{good}\"")).kafka.common[name], good);
        let (_, what) = mistake(&format!("\"{name}\" = \"{bad}\""));
        assert!(what.starts_with("must be "), "{name}: {what}");
    }
}

#[test]
fn a_property_in_the_wrong_place_is_sent_to_the_right_one() {
    assert!(mistake("[kafka.consumer]\n\"linger.ms\" = 1").1.contains("[kafka.producer]"));
    assert!(mistake("[kafka.producer]\n\"fetch.min.bytes\" = 1").1.contains("[kafka.consumer]"));
    assert!(mistake("[kafka.producer]\n\"bootstrap.servers\" = \"b:1\"").1.contains("[kafka]"));
    assert!(mistake("\"metadata.broker.list\" = \"b:1\"").1.contains("bootstrap.servers"));
}

#[test]
fn a_property_said_twice_is_a_mistake() {
    let (key, what) = mistake("\"client.id\" = \"a\"\nclient.id = \"b\"");
    assert_eq!((key.as_str(), what.as_str()), ("kafka.\"client.id\"", "is given twice"));
}

#[test]
fn time_outs_do_not_contradict_each_other() {
    kafka("\"heartbeat.interval.ms\" = 1000\n\"session.timeout.ms\" = 6000\n\"max.poll.interval.ms\" = 6000");
    let (key, _) = mistake("\"heartbeat.interval.ms\" = 7000\n\"session.timeout.ms\" = 6000");
    assert_eq!(key, "kafka.\"heartbeat.interval.ms\"");
    let (key, _) = mistake("\"max.poll.interval.ms\" = 5000\n[kafka.consumer]\n\"session.timeout.ms\" = 6000");
    assert_eq!(key, "kafka.consumer.\"session.timeout.ms\"");
}

#[test]
fn only_run_needs_brokers() {
    let none = Config::from_toml("").unwrap();
    let report = none.require_brokers().unwrap_err().to_string();
    assert!(report.contains("kafka.\"bootstrap.servers\" is missing"), "{report}");
    assert!(kafka("\"bootstrap.servers\" = \" , \"").require_brokers().is_err());
    assert!(kafka("\"bootstrap.servers\" = \"b:1\"").require_brokers().is_ok());
}
