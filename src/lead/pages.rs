//! The memory that an arena is made of, page by page.
//!
//! Leads are looked up in no order, and in memory of 4 KiB pages each look-up waits for the system's page table, too. So from the second
//! page on the system is asked for huge pages of its own. It gives one only where all of it lies on its boundaries, which older kernels
//! (before Linux 6.7) see to for nobody: so many pages of ours are mapped at once, and begin on such a boundary. What is mapped and not
//! touched takes up no memory. An arena of one page takes no more than it fills.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// Bytes of a page: a huge one of x86-64 and, mostly, of ARM.
pub const PAGE_BYTES: usize = 2 << 20;
/// Pages that are mapped at once.
const REGION: usize = 16;

#[derive(Default)]
pub struct Pages {
    /// Empty before there is a page.
    first: Box<[u8]>,
    regions: Vec<Region>,
    len: usize,
}

impl Pages {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One more page of zeros, none of which has been touched yet.
    pub fn push(&mut self) {
        match self.len {
            0 => self.first = zeros(PAGE_BYTES),
            len if (len - 1).is_multiple_of(REGION) => self.regions.push(Region::new()),
            _ => {}
        }
        self.len += 1;
    }

    pub fn page(&self, number: usize) -> &[u8] {
        match number.checked_sub(1) {
            None => &self.first,
            Some(number) => {
                let region = &self.regions[number / REGION];
                &region.memory[region.start + number % REGION * PAGE_BYTES..][..PAGE_BYTES]
            }
        }
    }

    pub fn page_mut(&mut self, number: usize) -> &mut [u8] {
        match number.checked_sub(1) {
            None => &mut self.first,
            Some(number) => {
                let region = &mut self.regions[number / REGION];
                &mut region.memory[region.start + number % REGION * PAGE_BYTES..][..PAGE_BYTES]
            }
        }
    }
}

struct Region {
    memory: Memory,
    /// Where its first page begins.
    start: usize,
}

enum Memory {
    Mapped(MmapMut),
    /// Where the system maps none, it is the allocator's to say why.
    Allocated(Box<[u8]>),
}

impl Region {
    fn new() -> Self {
        // One more, so that as many lie on boundaries wherever it begins.
        const BYTES: usize = (REGION + 1) * PAGE_BYTES;
        let memory = MmapMut::map_anon(BYTES).map_or_else(|_| Memory::Allocated(zeros(BYTES)), Memory::Mapped);
        if let Memory::Mapped(map) = &memory {
            // Refused, its pages are like any other.
            #[cfg(target_os = "linux")]
            let _ = map.advise(memmap2::Advice::HugePage);
        }
        let start = memory.as_ptr().align_offset(PAGE_BYTES).min(PAGE_BYTES);
        Self { memory, start }
    }
}

impl Deref for Memory {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Allocated(bytes) => bytes,
        }
    }
}

impl DerefMut for Memory {
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Allocated(bytes) => bytes,
        }
    }
}

fn zeros(bytes: usize) -> Box<[u8]> {
    vec![0; bytes].into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_apart_and_on_boundaries() {
        let mut pages = Pages::default();
        for number in 0..2 * REGION + 3 {
            pages.push();
            let page = pages.page_mut(number);
            assert_eq!((page.len(), page[0], page[PAGE_BYTES - 1]), (PAGE_BYTES, 0, 0));
            page[..8].copy_from_slice(&number.to_le_bytes());
            page[PAGE_BYTES - 8..].copy_from_slice(&number.to_le_bytes());
        }
        for number in 0..pages.len() {
            let page = pages.page(number);
            assert_eq!(page[..8], number.to_le_bytes());
            assert_eq!(page[PAGE_BYTES - 8..], number.to_le_bytes());
            assert!(number == 0 || page.as_ptr().align_offset(PAGE_BYTES) == 0, "page {number}");
        }
    }
}
