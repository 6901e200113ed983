//! Simulated leads: equal plans give equal bytes; everything that is meant to be an event is one, and together they are what real
//! leads do: every theme, many channels, forms, outcomes.

use std::collections::{BTreeMap, BTreeSet};

use needle::config::Config;
use needle::simulate::{DAY_MS, Fate, Happening, Journeys, Mishaps, Plan, Sent};
use needle::touchpoint::{FormStep, Mark, Reader, Taxonomy};
use needle::wire::decode::Decoder;
use needle::wire::record::{NoHeaders, Record};
use proptest::prelude::*;

const START_MS: i64 = 1_767_571_200_000;

fn plan(seed: u64, leads: u32, days: u32) -> Plan {
    Plan { seed, leads, start_ms: START_MS, days }
}

fn sent(plan: &Plan) -> Vec<Sent> {
    Mishaps::new(Journeys::new(plan), plan.seed).collect()
}

/// Lead and message id of an event, as a lane reads them; the reason where none can be read.
fn read(decoder: &mut Decoder, sent: &Sent) -> Result<(String, String, i64), String> {
    let (key, value) = (Some(sent.key.as_bytes()), Some(sent.value.as_slice()));
    let record =
        Record { topic: "events", partition: 0, offset: 0, at_ms: sent.at_ms, key, value, headers: &NoHeaders };
    let mut read = Vec::new();
    let decoded = decoder.decode(&record, &mut |_, event| {
        read.push((event.lead.to_owned(), event.id.to_owned(), event.at_ms));
    });
    match decoded.fault {
        Some(fault) => Err(format!("{:?}: {}", fault.reason, fault.detail)),
        None => Ok(read.pop().expect("one event")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn equal_plans_give_equal_records_in_the_order_of_time(seed: u64, leads in 1..80_u32, days in 1..60_u32) {
        let plan = plan(seed, leads, days);
        let records = sent(&plan);
        prop_assert_eq!(&records, &sent(&plan));
        prop_assert!(records.is_sorted_by_key(|sent| sent.at_ms));
        prop_assert!(records.iter().all(|sent| sent.at_ms >= plan.start_ms));
        let happenings: Vec<Happening> = Journeys::new(&plan).collect();
        prop_assert!(happenings.is_sorted_by_key(|happening| happening.at_ms));
        prop_assert!(happenings.iter().all(|happening| happening.at_ms < plan.end_ms()));
    }

    #[test]
    fn what_is_meant_to_be_an_event_is_one_and_nothing_else_is(seed: u64) {
        let mut decoder = Decoder::new(&Config::from_toml("").expect("defaults"));
        let mut seen = BTreeSet::new();
        for sent in sent(&plan(seed, 60, 30)) {
            let read = read(&mut decoder, &sent);
            let text = String::from_utf8_lossy(&sent.value).into_owned();
            match (sent.fate, read) {
                (Fate::Broken, Err(_)) => {}
                (Fate::Broken, Ok(_)) => prop_assert!(false, "it was meant to be broken: {}", text),
                (_, Err(why)) => prop_assert!(false, "{}: {}", why, text),
                (fate, Ok((lead, id, at_ms))) => {
                    prop_assert_eq!(&lead, &sent.key);
                    prop_assert!(at_ms <= sent.at_ms);
                    prop_assert_eq!(seen.insert(id), fate == Fate::Event, "{:?}: {}", fate, text);
                }
            }
        }
    }
}

#[test]
fn more_leads_change_nothing_about_the_others() {
    let (few, many) = (plan(3, 40, 30), plan(3, 90, 30));
    let mut of_many = Journeys::new(&many).collect::<Vec<_>>();
    let of_few = Journeys::new(&few).collect::<Vec<_>>();
    let few: BTreeSet<&str> = of_few.iter().map(|happening| happening.key.as_str()).collect();
    of_many.retain(|happening| few.contains(happening.key.as_str()));
    // Happenings of one instant are in the order of the leads, whose numbers are the same.
    assert_eq!(of_few, of_many);
}

#[test]
fn seeds_differ() {
    assert_ne!(sent(&plan(1, 40, 30)), sent(&plan(2, 40, 30)));
}

#[test]
fn leads_do_what_leads_do() {
    let config = Config::from_toml("").expect("defaults");
    let taxonomy = Taxonomy::new(&config).expect("good rules");
    let (mut decoder, mut reader) = (Decoder::new(&config), Reader::new(&taxonomy));
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut last_ms: BTreeMap<String, i64> = BTreeMap::new();
    let mut longest_silence_ms = 0;
    for sent in sent(&plan(1, 300, 30)) {
        let record = Record {
            topic: "events",
            partition: 0,
            offset: 0,
            at_ms: sent.at_ms,
            key: None,
            value: Some(&sent.value),
            headers: &NoHeaders,
        };
        decoder.decode(&record, &mut |_, event| {
            let touchpoint = reader.read(event);
            let mut see = |what: String| *seen.entry(what).or_default() += 1;
            see(format!("type {}", event.kind.name()));
            see(format!("channel {}", touchpoint.channel.name()));
            see(format!("form {:?}", touchpoint.form));
            see(format!("mark {:?}", touchpoint.mark));
            see(format!("known {}", event.known));
            for (bit, theme) in taxonomy.theme_names().iter().enumerate() {
                if touchpoint.themes & (1 << bit) != 0 {
                    see(format!("theme {theme}"));
                }
            }
            if let Some(before_ms) = last_ms.insert(event.lead.to_owned(), event.at_ms) {
                longest_silence_ms = longest_silence_ms.max(event.at_ms - before_ms);
            }
        });
    }
    let marks = [Mark::Positive, Mark::Negative, Mark::Contact].map(|mark| format!("mark {mark:?}"));
    let forms = [FormStep::Started, FormStep::Submitted].map(|form| format!("form {form:?}"));
    let channels = ["direct", "organic_search", "paid_search", "organic_social", "paid_social", "email", "referral"];
    let channels = channels.map(|channel| format!("channel {channel}"));
    let themes = taxonomy.theme_names().iter().map(|theme| format!("theme {theme}"));
    let others = ["type page", "type track", "type identify", "known true", "known false", "channel offline"];
    let wanted = marks.into_iter().chain(forms).chain(channels).chain(themes).chain(others.map(str::to_owned));
    for what in wanted {
        assert!(seen.contains_key(&what), "{what} is not among {seen:#?}");
    }
    assert!(longest_silence_ms > 10 * DAY_MS, "nobody falls silent: {longest_silence_ms} ms");
}
