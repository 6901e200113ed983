//! Once the buffers have their size, decoding an event and encoding a score change allocate nothing.

use crate::counting;
use crate::wire_support::{limits, record, traits, with_headers};
use needle::config::Tenancy;
use needle::wire::change::{Cause, InputPosition, Moved, Reason, ScoreChange};
use needle::wire::decode::Decoder;
use needle::wire::encode::encode_change;
use needle::wire::record::OwnedRecord;

/// Once the buffers have their size.
fn allocations(mut work: impl FnMut()) -> usize {
    work();
    counting::allocations(work)
}

fn records() -> Vec<OwnedRecord> {
    let event = r#"{"type":"page","userId":17.5,"timestamp":"2026-01-01 00:00:00","properties":{"url":"a\nb","fields":{"x":1}},"traits":{"employees":5,"title":"CTO"},"context":{"tenant":3,"page":{"path":"/"},"traits":{"a/b":{"~c":"x"}}}}"#;
    vec![
        record(event),
        record(event.replacen('{', r#"{"messageId":"m","#, 1)),
        with_headers(
            event,
            &[("ce_id", "c"), ("ce_time", "2026-01-01T00:00:00Z"), ("content-type", "application/json")],
        ),
        record(format!(r#"{{"specversion":"1.0","id":"c","data":{event}}}"#)),
        record(format!(r#"{{"batch":[{}]}}"#, event.replacen('{', r#"{"messageId":"m","#, 1))),
        record(r#"{"type":"track","event":"e","anonymousId":"a"}"#),
    ]
}

#[test]
fn decoding() {
    let topic = Tenancy::Topic(regex::Regex::new("^(e)vents").expect("a regex"));
    for tenancy in [Tenancy::None, Tenancy::Header("ce_id".into()), Tenancy::Json("/context/tenant".into()), topic] {
        let mut decoder = Decoder::with(&limits(), &tenancy, &traits());
        let records = records();
        let (mut events, mut found) = (0, 0);
        let count = allocations(|| {
            for record in &records {
                decoder.decode(&record.as_record(), &mut |_, event| {
                    events += 1;
                    found += event.traits.len();
                });
            }
        });
        assert_eq!((count, events, found), (0, 12, 30), "{tenancy:?}");
    }
    assert_ne!(allocations(|| drop(std::hint::black_box(vec![1]))), 0, "the counter counts");
}

#[test]
fn encoding() {
    let reason = Reason { feature: "f", value: 0.1, points: 1e-9, text: "\"quoted\" \u{1} é" };
    let change = ScoreChange {
        tenant: "default",
        lead: "u\n",
        score: 50,
        previous: None,
        band: "A",
        probability: 0.5,
        cause: Cause::Event,
        reasons: &[reason, reason],
        base: 50.0,
        other: 0.0,
        moved: Some(Moved { since_ms: 0, points: 0.25, reasons: &[reason], other: 0.0 }),
        cold_in_days: None,
        explore: None,
        model_version: "v",
        model_kind: "linear",
        event: None,
        as_of_ms: 1,
        input: InputPosition { topic: "events", partition: 0, offset: 1 },
        jump: None,
    };
    let mut out = Vec::new();
    let count = allocations(|| {
        out.clear();
        encode_change(&change, &mut out);
    });
    assert_eq!(count, 0);
}
