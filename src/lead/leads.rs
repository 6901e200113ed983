//! The leads of one partition: key, facts and decisions of each, packed, and an index over the keys.
//!
//! A block holds, without padding: mark u32 │ key length u16 │ decisions length u16 │ facts length u32 │ origin u64 │ key │ facts │
//! decisions.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use xxhash_rust::xxh3::xxh3_64;

use super::arena::{Arena, Full, Handle};

pub mod bulk;

const HEADER: usize = 20;

/// The last record that was folded into a lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Index of the input topic.
    pub topic: u16,
    /// Its offset, below 2^48.
    pub offset: i64,
}

impl Origin {
    fn pack(self) -> [u8; 8] {
        let mut packed = self.offset.to_le_bytes();
        packed[6..].copy_from_slice(&self.topic.to_le_bytes());
        packed
    }

    fn unpack([a, b, c, d, e, f, g, h]: [u8; 8]) -> Self {
        Self { topic: u16::from_le_bytes([g, h]), offset: i64::from_le_bytes([a, b, c, d, e, f, 0, 0]) }
    }
}

/// Leads by key. Keys are `tenant/lead`.
#[derive(Default)]
pub struct Leads {
    index: HashTable<Handle>,
    arena: Arena,
    /// Bytes of the blocks in use.
    block_bytes: usize,
    /// How often leads may have changed their places.
    moves: u64,
}

/// Where a walk over all leads is, so that it can be gone on with after they have changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    bucket: usize,
    moves: u64,
}

/// What is kept of one lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept<'a> {
    pub key: &'a [u8],
    /// Canonical form, `codec`.
    pub facts: &'a [u8],
    /// Canonical form, `decision::state`.
    pub decisions: &'a [u8],
    pub origin: Origin,
    /// A number of the caller's: the transaction that wrote this.
    pub mark: u32,
}

impl Kept<'_> {
    /// Bytes that hold it in a block.
    fn len_in_block(&self) -> usize {
        HEADER + self.key.len() + self.facts.len() + self.decisions.len()
    }
}

impl Leads {
    /// The hash that all calls expect beside the key.
    pub fn hash(key: &[u8]) -> u64 {
        xxh3_64(key)
    }

    /// With room in the index for so many: laid out for all of them at once, it is not laid out anew again and again.
    pub fn with_room(leads: usize) -> Self {
        Self { index: HashTable::with_capacity(leads), ..Self::default() }
    }

    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Bytes that leads take up: blocks in use and the index.
    pub fn state_bytes(&self) -> usize {
        self.block_bytes + self.index.allocation_size()
    }

    /// Bytes taken from the system, blocks that are free at the moment included.
    pub fn resident_bytes(&self) -> usize {
        self.arena.resident_bytes() + self.index.allocation_size()
    }

    pub fn get(&self, hash: u64, key: &[u8]) -> Option<Kept<'_>> {
        let handle = self.index.find(hash, |handle| key_at(&self.arena, *handle) == key)?;
        Some(kept(&self.arena, *handle))
    }

    /// Writes a lead, new or known.
    pub fn put(&mut self, hash: u64, lead: Kept<'_>) -> Result<(), Full> {
        self.replace(hash, lead, |_| ())
    }

    /// Writes a lead, new or known, after `look` has seen what was there.
    pub fn replace(&mut self, hash: u64, lead: Kept<'_>, look: impl FnOnce(Option<Kept<'_>>)) -> Result<(), Full> {
        let Self { index, arena, block_bytes, moves } = self;
        let len = lead.len_in_block();
        // It makes room for one more before it looks, and may lay out anew what is there.
        *moves += u64::from(index.len() == index.capacity());
        let entry =
            index.entry(hash, |handle| key_at(arena, *handle) == lead.key, |handle| Self::hash(key_at(arena, *handle)));
        let handle = match entry {
            Entry::Occupied(mut slot) => {
                let old = *slot.get();
                look(Some(kept(arena, old)));
                let old_len = block_len(arena, old);
                if Arena::block_bytes(old_len) == Arena::block_bytes(len) {
                    old
                } else {
                    let new = arena.allocate(len)?;
                    arena.release(old, old_len);
                    *block_bytes = *block_bytes - Arena::block_bytes(old_len) + Arena::block_bytes(len);
                    *slot.get_mut() = new;
                    new
                }
            }
            Entry::Vacant(slot) => {
                look(None);
                let new = arena.allocate(len)?;
                *block_bytes += Arena::block_bytes(len);
                slot.insert(new);
                new
            }
        };
        write(arena.bytes_mut(handle, len), lead);
        Ok(())
    }

    /// Changes the decisions of a known lead, and its mark, where they take no other block; `look` sees what was there. Returns
    /// whether that was so; else nothing has happened.
    pub fn redecide(
        &mut self,
        hash: u64,
        key: &[u8],
        decisions: &[u8],
        mark: u32,
        look: impl FnOnce(Kept<'_>),
    ) -> bool {
        let Self { index, arena, .. } = self;
        let Some(&handle) = index.find(hash, |handle| key_at(arena, *handle) == key) else { return false };
        let before = kept(arena, handle);
        let facts_end = HEADER + key.len() + before.facts.len();
        let (old_len, len) = (facts_end + before.decisions.len(), facts_end + decisions.len());
        if Arena::block_bytes(old_len) != Arena::block_bytes(len) {
            return false;
        }
        look(before);
        let block = arena.bytes_mut(handle, len);
        block[..4].copy_from_slice(&mark.to_le_bytes());
        block[6..8].copy_from_slice(&(decisions.len() as u16).to_le_bytes());
        block[facts_end..].copy_from_slice(decisions);
        true
    }

    pub fn remove(&mut self, hash: u64, key: &[u8]) {
        let Self { index, arena, block_bytes, .. } = self;
        if let Ok(slot) = index.find_entry(hash, |handle| key_at(arena, *handle) == key) {
            let (handle, _) = slot.remove();
            let len = block_len(arena, handle);
            *block_bytes -= Arena::block_bytes(len);
            arena.release(handle, len);
        }
    }

    /// All leads of that hash: one, but for a collision.
    pub fn of_hash(&self, hash: u64) -> impl Iterator<Item = Kept<'_>> {
        let kept = self.index.iter_hash(hash).map(|handle| kept(&self.arena, *handle));
        kept.filter(move |kept| Self::hash(kept.key) == hash)
    }

    /// Sets the mark of every lead to 0.
    pub fn clear_marks(&mut self) {
        let Self { index, arena, .. } = self;
        index.iter().for_each(|handle| arena.bytes_mut(*handle, HEADER)[..4].fill(0));
    }

    /// Calls `visit` with leads from `place` on, until it has had enough (`false`) or `most` places were looked at, and moves `place` on.
    /// Returns whether that was all. A walk comes by every lead that is there all the time; where leads have changed their places in
    /// between, which the growth of the index brings about, it begins anew and comes by some again.
    pub fn walk(&self, place: &mut Place, most: usize, mut visit: impl FnMut(Kept<'_>) -> bool) -> bool {
        if place.moves != self.moves {
            *place = Place { bucket: 0, moves: self.moves };
        }
        let end = self.index.num_buckets().min(place.bucket.saturating_add(most));
        while place.bucket < end {
            let handle = self.index.get_bucket(place.bucket);
            place.bucket += 1;
            if handle.is_some_and(|handle| !visit(kept(&self.arena, *handle))) {
                break;
            }
        }
        place.bucket >= self.index.num_buckets()
    }

    /// All leads, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = Kept<'_>> {
        self.index.iter().map(|handle| kept(&self.arena, *handle))
    }
}

fn lengths(arena: &Arena, handle: Handle) -> (usize, usize, usize) {
    let header = arena.bytes(handle, HEADER);
    let u16_at = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
    let facts = u32::from_le_bytes([header[8], header[9], header[10], header[11]]);
    (u16_at(4), u16_at(6), facts as usize)
}

fn block_len(arena: &Arena, handle: Handle) -> usize {
    let (key, decisions, facts) = lengths(arena, handle);
    HEADER + key + decisions + facts
}

fn key_at(arena: &Arena, handle: Handle) -> &[u8] {
    let (key, _, _) = lengths(arena, handle);
    &arena.bytes(handle, HEADER + key)[HEADER..]
}

fn kept(arena: &Arena, handle: Handle) -> Kept<'_> {
    let (key, decisions, facts) = lengths(arena, handle);
    let block = arena.bytes(handle, HEADER + key + facts + decisions);
    let mark = u32::from_le_bytes([block[0], block[1], block[2], block[3]]);
    let mut origin = [0; 8];
    origin.copy_from_slice(&block[12..HEADER]);
    let (key, rest) = block[HEADER..].split_at(key);
    let (facts, decisions) = rest.split_at(facts);
    Kept { key, facts, decisions, origin: Origin::unpack(origin), mark }
}

/// Lengths fit: a key is bounded by the wire, decisions by their rules, facts by a page of the arena.
fn write(block: &mut [u8], lead: Kept<'_>) {
    block[..4].copy_from_slice(&lead.mark.to_le_bytes());
    block[4..6].copy_from_slice(&(lead.key.len() as u16).to_le_bytes());
    block[6..8].copy_from_slice(&(lead.decisions.len() as u16).to_le_bytes());
    block[8..12].copy_from_slice(&(lead.facts.len() as u32).to_le_bytes());
    block[12..HEADER].copy_from_slice(&lead.origin.pack());
    let (key, rest) = block[HEADER..].split_at_mut(lead.key.len());
    let (facts, decisions) = rest.split_at_mut(lead.facts.len());
    key.copy_from_slice(lead.key);
    facts.copy_from_slice(lead.facts);
    decisions.copy_from_slice(lead.decisions);
}
