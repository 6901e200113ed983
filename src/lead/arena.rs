//! Memory for many small byte strings that grow now and then: no header by the allocator, no allocation in the steady state.
//!
//! Blocks are runs of 16-byte units in pages of 2 MiB, so that a handle is a `u32` and 64 GiB can be addressed. A block that is freed
//! goes to the list of its size class and is given out again from there.

use super::pages::{PAGE_BYTES, Pages};

/// Bytes in a unit, the granule of all blocks.
const UNIT: usize = 16;
/// Units in a page.
const PAGE_UNITS: usize = PAGE_BYTES / UNIT;
/// Sizes up to this many units have a class of their own; above, eight classes to each doubling.
const EXACT: usize = 32;

/// Where a block begins, in units.
pub type Handle = u32;

#[derive(Default)]
pub struct Arena {
    pages: Pages,
    /// Units given out of the last page.
    used: usize,
    /// Free blocks by class.
    free: Vec<Vec<Handle>>,
}

/// The arena is full, or the block is larger than a page.
#[derive(Debug, thiserror::Error)]
#[error("no room for {0} bytes in the memory of leads: give this partition's leads to more partitions")]
pub struct Full(pub usize);

impl Arena {
    /// Bytes that a block for `len` bytes takes up.
    pub fn block_bytes(len: usize) -> usize {
        class_units(class_of(len.div_ceil(UNIT))) * UNIT
    }

    /// A block for at least `len` bytes; its content is arbitrary.
    pub fn allocate(&mut self, len: usize) -> Result<Handle, Full> {
        let class = class_of(len.div_ceil(UNIT));
        if let Some(handle) = self.free.get_mut(class).and_then(Vec::pop) {
            return Ok(handle);
        }
        let units = class_units(class);
        if units > PAGE_UNITS {
            return Err(Full(len));
        }
        if self.pages.is_empty() || self.used + units > PAGE_UNITS {
            self.open_page().ok_or(Full(len))?;
        }
        let handle = (self.pages.len() - 1) * PAGE_UNITS + self.used;
        self.used += units;
        Ok(handle as Handle)
    }

    /// Gives back a block that was allocated for `len` bytes.
    pub fn release(&mut self, handle: Handle, len: usize) {
        self.release_class(handle, class_of(len.div_ceil(UNIT)));
    }

    pub fn bytes(&self, handle: Handle, len: usize) -> &[u8] {
        let (page, at) = place(handle);
        &self.pages.page(page)[at..at + len]
    }

    pub fn bytes_mut(&mut self, handle: Handle, len: usize) -> &mut [u8] {
        let (page, at) = place(handle);
        &mut self.pages.page_mut(page)[at..at + len]
    }

    /// Bytes taken from the system for blocks.
    pub fn resident_bytes(&self) -> usize {
        self.pages.len() * PAGE_BYTES + self.free.iter().map(|list| list.capacity() * 4).sum::<usize>()
    }

    fn release_class(&mut self, handle: Handle, class: usize) {
        if self.free.len() <= class {
            self.free.resize_with(class + 1, Vec::new);
        }
        self.free[class].push(handle);
    }

    /// Begins a new page; what is left of the last one becomes free blocks.
    fn open_page(&mut self) -> Option<()> {
        if self.pages.len() >= (u32::MAX as usize + 1) / PAGE_UNITS {
            return None;
        }
        while !self.pages.is_empty() && self.used < PAGE_UNITS {
            let class = class_within(PAGE_UNITS - self.used);
            let handle = (self.pages.len() - 1) * PAGE_UNITS + self.used;
            self.release_class(handle as Handle, class);
            self.used += class_units(class);
        }
        self.pages.push();
        self.used = 0;
        Some(())
    }
}

fn place(handle: Handle) -> (usize, usize) {
    let unit = handle as usize;
    (unit / PAGE_UNITS, unit % PAGE_UNITS * UNIT)
}

/// The smallest class whose blocks hold `units`.
fn class_of(units: usize) -> usize {
    let units = units.max(1);
    if units <= EXACT {
        return units - 1;
    }
    // Between 2^k and 2^(k+1) blocks come in steps of 2^(k-3).
    let doubling = (units - 1).ilog2() as usize;
    let step = 1 << (doubling - 3);
    let within = (units - (1 << doubling)).div_ceil(step);
    EXACT - 1 + (doubling - 5) * 8 + within
}

/// Units of a block of that class.
fn class_units(class: usize) -> usize {
    if class < EXACT {
        return class + 1;
    }
    let (doublings, within) = ((class - EXACT) / 8, (class - EXACT) % 8);
    (EXACT << doublings) + (within + 1) * ((EXACT / 8) << doublings)
}

/// The largest class whose blocks fit into `units`, which is above 0.
fn class_within(units: usize) -> usize {
    let class = class_of(units);
    if class_units(class) > units { class - 1 } else { class }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_holds_what_it_is_chosen_for_with_little_waste() {
        for units in 1..PAGE_UNITS {
            let given = class_units(class_of(units));
            assert!(given >= units && given * 8 <= units * 9 + 8, "{units} units got {given}");
            assert!(class_units(class_within(units)) <= units);
        }
    }
}
