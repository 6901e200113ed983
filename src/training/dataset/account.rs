//! What was read, what was left out, and why: for the report.

use serde::Serialize;

/// Passed-over files and entries that are named; the rest is counted.
const NAMED: usize = 20;

/// Of one tenant. An instant is a lead at one moment at which its state was current; each becomes a row, or is left out for one reason,
/// the first that holds in the order of the fields here:
///
/// `instants = after_outcome + after_contact + too_young + not_drawn + sampled_away + rows`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Account {
    pub files: u64,
    /// Rows of those files, each a state of a lead.
    pub rows_read: u64,
    pub leads: u64,
    /// States that were not looked at: of the same instant of the lead as one that was written later, or said twice.
    pub superseded: u64,
    /// Moments of all states that were: those of their newest touchpoints, and silent ones.
    pub instants: u64,
    /// Of `instants`: those at which the lead had been silent for some time.
    pub silent: u64,
    /// At or after the lead's first outcome.
    pub after_outcome: u64,
    /// At or after the first contact by sales.
    pub after_contact: u64,
    /// Not one horizon before `newest_ms`: what became of it cannot be known yet.
    pub too_young: u64,
    /// Of low-scored leads that exploration did not draw: those that it drew stand for them.
    pub not_drawn: u64,
    /// Given up so that no more than `max_rows` are left; the others' weights stand for them.
    pub sampled_away: u64,
    /// Of the matrix.
    pub rows: u64,
    /// Rows of the matrix that a positive outcome followed within the horizon.
    pub positives: u64,
    /// Positive instants, those that were sampled away too.
    pub positives_before_sampling: u64,
    /// Leads with a positive outcome, at whatever time.
    pub leads_positive: u64,
    /// The newest instant that this tenant's snapshots have seen, milliseconds since 1970.
    pub newest_ms: Option<i64>,
    /// The first and the last instant of a row.
    pub rows_from_ms: Option<i64>,
    pub rows_to_ms: Option<i64>,
    pub horizon_days: u32,
    /// Files and entries of the log that could not be read, the first of them in sentences.
    pub passed_over: Vec<String>,
    pub passed_over_count: u64,
}

impl Account {
    /// Of another tenant as well: the counts are summed.
    pub fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.rows_read += other.rows_read;
        self.leads += other.leads;
        self.superseded += other.superseded;
        self.instants += other.instants;
        self.silent += other.silent;
        self.after_outcome += other.after_outcome;
        self.after_contact += other.after_contact;
        self.too_young += other.too_young;
        self.not_drawn += other.not_drawn;
        self.sampled_away += other.sampled_away;
        self.rows += other.rows;
        self.positives += other.positives;
        self.positives_before_sampling += other.positives_before_sampling;
        self.leads_positive += other.leads_positive;
        self.newest_ms = self.newest_ms.max(other.newest_ms);
        self.rows_from_ms = [self.rows_from_ms, other.rows_from_ms].into_iter().flatten().min();
        self.rows_to_ms = self.rows_to_ms.max(other.rows_to_ms);
        self.horizon_days = self.horizon_days.max(other.horizon_days);
        other.passed_over.iter().for_each(|sentence| self.pass_over(sentence.clone()));
    }

    pub(super) fn pass_over(&mut self, sentence: String) {
        self.passed_over_count += 1;
        if self.passed_over.len() < NAMED {
            self.passed_over.push(sentence);
        }
    }
}
