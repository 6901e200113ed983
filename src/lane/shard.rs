//! One partition's share of a lane: its leads, its positions, the way back to the last commit, and what a snapshot still lacks.

use super::changes::Changes;
use super::saving::{Proof, Standing};
use super::sweep::Sweeps;
use crate::lead::arena::Full;
use crate::lead::leads::{Kept, Leads, Origin};
use crate::log::Position;
use crate::snapshot::rows::{LeadRow, Rows};

/// A partition number, over all input topics.
pub struct Shard {
    pub partition: i32,
    leads: Leads,
    undo: Undo,
    changes: Changes,
    /// Marks what the open transaction has written; 0 stands for what a snapshot holds.
    transaction: u32,
    /// One for each input topic that the lane owns this partition of.
    pub inputs: Vec<InputState>,
    pub snapshots: Standing,
    pub sweeps: Sweeps,
}

/// How far one input has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputState {
    /// Index of the topic.
    pub topic: usize,
    /// Where the facts' fold began.
    pub from: i64,
    /// The next offset to read at the last commit.
    pub committed: i64,
    /// The next offset to read now.
    pub next: i64,
}

impl InputState {
    /// What is committed for it, after so many transactions in which sweeps have said something.
    pub fn position(&self, swept: u64) -> Position {
        let note = match swept {
            0 => format!("{NOTE}{}", self.from),
            _ => format!("{NOTE}{}{SWEPT}{swept}", self.from),
        };
        Position { offset: self.next, note }
    }
}

const NOTE: &str = "needle/1 from=";
const SWEPT: &str = " swept=";

/// Where the fold of a committed position began; `None` where somebody else has set the position.
pub fn folded_from(position: &Position) -> Option<i64> {
    let note = position.note.strip_prefix(NOTE)?;
    note.split_once(SWEPT).map_or(note, |(from, _)| from).parse().ok()
}

/// How many transactions held what sweeps have said of the partition, when this position was committed.
pub fn swept(position: &Position) -> u64 {
    position.note.split_once(SWEPT).and_then(|(_, swept)| swept.parse().ok()).unwrap_or(0)
}

impl Shard {
    pub fn new(partition: i32, inputs: Vec<InputState>) -> Self {
        Self { inputs, ..Self::holding(partition, Leads::default()) }
    }

    /// With leads as a snapshot holds them, whose marks are 0.
    pub fn holding(partition: i32, leads: Leads) -> Self {
        let (undo, changes, inputs, snapshots, sweeps) = Default::default();
        Self { partition, leads, undo, changes, transaction: 1, inputs, snapshots, sweeps }
    }

    pub fn leads(&self) -> &Leads {
        &self.leads
    }

    /// Writes a lead and remembers what was there before the transaction.
    pub fn write(&mut self, hash: u64, row: LeadRow<'_>) -> Result<(), Full> {
        let Self { leads, undo, changes, transaction: mark, .. } = self;
        leads.replace(hash, row.kept(*mark), |before| {
            changes.note(hash, before, *mark);
            undo.note(hash, row.key, before, *mark);
        })
    }

    /// Writes the decisions of a known lead, as [`Shard::write`] would. `room` is any buffer.
    pub fn write_decisions(&mut self, hash: u64, key: &[u8], decisions: &[u8], room: &mut Vec<u8>) -> Result<(), Full> {
        let Self { leads, undo, changes, transaction: mark, .. } = self;
        let look = |before: Kept<'_>| {
            changes.note(hash, Some(before), *mark);
            undo.note(hash, key, Some(before), *mark);
        };
        if leads.redecide(hash, key, decisions, *mark, look) {
            return Ok(());
        }
        let Some(kept) = self.leads.get(hash, key) else { return Ok(()) };
        let origin = kept.origin;
        room.clear();
        room.extend_from_slice(kept.facts);
        self.write(hash, LeadRow { key, facts: room, decisions, origin })
    }

    /// Writes a lead for good, beyond what a snapshot holds: a restore's way.
    pub fn write_restored(&mut self, hash: u64, row: LeadRow<'_>) -> Result<(), Full> {
        let Self { leads, changes, transaction: mark, .. } = self;
        leads.replace(hash, row.kept(*mark), |before| changes.note(hash, before, *mark))
    }

    /// Leads that have changed since the last snapshot.
    pub fn changed(&self) -> usize {
        self.changes.len()
    }

    /// Begins to copy out the leads that have changed, as they are now. Belongs right after a commit, and only once the last copy
    /// was [`Shard::copy_is_kept`] or [`Shard::copy_is_lost`].
    pub fn begin_copy(&mut self) {
        self.changes.begin_copy(self.transaction - 1);
    }

    /// Copies at most `max` leads and those that had to be saved from being overwritten. Returns whether that was all.
    pub fn copy(&mut self, max: usize, into: &mut Rows) -> bool {
        self.changes.copy(&self.leads, max, into)
    }

    /// What was copied is in a snapshot.
    pub fn copy_is_kept(&mut self) {
        self.changes.copy_is_kept();
    }

    /// It is not, and has to be copied again.
    pub fn copy_is_lost(&mut self) {
        self.changes.copy_is_lost();
    }

    /// The snapshots are gone: every lead has to be copied again. Takes a while, about a tenth of a microsecond to a lead.
    pub fn all_has_changed(&mut self) {
        self.changes.all_has_changed(&self.leads);
    }

    pub fn advance(&mut self, topic: usize, next: i64) {
        if let Some(input) = self.inputs.iter_mut().find(|input| input.topic == topic) {
            input.next = next;
        }
    }

    /// Whether the position of an input belongs into the next commit.
    pub fn commits(&self, input: &InputState) -> bool {
        let proves = matches!(self.snapshots.proof, Proof::Wanted { .. }) || self.sweeps.needs_position();
        input.next != input.committed || proves
    }

    /// The transaction is committed: what it wrote stays.
    pub fn commit(&mut self) {
        self.undo.clear();
        self.changes.commit();
        self.next_transaction();
        if self.inputs.iter().any(|input| self.commits(input)) {
            self.snapshots.commit();
        }
        self.sweeps.commit();
        for input in &mut self.inputs {
            input.committed = input.next;
        }
    }

    /// The transaction is aborted: leads and positions go back to the last commit.
    pub fn roll_back(&mut self) -> Result<(), Full> {
        self.undo.roll_back(&mut self.leads)?;
        self.changes.roll_back();
        self.sweeps.roll_back();
        self.next_transaction();
        for input in &mut self.inputs {
            input.next = input.committed;
        }
        Ok(())
    }

    fn next_transaction(&mut self) {
        // 2^32 transactions are a year or two of a process's life: marks begin anew then.
        self.transaction = self.transaction.checked_add(1).unwrap_or_else(|| {
            self.leads.clear_marks();
            self.changes.all_has_changed(&self.leads);
            1
        });
    }
}

/// Leads as they were at the last commit, for those that the open transaction has touched.
#[derive(Default)]
struct Undo {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    hash: u64,
    start: usize,
    key: usize,
    /// Lengths of facts and decisions, origin and mark; `None`: there was no such lead.
    before: Option<(usize, usize, Origin, u32)>,
}

impl Undo {
    /// Remembers what was there, unless the transaction marked `mark` has written it itself.
    fn note(&mut self, hash: u64, key: &[u8], before: Option<Kept<'_>>, mark: u32) {
        if before.is_none_or(|before| before.mark != mark) {
            self.remember(hash, key, before);
        }
    }

    fn remember(&mut self, hash: u64, key: &[u8], before: Option<Kept<'_>>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(key);
        let before = before.map(|kept| {
            self.bytes.extend_from_slice(kept.facts);
            self.bytes.extend_from_slice(kept.decisions);
            (kept.facts.len(), kept.decisions.len(), kept.origin, kept.mark)
        });
        self.entries.push(Entry { hash, start, key: key.len(), before });
    }

    fn roll_back(&mut self, leads: &mut Leads) -> Result<(), Full> {
        for entry in self.entries.drain(..).rev() {
            let (key, rest) = self.bytes[entry.start..].split_at(entry.key);
            match entry.before {
                None => leads.remove(entry.hash, key),
                Some((facts, decisions, origin, mark)) => {
                    let (facts, rest) = rest.split_at(facts);
                    leads.put(entry.hash, Kept { key, facts, decisions: &rest[..decisions], origin, mark })?;
                }
            }
        }
        self.bytes.clear();
        Ok(())
    }

    fn clear(&mut self) {
        self.entries.clear();
        self.bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"default/u-1";

    fn row(decisions: &[u8]) -> LeadRow<'_> {
        LeadRow { key: KEY, facts: b"facts", decisions, origin: Origin { topic: 1, offset: 7 } }
    }

    fn shard() -> Result<Shard, Full> {
        let mut shard = Shard::new(0, Vec::new());
        shard.write(Leads::hash(KEY), row(b"before"))?;
        shard.commit();
        Ok(shard)
    }

    fn kept(shard: &Shard) -> Option<(Vec<u8>, Vec<u8>)> {
        shard.leads().get(Leads::hash(KEY), KEY).map(|kept| (kept.facts.to_vec(), kept.decisions.to_vec()))
    }

    #[test]
    fn decisions_written_alone_are_as_those_written_with_the_facts() -> Result<(), Full> {
        for len in 0..200 {
            let decisions = vec![7; len];
            let mut shard = shard()?;
            shard.write_decisions(Leads::hash(KEY), KEY, &decisions, &mut Vec::new())?;
            assert_eq!(kept(&shard), Some((b"facts".to_vec(), decisions)), "{len} bytes");
            let bytes = shard.leads().state_bytes();
            let mut other = self::shard()?;
            other.write(Leads::hash(KEY), row(&vec![7; len]))?;
            assert_eq!(bytes, other.leads().state_bytes(), "{len} bytes");
            shard.roll_back()?;
            assert_eq!(kept(&shard), Some((b"facts".to_vec(), b"before".to_vec())), "{len} bytes");
        }
        Ok(())
    }
}
