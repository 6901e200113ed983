//! What cannot be read, set aside whole: the record as it came, and headers that say why and where from.

use super::fault::Fault;
use super::kcat;
use super::record::{Headers, OwnedHeaders, Record};

/// Bytes that Kafka needs for a record beside key, value and headers, with room to spare: the batch's header (61), the
/// record's own fields (at most 35).
const RECORD_OVERHEAD: usize = 128;
/// The same for a header: lengths of its name and value.
const HEADER_OVERHEAD: usize = 10;
/// Headers that say where a dead letter comes from, and two more where it was cut.
const OWN_HEADERS: usize = 7;

/// The value of a record of the dead-letter topic, and its headers: the record's own, then
///
/// | header | value |
/// |---|---|
/// | `needle_reason` | [`super::fault::Reason::name`] |
/// | `needle_detail` | a sentence for people |
/// | `needle_topic`, `needle_partition`, `needle_offset` | where the record lies |
/// | `needle_truncated` | `true`; only where the value was cut, because whole it would not fit its topic |
/// | `needle_original_length` | bytes that the value had before that |
pub struct DeadLetter<'a> {
    pub key: Option<&'a [u8]>,
    pub value: Option<&'a [u8]>,
    headers: &'a dyn Headers,
    /// How many of `headers` are kept: all, unless they alone are too much.
    kept: usize,
    own: [(&'static str, String); OWN_HEADERS],
    /// How many of `own` count.
    own_len: usize,
}

impl<'a> DeadLetter<'a> {
    /// `max_bytes`: what a record of the dead-letter topic may have (`max.message.bytes`). Cut is the end of the value; if
    /// that is not enough, headers from the last one on; if that is not enough, the key is left out.
    pub fn new(record: &Record<'a>, fault: &Fault, max_bytes: usize) -> Self {
        let mut letter = Self {
            key: record.key,
            value: record.value,
            headers: record.headers,
            kept: record.headers.len(),
            own: [
                ("needle_reason", fault.reason.name().to_owned()),
                ("needle_detail", fault.detail.clone()),
                ("needle_topic", record.topic.to_owned()),
                ("needle_partition", record.partition.to_string()),
                ("needle_offset", record.offset.to_string()),
                ("needle_truncated", "true".to_owned()),
                ("needle_original_length", record.value.map_or(0, <[u8]>::len).to_string()),
            ],
            own_len: OWN_HEADERS - 2,
        };
        if letter.bytes() > max_bytes {
            letter.own_len = OWN_HEADERS;
            letter.cut(max_bytes);
        }
        letter
    }

    fn cut(&mut self, max_bytes: usize) {
        let value = self.value.map(|value| {
            let excess = self.bytes().saturating_sub(max_bytes);
            &value[..value.len().saturating_sub(excess)]
        });
        self.value = value;
        while self.kept > 0 && self.bytes() > max_bytes {
            self.kept -= 1;
        }
        if self.bytes() > max_bytes {
            self.key = None;
        }
    }

    /// No less than Kafka will count.
    fn bytes(&self) -> usize {
        let headers = (0..self.len()).map(|index| {
            let (name, value) = self.get(index);
            HEADER_OVERHEAD + name.len() + value.map_or(0, <[u8]>::len)
        });
        let content = [self.key, self.value].into_iter().flatten().map(<[u8]>::len);
        RECORD_OVERHEAD + headers.chain(content).sum::<usize>()
    }
}

impl Headers for DeadLetter<'_> {
    fn len(&self) -> usize {
        self.kept + self.own_len
    }

    fn get(&self, index: usize) -> (&[u8], Option<&[u8]>) {
        if index < self.kept {
            return self.headers.get(index);
        }
        let (name, value) = &self.own[index - self.kept];
        (name.as_bytes(), Some(value.as_bytes()))
    }
}

/// A dead letter as a line of `kcat -J`, with its reason and detail, as a replay keeps it: the record as it was, without our headers.
///
/// `headers` and `value` are those of a [`DeadLetter`]; `at_ms` is the time of the record that it holds.
pub fn write_as_line(key: Option<&[u8]>, value: Option<&[u8]>, headers: &dyn Headers, at_ms: i64, out: &mut Vec<u8>) {
    let own = |name: &str| headers.last(name).map_or("".into(), String::from_utf8_lossy);
    let number = |name: &str| own(name).parse().unwrap_or(-1);
    let theirs: OwnedHeaders = (0..headers.len())
        .map(|index| headers.get(index))
        .filter(|(name, _)| !name.starts_with(b"needle_"))
        .map(|(name, value)| (name.to_vec(), value.map(<[u8]>::to_vec)))
        .collect();
    let record = Record {
        topic: &own("needle_topic"),
        partition: number("needle_partition") as i32,
        offset: number("needle_offset"),
        at_ms,
        key,
        value,
        headers: &theirs,
    };
    kcat::write_line(&record, Some((&own("needle_reason"), &own("needle_detail"))), out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::fault::Reason;
    use crate::wire::record::OwnedRecord;

    fn record(value: Option<usize>, header: usize, key: usize) -> OwnedRecord {
        OwnedRecord {
            topic: "events".into(),
            partition: 2,
            offset: 41,
            key: Some(vec![b'k'; key]),
            value: value.map(|len| vec![b'v'; len]),
            headers: vec![(b"a".to_vec(), Some(vec![b'h'; header])), (b"b".to_vec(), None)],
            ..OwnedRecord::default()
        }
    }

    fn texts(letter: &DeadLetter<'_>) -> Vec<(String, Option<String>)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (0..letter.len()).map(|i| letter.get(i)).map(|(n, v)| (text(n), v.map(text))).collect()
    }

    #[test]
    fn a_letter_that_fits_is_whole_and_says_why() {
        let fault = Fault::new(Reason::MissingId, "no userId");
        let record = record(Some(500), 3, 4);
        let letter = DeadLetter::new(&record.as_record(), &fault, 1_000_000);
        assert_eq!((letter.key, letter.value), (record.key.as_deref(), record.value.as_deref()));
        let header = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        let expected = [
            header("a", "hhh"),
            ("b".to_owned(), None),
            header("needle_reason", "missing_id"),
            header("needle_detail", "no userId"),
            header("needle_topic", "events"),
            header("needle_partition", "2"),
            header("needle_offset", "41"),
        ];
        assert_eq!(texts(&letter), expected);
    }

    #[test]
    fn a_letter_too_large_is_cut_until_it_fits() {
        let fault = Fault::new(Reason::TooLarge, "2000 bytes");
        for (value, header, key, kept, has_key) in [
            (Some(2000), 3, 4, 2, true),
            (Some(2000), 1500, 4, 0, true),
            (Some(2000), 1500, 1500, 0, false),
            (None, 1500, 4, 0, true),
        ] {
            let record = record(value, header, key);
            let letter = DeadLetter::new(&record.as_record(), &fault, 1000);
            assert!(letter.bytes() <= 1000, "{}", letter.bytes());
            assert_eq!((letter.kept, letter.key.is_some(), letter.value.is_some()), (kept, has_key, value.is_some()));
            let own = texts(&letter).split_off(kept);
            assert_eq!(own[5], ("needle_truncated".to_owned(), Some("true".to_owned())));
            assert_eq!(own[6], ("needle_original_length".to_owned(), Some(value.unwrap_or(0).to_string())));
            if kept == 2 {
                assert_eq!(letter.bytes(), 1000, "no more is cut than must be");
            }
        }
    }
}
