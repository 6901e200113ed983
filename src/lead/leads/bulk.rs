//! Leads that come many at once, as from a snapshot: laid down one after the other, and looked up only when many are there.
//!
//! A table of hashes that is filled in the order of the keys is filled in no order at all, and waits for the memory with each lead. So
//! hashes are set down beside the leads first, then brought into the order of their places, and the table is gone through from its
//! beginning to its end.

use hashbrown::hash_table::Entry;

use super::{Arena, Full, Handle, Kept, Leads, block_len, key_at, write};

/// Parts of the table that are filled one after the other: one of a million leads fits a cache, and so do the beginnings of all.
const PARTS: usize = 256;
/// So many wait for their place in the table, or an eighth of those that have it. Of a lead that comes again, its old block is given out
/// anew only after that, so this is how much more than in the end there may be.
const LEAST: usize = 4096;
const SHARE: usize = 8;

/// Leads of which those that have come are not to be looked at yet.
pub struct Bulk {
    leads: Leads,
    /// Not in the index yet. Several may be of one lead, of which the last one stands.
    unsought: Vec<(u64, Handle)>,
}

impl Bulk {
    /// With room for so many in the index.
    pub fn with_room(leads: usize) -> Self {
        Self { leads: Leads::with_room(leads), unsought: Vec::new() }
    }

    /// Writes a lead, new or known.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn put(&mut self, lead: Kept<'_>) -> Result<(), Full> {
        let Leads { index, arena, block_bytes, .. } = &mut self.leads;
        let len = lead.len_in_block();
        let handle = arena.allocate(len)?;
        *block_bytes += Arena::block_bytes(len);
        write(arena.bytes_mut(handle, len), lead);
        self.unsought.push((Leads::hash(lead.key), handle));
        if self.unsought.len() >= LEAST.max(index.len() / SHARE) {
            self.index();
        }
        Ok(())
    }

    /// Makes all that have come to be found.
    pub fn index(&mut self) {
        let Leads { index, arena, block_bytes, moves } = &mut self.leads;
        *moves += 1;
        index.reserve(self.unsought.len(), |handle| Leads::hash(key_at(arena, *handle)));
        for (hash, handle) in by_part(&self.unsought, index.num_buckets()) {
            let known = |other: &Handle| key_at(arena, *other) == key_at(arena, handle);
            match index.entry(hash, known, |handle| Leads::hash(key_at(arena, *handle))) {
                Entry::Vacant(slot) => {
                    slot.insert(handle);
                }
                Entry::Occupied(mut slot) => {
                    let old = std::mem::replace(slot.get_mut(), handle);
                    let old_len = block_len(arena, old);
                    *block_bytes -= Arena::block_bytes(old_len);
                    arena.release(old, old_len);
                }
            }
        }
        self.unsought.clear();
    }

    /// The leads, all to be found.
    pub fn into_leads(mut self) -> Leads {
        self.index();
        self.leads
    }
}

/// Sorts by the part of a table of `buckets` places, a power of two, that a hash begins to be looked for in; within a part nothing
/// changes its order. Where a table begins elsewhere, it is filled none the worse than in any order.
fn by_part(entries: &[(u64, Handle)], buckets: usize) -> Vec<(u64, Handle)> {
    let each = buckets.div_ceil(PARTS).max(1);
    let part = |hash: u64| (hash as usize & buckets.saturating_sub(1)) / each;
    let mut ends = [0; PARTS + 1];
    entries.iter().for_each(|(hash, _)| ends[part(*hash) + 1] += 1);
    for at in 1..=PARTS {
        ends[at] += ends[at - 1];
    }
    let mut sorted = vec![(0, 0); entries.len()];
    for (hash, handle) in entries {
        let next = &mut ends[part(*hash)];
        sorted[*next] = (*hash, *handle);
        *next += 1;
    }
    sorted
}
