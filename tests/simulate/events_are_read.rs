//! Every event is read by the service's own decoder, none is a dead letter; its lead is its record's key, its instant its record's; and
//! the outcomes are outcomes by the configuration's defaults.

use std::collections::{BTreeMap, BTreeSet};

use needle::config::Config;
use needle::simulate::Journeys;
use needle::touchpoint::{Mark, Reader, Taxonomy};
use needle::wire::decode::Decoder;
use needle::wire::record::{NoHeaders, Record};

use crate::support::plan;

#[test]
fn events_are_read() {
    let config = Config::from_toml("").expect("defaults");
    let taxonomy = Taxonomy::new(&config).expect("good rules");
    let (mut decoder, mut reader) = (Decoder::new(&config), Reader::new(&taxonomy));
    let mut journeys = Journeys::new(&plan(1, 1_200, 60));
    let (mut ids, mut marks): (BTreeSet<String>, BTreeMap<String, u64>) = Default::default();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for happening in journeys.by_ref() {
        serde_json::from_slice::<serde_json::Value>(&happening.event).expect("JSON");
        let (key, value) = (Some(happening.key.as_bytes()), Some(happening.event.as_slice()));
        let at_ms = happening.at_ms;
        let record = Record { topic: "events", partition: 0, offset: 0, at_ms, key, value, headers: &NoHeaders };
        let decoded = decoder.decode(&record, &mut |_, event| {
            assert_eq!((event.lead, event.at_ms), (happening.key.as_str(), happening.at_ms));
            assert!(ids.insert(event.id.to_owned()), "{} twice", event.id);
            let touchpoint = reader.read(event);
            *marks.entry(format!("{:?}", touchpoint.mark)).or_default() += 1;
            seen.insert(touchpoint.channel.name().to_owned());
            seen.insert(event.kind.name().to_owned());
        });
        assert!(decoded.fault.is_none(), "{}", String::from_utf8_lossy(&happening.event));
    }
    let census = journeys.census();
    for (mark, count) in
        [(Mark::Positive, census.positive), (Mark::Negative, census.negative), (Mark::Contact, census.called)]
    {
        assert!(count > 0 && marks[&format!("{mark:?}")] == count, "{mark:?}: {marks:?} beside {census:?}");
    }
    assert!(census.explored > 0 && census.explored < census.called, "{census:?}");
    for what in ["direct", "organic_search", "paid_search", "email", "referral", "offline", "page", "track", "identify"]
    {
        assert!(seen.contains(what), "{what} is not among {seen:?}");
    }
}
