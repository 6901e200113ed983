//! Which leads of a partition have changed since its last snapshot, and the copy of them that is being taken.
//!
//! A copy holds the leads as they were at one commit, but is taken in slices while the lane goes on: a lead that is about to be
//! overwritten before its turn has come is saved first. A lead can thus come twice, with equal bytes.
//!
//! What belongs to a copy is told by the mark that a lead carries, the number of the transaction that wrote it.

use crate::lead::leads::{Kept, Leads};
use crate::snapshot::rows::{LeadRow, Rows};

#[derive(Default)]
pub struct Changes {
    /// Hashes of the leads that have changed since the transaction `since`, each once, but for collisions and lost copies.
    changed: Vec<u64>,
    /// How many of them are committed.
    committed: usize,
    /// A lead with a mark above this is among `changed`. Below 0: every lead is.
    since: i64,
    copying: Option<Copying>,
}

/// A copy of the leads whose marks lie in `(after, until]`.
struct Copying {
    hashes: Vec<u64>,
    /// Those before it have had their turn.
    next: usize,
    after: i64,
    until: i64,
    /// Saved before they were overwritten.
    saved: Rows,
}

impl Copying {
    fn holds(&self, lead: &Kept<'_>) -> bool {
        (self.after + 1..=self.until).contains(&i64::from(lead.mark))
    }

    fn is_done(&self) -> bool {
        self.next == self.hashes.len()
    }
}

impl Changes {
    pub fn len(&self) -> usize {
        self.changed.len()
    }

    /// A lead is written by the transaction `mark`; `before` is what was there.
    pub fn note(&mut self, hash: u64, before: Option<Kept<'_>>, mark: u32) {
        let Some(before) = before else { return self.changed.push(hash) };
        if before.mark == mark {
            return;
        }
        if i64::from(before.mark) <= self.since {
            self.changed.push(hash);
        }
        if let Some(copying) = self.copying.as_mut().filter(|copying| !copying.is_done() && copying.holds(&before)) {
            copying.saved.push(row(before));
        }
    }

    pub fn commit(&mut self) {
        self.committed = self.changed.len();
    }

    pub fn roll_back(&mut self) {
        self.changed.truncate(self.committed);
    }

    /// Begins a copy of what was written up to the transaction `until`, the last one that is committed.
    pub fn begin_copy(&mut self, until: u32) {
        let (hashes, saved, until) = (std::mem::take(&mut self.changed), Rows::default(), i64::from(until));
        self.copying = Some(Copying { hashes, next: 0, after: self.since, until, saved });
        (self.committed, self.since) = (0, until);
    }

    /// Copies at most `max` leads, and all that were saved. Returns whether that was all.
    pub fn copy(&mut self, leads: &Leads, max: usize, into: &mut Rows) -> bool {
        let Some(copying) = &mut self.copying else { return true };
        into.append(&copying.saved);
        copying.saved.clear();
        let end = copying.hashes.len().min(copying.next + max);
        for hash in &copying.hashes[copying.next..end] {
            leads.of_hash(*hash).filter(|lead| copying.holds(lead)).for_each(|lead| into.push(row(lead)));
        }
        copying.next = end;
        copying.is_done()
    }

    pub fn copy_is_kept(&mut self) {
        self.copying = None;
    }

    pub fn copy_is_lost(&mut self) {
        if let Some(Copying { mut hashes, after, .. }) = self.copying.take() {
            self.committed += hashes.len();
            hashes.append(&mut self.changed);
            (self.changed, self.since) = (hashes, after);
        }
    }

    /// Also while a transaction is open: of what it has made and takes back, nothing is found when it is copied.
    pub fn all_has_changed(&mut self, leads: &Leads) {
        self.changed = leads.iter().map(|lead| Leads::hash(lead.key)).collect();
        (self.committed, self.since, self.copying) = (self.changed.len(), -1, None);
    }
}

fn row(lead: Kept<'_>) -> LeadRow<'_> {
    let Kept { key, facts, decisions, origin, .. } = lead;
    LeadRow { key, facts, decisions, origin }
}
