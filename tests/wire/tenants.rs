//! A tenant comes from where the configuration says; one that could not be part of a key or a path is a dead letter.

use crate::wire_support::{decode_with, limits, record, with_headers};
use needle::config::Tenancy;
use needle::wire::decode::Decoder;
use needle::wire::fault::Reason;
use needle::wire::record::OwnedRecord;

/// The tenant, or what is wrong with it.
fn tenant(tenancy: &Tenancy, record: &OwnedRecord) -> Result<String, String> {
    let mut decoder = Decoder::with(&limits(), tenancy, &[]);
    let (events, fault) = decode_with(&mut decoder, record);
    match fault {
        None => Ok(events[0].1.tenant.clone()),
        Some(fault) => {
            assert_eq!((fault.reason, events.len()), (Reason::InvalidTenant, 0));
            Err(fault.detail)
        }
    }
}

const EVENT: &str = r#"{"type":"page","userId":"u"}"#;

#[test]
fn from_a_header() {
    let tenancy = Tenancy::Header("x-tenant".into());
    let with = |headers: &[(&str, &str)]| tenant(&tenancy, &with_headers(EVENT, headers));
    assert_eq!(with(&[("x-tenant", "acme"), ("other", "x")]), Ok("acme".into()));
    assert_eq!(with(&[("x-tenant", "first"), ("x-tenant", "last")]), Ok("last".into()));
    assert_eq!(with(&[("X-Tenant", "acme")]), Ok("default".into()));
    for wrong in ["", "a/b", "a\\b", ".", "..", "a\nb", &"x".repeat(257)] {
        assert!(with(&[("x-tenant", wrong)]).is_err(), "{wrong:?}");
    }
    let mut record = record(EVENT);
    record.headers = vec![(b"x-tenant".to_vec(), None)];
    assert_eq!(tenant(&tenancy, &record), Ok("default".into()), "null is absent");
    record.headers = vec![(b"x-tenant".to_vec(), Some(vec![0xff]))];
    assert_eq!(tenant(&tenancy, &record), Err("tenant: the header is no UTF-8".into()));
}

#[test]
fn from_the_event() {
    let tenancy = Tenancy::Json("/context/tenant".into());
    let with =
        |context: &str| tenant(&tenancy, &record(format!(r#"{{"type":"page","userId":"u","context":{context}}}"#)));
    assert_eq!(with(r#"{"tenant":"acme"}"#), Ok("acme".into()));
    assert_eq!(with(r#"{"tenant":17.0}"#), Ok("17".into()));
    assert_eq!(with(r#"{"tenant":null}"#), Ok("default".into()));
    assert_eq!(with("[]"), Ok("default".into()));
    assert_eq!(with(r#"{"tenant":true}"#), Err("tenant: it is a boolean".into()));
    assert_eq!(with(r#"{"tenant":"a/b"}"#), Err("tenant: it has a slash: \"a/b\"".into()));

    let batch = r#"{"context":{"tenant":"whole"},"batch":[{"type":"page","userId":"u"},{"type":"page","userId":"u","context":{"tenant":"own"}},{"type":"page","userId":"u","context":{"tenant":""}}]}"#;
    let (events, fault) = decode_with(&mut Decoder::with(&limits(), &tenancy, &[]), &record(batch));
    assert_eq!(events.iter().map(|(_, event)| event.tenant.as_str()).collect::<Vec<_>>(), ["whole", "own"]);
    assert_eq!(fault.map(|f| f.detail), Some("item 2: invalid_tenant: tenant: it is empty: \"\"".into()));
}

#[test]
fn from_the_topic() {
    let with = |regex: &str, topic: &str| {
        let tenancy = Tenancy::Topic(regex::Regex::new(regex).expect("a regex"));
        tenant(&tenancy, &OwnedRecord { topic: topic.into(), ..record(EVENT) })
    };
    assert_eq!(with(r"^([^.]+)\.events$", "acme.events"), Ok("acme".into()));
    assert_eq!(with(r"^[^.]+", "acme.events"), Ok("acme".into()), "the whole match");
    assert_eq!(with(r"^([^.]+)\.events$", "events"), Ok("default".into()));
    assert!(with(r"^(.*)\.events$", ".events").is_err(), "an empty group");
    assert_eq!(tenant(&Tenancy::None, &with_headers(EVENT, &[("x-tenant", "acme")])), Ok("default".into()));
}
