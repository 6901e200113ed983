//! Score changes of one lead, as the topic holds them or as they are computed again.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::lane::DECISIONS;
use crate::wire::record::Headers;

/// A score change that was said, or that would be.
#[derive(Clone, Debug)]
pub struct Change {
    /// The CloudEvents id: which record caused it, which item of a batch.
    pub id: String,
    /// The value, to the byte.
    pub json: Box<RawValue>,
    /// The value, to be looked into.
    pub value: Value,
    /// The lead's decisions after it, as its header has them.
    pub decisions: Vec<u8>,
    /// Where it lies in the topic; `None` where it was computed.
    pub offset: Option<i64>,
}

/// Fields that what was said before has its part in: without all of it they may differ, and the score is the same.
const OF_THE_PAST: [&str; 1] = ["previous"];

impl Change {
    /// `None` where the record is no score change: a tombstone, somebody else's.
    pub fn read(value: Option<&[u8]>, headers: &dyn Headers, offset: Option<i64>) -> Option<Self> {
        let text = String::from_utf8(value?.to_vec()).ok()?;
        let value: Value = serde_json::from_str(&text).ok()?;
        value["input"]["offset"].as_i64()?;
        let id = headers.last("ce_id").map(|id| String::from_utf8_lossy(id).into_owned()).unwrap_or_default();
        let decisions = headers.last(DECISIONS)?.to_vec();
        Some(Self { id, json: RawValue::from_string(text).ok()?, value, decisions, offset })
    }

    /// The input record that caused it: topic, offset.
    pub fn input(&self) -> (&str, i64) {
        let input = &self.value["input"];
        (input["topic"].as_str().unwrap_or_default(), input["offset"].as_i64().unwrap_or_default())
    }

    /// Whether an event is its cause. A sweep names the record that the lead has taken in last, which did not cause it.
    pub fn is_of_an_event(&self) -> bool {
        !matches!(self.value["cause"].as_str(), Some("model" | "decay"))
    }

    /// Names of the fields in which two changes of one event differ.
    pub fn differs(&self, other: &Self) -> Vec<String> {
        let names = |value: &Value| value.as_object().map(|fields| fields.keys().cloned().collect::<Vec<_>>());
        let mut names: Vec<String> = [&self.value, &other.value].into_iter().filter_map(names).flatten().collect();
        names.sort();
        names.dedup();
        names.retain(|name| !OF_THE_PAST.contains(&name.as_str()) && self.value[name] != other.value[name]);
        names
    }
}

/// What was said of the record at a position, beside what is computed for it now.
#[derive(Debug)]
pub struct Replay {
    /// Index of the input topic.
    pub topic: usize,
    pub offset: i64,
    /// No: the log has no record there, but the mark of a transaction, or one that was undone.
    pub is_a_record: bool,
    /// In the order of the record's events; those of this lead.
    pub said: Vec<Change>,
    /// For each event of this lead that was new, whether it was said or not.
    pub computed: Vec<Change>,
}

impl Replay {
    /// Differences between what was said and what is computed, by event; `None` where nothing is left of what was said.
    pub fn differences(&self) -> Option<Vec<(String, Vec<String>)>> {
        if self.said.is_empty() {
            return None;
        }
        let difference = |said: &Change| match self.computed.iter().find(|computed| computed.id == said.id) {
            Some(computed) => (said.id.clone(), said.differs(computed)),
            None => (said.id.clone(), vec!["nothing is computed".to_owned()]),
        };
        Some(self.said.iter().map(difference).filter(|(_, fields)| !fields.is_empty()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::record::OwnedHeaders;

    fn change(id: &str, score: u8, previous: Option<u8>) -> Change {
        let input = serde_json::json!({"topic": "events", "partition": 0, "offset": 7});
        let value = serde_json::json!({"score": score, "previous": previous, "input": input}).to_string();
        let headers: OwnedHeaders =
            vec![(b"ce_id".to_vec(), Some(id.into())), (DECISIONS.into(), Some(b"decisions".to_vec()))];
        Change::read(Some(value.as_bytes()), &headers, Some(3)).expect("a change")
    }

    fn replay(said: &[Change], computed: &[Change]) -> Replay {
        Replay { topic: 0, offset: 7, is_a_record: true, said: said.to_vec(), computed: computed.to_vec() }
    }

    #[test]
    fn what_was_said_is_found_by_its_event_and_compared_but_for_what_lies_before_it() {
        let (one, two) = (change("e-0-7-0", 40, None), change("e-0-7-1", 50, Some(40)));
        let computed = [change("e-0-7-0", 40, Some(1)), change("e-0-7-1", 50, Some(2))];
        assert_eq!(replay(&[], &computed).differences(), None);
        assert_eq!(replay(std::slice::from_ref(&two), &computed).differences(), Some(vec![]));
        assert_eq!(replay(&[one, two.clone()], &computed).differences(), Some(vec![]));
        let other = [change("e-0-7-1", 51, Some(40))];
        assert_eq!(
            replay(std::slice::from_ref(&two), &other).differences(),
            Some(vec![("e-0-7-1".into(), vec!["score".into()])])
        );
        let gone = replay(&[two], &[]).differences();
        assert_eq!(gone, Some(vec![("e-0-7-1".into(), vec!["nothing is computed".into()])]));
    }

    #[test]
    fn what_is_no_score_change_is_passed_over() {
        let headers = OwnedHeaders::new();
        for value in [None, Some(&b"x"[..]), Some(b"{}"), Some(b"{\"input\":{\"offset\":7}}"), Some(b"\xff")] {
            assert!(Change::read(value, &headers, None).is_none(), "{value:?}");
        }
    }
}
