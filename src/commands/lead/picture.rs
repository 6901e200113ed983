//! The answer as data, which `--json` prints and `text` words. Its fields are described by `schemas/lead.json`.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::args::LeadName;
use super::said::Change;
use crate::config::Config;

/// A number, written as score changes have it: a whole one without a fraction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = self.0 as i64;
        match whole.unsigned_abs() < 1 << 53 && whole as f64 == self.0 {
            true => serializer.serialize_i64(whole),
            false => serializer.serialize_f64(self.0),
        }
    }
}

/// The whole answer.
#[derive(Debug, Serialize)]
pub struct Picture {
    pub tenant: String,
    pub lead: String,
    pub found: bool,
    pub application: String,
    /// Those that hold the lead.
    pub partitions: Vec<Part>,
    pub searched: Vec<Searched>,
}

/// A partition that was looked into.
#[derive(Debug, Serialize)]
pub struct Searched {
    pub partition: i32,
    pub records_read: u64,
    /// `found`, `not_here`, `nothing_committed`, `cut`
    pub outcome: &'static str,
    /// Why it could not be searched.
    pub why: Option<String>,
}

/// The lead as one partition holds it.
#[derive(Debug, Serialize)]
pub struct Part {
    pub partition: i32,
    pub inputs: Vec<InputStand>,
    pub snapshot: Option<u64>,
    /// Why newer snapshots were of no use.
    pub passed_over: Vec<String>,
    pub records_read: u64,
    pub as_of: String,
    pub score: Score,
    pub said: Option<LastSaid>,
    /// A score that was said after `said` and before these positions, of which compaction has left no more.
    pub said_later: Option<i64>,
    pub rules: Vec<Rule>,
    pub facts: FactsShown,
    pub features: Vec<FeatureShown>,
    /// Newest first.
    pub changes: Vec<ChangeShown>,
    pub replay: Option<ReplayShown>,
}

#[derive(Debug, Serialize)]
pub struct InputStand {
    pub topic: String,
    /// The snapshot's position, else where the fold began.
    pub read_from: i64,
    /// Records below this are taken in.
    pub taken_in_to: i64,
    /// Whether `--at` has named it; null for an answer as of now.
    pub named: Option<bool>,
}

#[derive(Debug, Serialize)]
pub struct Score {
    pub score: u8,
    pub points: Number,
    pub probability: Number,
    pub band: String,
    pub base: Number,
    pub other: Number,
    pub reasons: Vec<ReasonShown>,
    pub groups: Vec<GroupShown>,
    pub model: ModelShown,
}

/// What all features of one group add.
#[derive(Debug, Serialize)]
pub struct GroupShown {
    pub group: &'static str,
    pub points: Number,
}

#[derive(Debug, Serialize)]
pub struct ReasonShown {
    pub feature: String,
    pub value: Number,
    pub points: Number,
    pub text: String,
}

#[derive(Debug, Serialize)]
pub struct ModelShown {
    pub version: String,
    pub kind: &'static str,
}

#[derive(Debug, Serialize)]
pub struct LastSaid {
    pub score: u8,
    pub as_of: String,
}

#[derive(Debug, Serialize)]
pub struct Rule {
    pub rule: String,
    /// `armed`, `disarmed`, `quiet`
    pub state: &'static str,
    /// Until when it is quiet.
    pub until: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct FactsShown {
    pub known: bool,
    pub touchpoints: usize,
    pub first: Option<TouchpointShown>,
    pub last: Option<TouchpointShown>,
    /// The newest ones, newest first.
    pub timeline: Vec<TouchpointShown>,
    pub outcomes: OutcomesShown,
    pub traits: Vec<TraitShown>,
    pub form_best: Option<Number>,
    pub form_last: Option<Number>,
}

#[derive(Debug, Serialize)]
pub struct TouchpointShown {
    pub at: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub channel: &'static str,
    pub themes: Vec<String>,
    /// `started`, `submitted`
    pub form: Option<&'static str>,
    /// `positive`, `negative`, `contact`
    pub outcome: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub struct OutcomesShown {
    pub positive_at: Option<String>,
    pub negative_at: Option<String>,
    pub contact_at: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct TraitShown {
    #[serde(rename = "trait")]
    pub name: String,
    /// A number, a flag, a text; null where it was said to be nothing.
    pub value: serde_json::Value,
    pub at: String,
}

#[derive(Debug, Serialize)]
pub struct FeatureShown {
    pub feature: String,
    pub value: Number,
    pub text: String,
    /// Whether this is what a lead of whom nothing is known has.
    pub is_default: bool,
}

#[derive(Debug, Serialize)]
pub struct ChangeShown {
    /// Where it lies in the topic of score changes.
    pub offset: Option<i64>,
    pub score_change: Box<RawValue>,
    #[serde(skip)]
    pub change: Change,
}

/// The record at the position that was named last, once more.
#[derive(Debug, Serialize)]
pub struct ReplayShown {
    pub topic: String,
    pub offset: i64,
    /// No: the log has none there, but a transaction's mark, or one that was undone.
    pub is_a_record: bool,
    pub said: Vec<ChangeShown>,
    pub computed: Vec<ChangeShown>,
    /// Whether what was said is what is computed now, but for `previous`; null where the topic holds nothing that was said of it.
    pub equal: Option<bool>,
    pub differences: Vec<Difference>,
}

#[derive(Debug, Serialize)]
pub struct Difference {
    /// The CloudEvents id of the score change.
    pub id: String,
    pub fields: Vec<String>,
}

impl Picture {
    pub fn new(name: &LeadName, config: &Config) -> Self {
        let (tenant, lead) = (name.tenant.clone(), name.lead.clone());
        let application = config.service.application.clone();
        Self { tenant, lead, found: false, application, partitions: Vec::new(), searched: Vec::new() }
    }

    /// Keeps so many of the newest score changes of each partition.
    pub fn limit(&mut self, changes: usize) {
        self.partitions.iter_mut().for_each(|part| part.changes.truncate(changes));
    }
}
